import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { openSecretManager, type SecretManager } from "../../server/adapters/secret-manager-client.ts";
import { tokenSetText } from "../../server/adapters/secret-manager-token-set.ts";
import { secretManagerTokenStore } from "../../server/adapters/secret-manager-token-store.ts";
import type { Log, TokenStore } from "../../server/ports.ts";
import { leaksIn } from "../support/canaries.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type SecretManagerServer, startSecretManagerServer } from "../support/secret-manager-server.ts";
import { testTokenStore } from "./token-store.contract.ts";
import { aRefreshedTokenSet, aTokenSet, revealed } from "./token-sets.ts";

const canonical = "prebell-etrade-prod";
const mirrors = ["ETRADE_OAUTH_PROD_ACCESS_TOKEN", "ETRADE_OAUTH_PROD_ACCESS_SECRET"] as const;
const all = [
  canonical,
  "prebell-etrade-sandbox",
  ...mirrors,
  "ETRADE_OAUTH_SANDBOX_ACCESS_TOKEN",
  "ETRADE_OAUTH_SANDBOX_ACCESS_SECRET",
  "prebell-schwab-prod",
  "prebell-schwab-prod-access",
];

interface Cloud {
  readonly server: SecretManagerServer;
  readonly secrets: SecretManager;
  readonly tokens: TokenStore;
  /** What was logged: level, event and the connection or reason with it. */
  readonly logged: string[];
}

async function aCloud(
  settings: Parameters<typeof startSecretManagerServer>[0] & { readonly etradeMirror?: boolean } = {},
): Promise<Cloud> {
  const { etradeMirror = true, ...rest } = settings;
  const server = await startSecretManagerServer({ secrets: all, ...rest });
  const secrets = openSecretManager({ project: "prebell-test", endpoint: server.host });
  clearAfterwards(() => secrets.close());
  const logged: string[] = [];
  const line =
    (level: string): Log["info"] =>
    (event, fields) =>
      void logged.push(`${level} ${event} ${String(fields?.error)}`);
  const log = { info: line("info"), warn: line("warn"), error: line("error") };
  return { server, secrets, logged, tokens: secretManagerTokenStore(secrets, { etradeMirror, log }) };
}

const versionsOf = (server: SecretManagerServer, secret: string) =>
  server.stored().filter((version) => version.secret === secret);
const rejection = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe("over Secret Manager", () => {
  testTokenStore(async () => (await aCloud()).tokens);
});

describe("over Secret Manager with listings and `latest` hours behind", () => {
  testTokenStore(async () => {
    const { server, tokens } = await aCloud();
    server.lag(1_000_000);
    return tokens;
  });
});

describe("a renewal's version", () => {
  it("holds token and secret together, as its documentation says", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-prod", aTokenSet({ token: "t", secret: "s" }));
    expect(JSON.parse(versionsOf(server, canonical)[0]?.payload ?? "")).toEqual({
      schema: 1,
      connection: "etrade-prod",
      provider: "etrade",
      environment: "prod",
      accessToken: "t",
      accessTokenSecret: "s",
      refreshToken: null,
      accessExpiresAt: null,
      startedAt: "2026-03-10T12:29:30Z",
      issuedAt: "2026-03-10T12:30:00Z",
      verifiedAt: "2026-03-10T12:30:01Z",
    });
  });

  it.each([
    ["etrade-prod", "ETRADE_OAUTH_PROD_ACCESS_"],
    ["etrade-sandbox", "ETRADE_OAUTH_SANDBOX_ACCESS_"],
  ])("of %s is there under the names that existing trading systems read", async (connection, prefix) => {
    const { server, tokens } = await aCloud();
    await tokens.put(connection, aTokenSet({ token: "plain token", secret: "plain secret" }));
    expect(versionsOf(server, `${prefix}TOKEN`).map(({ payload }) => payload)).toEqual(["plain token"]);
    expect(versionsOf(server, `${prefix}SECRET`).map(({ payload }) => payload)).toEqual(["plain secret"]);
    expect(server.stored()).toHaveLength(3);
  });

  it("of a connection with a name says whose broker it is, and is mirrored nowhere", async () => {
    const { server, tokens } = await aCloud({ secrets: ["prebell-etrade-prod-anna-maria"] });
    await tokens.put("etrade-prod-anna-maria", aTokenSet());
    expect(server.stored().map(({ payload }) => JSON.parse(payload ?? ""))).toMatchObject([
      { connection: "etrade-prod-anna-maria", provider: "etrade", environment: "prod" },
    ]);
  });

  it("is mirrored nowhere if that is switched off", async () => {
    const { server, tokens } = await aCloud({ etradeMirror: false });
    await tokens.put("etrade-prod", aTokenSet());
    expect(server.stored().map(({ secret }) => secret)).toEqual([canonical]);
  });

  it("costs three additions, three listings and no read", async () => {
    const { server, tokens } = await aCloud();
    for (let day = 0; day < 3; day += 1) await tokens.put("etrade-prod", aTokenSet());
    const before = server.counts();
    await tokens.put("etrade-prod", aTokenSet());
    const spent = Object.entries(server.counts()).map(([name, count]) => [name, count - (before[name] ?? 0)]);
    expect(Object.fromEntries(spent)).toEqual({
      AddSecretVersion: 3,
      ListSecretVersions: 3,
      DestroySecretVersion: 3,
      AccessSecretVersion: 0,
      CreateSecret: 0,
    });
  });

  it("leaves two versions of each secret to pay for, once the day's delay is over", async () => {
    const { server, tokens, logged } = await aCloud();
    for (let day = 0; day < 6; day += 1) await tokens.put("etrade-prod", aTokenSet({ token: `day ${day}` }));
    server.passDestroyDelay();
    expect(server.activeVersions()).toBe(6);
    const kept = versionsOf(server, mirrors[0]).filter(({ state }) => state === "ENABLED");
    expect(kept.map(({ payload }) => payload)).toEqual(["day 4", "day 5"]);
    expect(logged).toEqual([]);
  });

  it("takes the versions along that an earlier renewal could not destroy", async () => {
    const { server, tokens, logged } = await aCloud({ destroyDelay: false });
    server.deny("secretmanager.versions.destroy", canonical);
    for (let day = 0; day < 5; day += 1) await tokens.put("etrade-prod", aTokenSet());
    expect(versionsOf(server, canonical).filter(({ state }) => state === "ENABLED")).toHaveLength(5);
    expect(logged[0]).toMatch(/^warn old-version-not-destroyed .*secretVersionManager/);
    server.allowAll();
    await tokens.put("etrade-prod", aTokenSet());
    expect(versionsOf(server, canonical).filter(({ state }) => state === "ENABLED")).toHaveLength(2);
  });
});

describe("a mirror that is set up wrongly", () => {
  it.each([
    ["missing", (server: SecretManagerServer) => server],
    [
      "forbidden",
      (server: SecretManagerServer) => {
        server.deny("secretmanager.versions.add", mirrors[1]);
        return server;
      },
    ],
  ])("does not hold up the renewal when it is %s, and is reported by name", async (fault, breakMirror) => {
    const { server, tokens, logged } = await aCloud({
      projectWide: true,
      secrets: fault === "missing" ? all.filter((name) => name !== mirrors[1]) : all,
    });
    breakMirror(server);
    expect(await tokens.put("etrade-prod", aTokenSet({ token: "new" }))).toBe(1);
    expect((await tokens.read("etrade-prod", 1))?.accessToken.reveal()).toBe("new");
    expect(versionsOf(server, mirrors[0])).toHaveLength(1);
    expect(logged).toEqual([
      expect.stringMatching(/^error mirror-failed .*ETRADE_OAUTH_PROD_ACCESS_SECRET.*pulumi up/),
    ]);
  });
});

describe("a login with a refresh token", () => {
  it("is kept whole for Prebell, and in a copy without the refresh token for trading systems", async () => {
    const secrets = ["prebell-schwab-prod", "prebell-schwab-prod-access"];
    const { server, tokens, logged } = await aCloud({ secrets });
    await tokens.put("schwab-prod", aRefreshedTokenSet());
    const stored = Object.fromEntries(
      server.stored().map(({ secret, payload }) => [secret, JSON.parse(payload ?? "")]),
    );
    expect(stored[secrets[0] ?? ""]).toMatchObject({ accessToken: "access-token", refreshToken: "refresh-token" });
    expect(stored[secrets[1] ?? ""]).toMatchObject({
      accessToken: "access-token",
      refreshToken: null,
      accessExpiresAt: "2026-03-10T13:30:00.123Z",
    });
    expect(logged).toEqual([]);
  });

  it("is read from a version that was written before there were any", async () => {
    const { server, tokens } = await aCloud();
    const {
      refreshToken: _refresh,
      accessExpiresAt: _access,
      ...before
    } = JSON.parse(tokenSetText("etrade-prod", aTokenSet()));
    server.plant(canonical, JSON.stringify(before));
    expect(revealed(await tokens.read("etrade-prod", 1))).toEqual(revealed(aTokenSet()));
  });
});

describe("a mirror that fails for the moment", () => {
  it("fails the put before the canonical version exists, so that the whole is repeated", async () => {
    const { server, tokens, logged } = await aCloud();
    server.failNext("ListSecretVersions", ...Array.from({ length: 2 }, () => ({ refuse: "UNAUTHENTICATED" }) as const));
    await expect(tokens.put("etrade-prod", aTokenSet())).rejects.toThrow("UNAUTHENTICATED");
    expect(server.stored()).toEqual([]);

    expect(await tokens.put("etrade-prod", aTokenSet())).toBe(1);
    expect(server.stored()).toHaveLength(3);
    expect(logged).toEqual([]);
  });
});

describe("an answer that gets lost", () => {
  const once = { etradeMirror: false };

  it.each(["UNAVAILABLE", "INTERNAL", "UNKNOWN", "ABORTED", "CANCELLED", "DEADLINE_EXCEEDED"] as const)(
    "with %s after the version was stored does not store it twice",
    async (code) => {
      const { server, tokens } = await aCloud(once);
      server.lag(1_000);
      await tokens.put("etrade-prod", aTokenSet({ token: "yesterday" }));
      server.failNext("AddSecretVersion", { loseAnswer: code });
      expect(await tokens.put("etrade-prod", aTokenSet({ token: "today" }))).toBe(2);
      expect(versionsOf(server, canonical)).toHaveLength(2);
    },
  );

  it("by silence does not store it twice either", async () => {
    const { server, tokens } = await aCloud(once);
    server.failNext("AddSecretVersion", "do-and-hold");
    expect(await tokens.put("etrade-prod", aTokenSet())).toBe(1);
    expect(versionsOf(server, canonical)).toHaveLength(1);
  });

  it.each(["UNAVAILABLE", "RESOURCE_EXHAUSTED", "UNKNOWN"] as const)(
    "with %s before anything was stored is followed by another try",
    async (code) => {
      const { server, tokens } = await aCloud(once);
      server.failNext("AddSecretVersion", { refuse: code }, { refuse: code });
      expect(await tokens.put("etrade-prod", aTokenSet({ token: "third try" }))).toBe(1);
      expect((await tokens.read("etrade-prod", 1))?.accessToken.reveal()).toBe("third try");
      expect(server.counts()["AddSecretVersion"]).toBe(3);
    },
  );

  it("is not mistaken for success when somebody else's version took the number", async () => {
    const { server, tokens } = await aCloud(once);
    server.lag(1_000);
    server.plant(canonical, "somebody else's");
    server.failNext("AddSecretVersion", { refuse: "UNAVAILABLE" });
    expect(await tokens.put("etrade-prod", aTokenSet())).toBe(2);
  });

  it("of a rollback does not pass off the older version with the same token as the new one", async () => {
    const { server, tokens } = await aCloud(once);
    const old = aTokenSet({ token: "old" });
    await tokens.put("etrade-prod", old);
    await tokens.put("etrade-prod", aTokenSet({ token: "new" }));
    server.failNext("AddSecretVersion", { refuse: "UNAVAILABLE" });
    expect(await tokens.put("etrade-prod", old)).toBe(3);
  });

  it("leaves a version that the next look finds, though listings lag", async () => {
    const { server, tokens } = await aCloud(once);
    server.lag(1_000);
    server.failNext("AddSecretVersion", { loseAnswer: "UNAVAILABLE" });
    server.failNext("AccessSecretVersion", { refuse: "INVALID_ARGUMENT" });
    const candidate = aTokenSet({ token: "candidate" });
    await expect(tokens.put("etrade-prod", candidate)).rejects.toThrow("INVALID_ARGUMENT");
    expect(await tokens.latestVersion("etrade-prod")).toBe(1);
    expect(revealed(await tokens.read("etrade-prod", 1))).toEqual(revealed(candidate));
  });

  it("of every try ends in an error within seconds", async () => {
    const { server, tokens } = await aCloud(once);
    server.failNext("AddSecretVersion", ...Array.from({ length: 9 }, () => ({ refuse: "UNAVAILABLE" }) as const));
    await expect(tokens.put("etrade-prod", aTokenSet())).rejects.toThrow("UNAVAILABLE");
    expect(server.counts()["AddSecretVersion"]).toBe(3);
  });
});

describe("a missing secret", () => {
  it("is created with a day's delay before destruction", async () => {
    const { server, tokens } = await aCloud({ secrets: [], projectWide: true, etradeMirror: false });
    expect(await tokens.latestVersion("etrade-prod")).toBeNull();
    expect(await tokens.put("etrade-prod", aTokenSet())).toBe(1);
    for (let day = 0; day < 2; day += 1) await tokens.put("etrade-prod", aTokenSet());
    expect(versionsOf(server, canonical).map(({ state }) => state)).toEqual(["DISABLED", "ENABLED", "ENABLED"]);
  });

  it("that may not be created is named, with the remedy", async () => {
    const { server, tokens } = await aCloud({ secrets: [], projectWide: true, etradeMirror: false });
    server.deny("secretmanager.secrets.create");
    await expect(tokens.put("etrade-prod", aTokenSet())).rejects.toThrow(
      /^The secret prebell-etrade-prod is missing in project prebell-test.*pulumi up/,
    );
  });

  it("that can't be told from a forbidden one is named, with both remedies", async () => {
    const { tokens } = await aCloud({ secrets: [], etradeMirror: false });
    await expect(tokens.put("etrade-prod", aTokenSet())).rejects.toThrow(
      /prebell-etrade-prod in project prebell-test: PERMISSION_DENIED\. The service account lacks roles\/.*or there is no such secret/,
    );
  });
});

describe("reading", () => {
  it("answers null for a version that was disabled", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-prod", aTokenSet());
    server.disable(canonical, 1);
    expect(await tokens.read("etrade-prod", 1)).toBeNull();
    expect(await tokens.latestVersion("etrade-prod")).toBe(1);
  });

  it("is repeated through a short outage", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-prod", aTokenSet());
    server.failNext("AccessSecretVersion", { refuse: "UNAVAILABLE" }, { refuse: "INTERNAL" });
    expect(await tokens.read("etrade-prod", 1)).not.toBeNull();
  });

  it("is never taken for an absence when it is forbidden", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-prod", aTokenSet());
    server.deny("secretmanager.versions.access");
    await expect(tokens.read("etrade-prod", 1)).rejects.toThrow("roles/secretmanager.secretAccessor");
  });

  it("refuses a payload that was damaged on its way", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-prod", aTokenSet());
    server.damageNext();
    await expect(tokens.read("etrade-prod", 1)).rejects.toThrow("damaged on its way");
    expect(await tokens.read("etrade-prod", 1)).not.toBeNull();
  });

  it.each([
    ["that is no JSON", "CANARY-PAYLOAD"],
    ["of another form", '{"accessToken":"CANARY-PAYLOAD"}'],
    ["of another schema", '{"schema":2,"connection":"etrade-prod","accessToken":"CANARY-PAYLOAD"}'],
  ])("refuses a payload %s without quoting it", async (_case, payload) => {
    const { server, tokens } = await aCloud();
    server.plant(canonical, payload);
    const error = await rejection(tokens.read("etrade-prod", 1));
    expect(String(error)).toContain("Version 1 of the secret prebell-etrade-prod in project prebell-test");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("CANARY");
  });

  it("refuses another connection's token set", async () => {
    const { server, tokens } = await aCloud();
    await tokens.put("etrade-sandbox", aTokenSet());
    server.plant(canonical, versionsOf(server, "prebell-etrade-sandbox")[0]?.payload ?? "");
    await expect(tokens.read("etrade-prod", 1)).rejects.toThrow("no token set of etrade-prod");
  });
});

describe("an outage", () => {
  it("ends every call within ten seconds", async () => {
    const { server, secrets } = await aCloud();
    server.failAll("hold");
    const started = performance.now();
    const errors = await Promise.all([
      rejection(secrets.access(canonical, 1)),
      rejection(secrets.versions(canonical)),
      rejection(secrets.add(canonical, "payload")),
      rejection(secrets.destroy(canonical, 1)),
      rejection(secrets.create("another")),
    ]);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(errors.map(String)).toEqual(Array.from({ length: 5 }, () => expect.stringContaining("DEADLINE_EXCEEDED")));
  });

  it("puts no token into any error, however it is printed", async () => {
    const canaries = { token: "CANARY-access-token/+=", secret: "CANARY-token-secret/+=" };
    const { server, tokens, logged } = await aCloud();
    const errors: unknown[] = [];
    for (const code of ["INVALID_ARGUMENT", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"] as const) {
      server.failAll({ refuse: code });
      errors.push(await rejection(tokens.put("etrade-prod", aTokenSet(canaries))));
      errors.push(await rejection(tokens.read("etrade-prod", 1)));
    }
    expect(errors.filter((error) => error instanceof Error).length).toBeGreaterThan(4);
    const printed = inspect([errors, logged], { depth: 9, showHidden: true });
    expect(leaksIn({ errors: printed }, canaries)).toEqual([]);
  });
});

it.each(["127.0.0.1", "http://secretmanager", ""])("an endpoint of the form %j is refused by name", (endpoint) => {
  expect(() => openSecretManager({ project: "p", endpoint })).toThrow(/^SECRET_MANAGER_ENDPOINT/);
});
