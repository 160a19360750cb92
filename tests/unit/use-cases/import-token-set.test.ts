import { describe, expect, it } from "vitest";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import type { IssuedTokens } from "../../../server/domain/connection.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { Provider } from "../../../server/ports.ts";
import { type ImportRequest, importTokenSet } from "../../../server/use-cases/import-token-set.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import { aScriptedProvider } from "./scripted-provider.ts";
import { aWorkbench, eventTypes, morning, pin, prod } from "./workbench.ts";

const schwabProd = "schwab-prod";

/** The scripted broker as Schwab is: it refreshes, and revokes nothing. */
function aBench() {
  const bench = aWorkbench();
  const scripted = aScriptedProvider({ id: schwabProd, provider: "schwab", environment: "prod" });
  const refreshes: string[] = [];
  const schwab: Provider = {
    ...scripted,
    policy: schwabPolicy(),
    ceremony: "redirect",
    revoke: null,
    renewal: {
      kind: "refresh",
      async refresh({ refreshToken }) {
        refreshes.push(refreshToken?.reveal() ?? "none");
        const next = scripted.next.refresh.shift();
        if (next instanceof Error) throw next;
        return next ?? succeeded(schwabTokens("new", bench.now.add({ minutes: 30 })));
      },
    },
  };
  const providers = new Map<string, Provider>([...bench.deps.providers, [schwabProd, schwab]]);
  const deps = { ...bench.deps, providers };
  return { bench, deps, schwab: scripted, refreshes };
}

function schwabTokens(name: string, accessExpiresAt: Temporal.Instant | null): IssuedTokens {
  return {
    accessToken: new Secret(`access-${name}`),
    accessTokenSecret: null,
    refreshToken: new Secret(`refresh-${name}`),
    accessExpiresAt,
  };
}

const etradePair: IssuedTokens = {
  accessToken: new Secret("access-file"),
  accessTokenSecret: new Secret("secret-file"),
  refreshToken: null,
  accessExpiresAt: null,
};

const earlier = morning.subtract({ hours: 2 });

function ofEtrade(overrides: Partial<ImportRequest> = {}): ImportRequest {
  const request = { connectionId: prod, provider: "etrade", tokens: etradePair, loggedInAt: earlier } as const;
  return { ...request, acceptAccounts: true, ...overrides };
}

function ofSchwab(overrides: Partial<ImportRequest> = {}): ImportRequest {
  const tokens = schwabTokens("file", morning.subtract({ minutes: 1 }));
  const loggedInAt = morning.subtract({ hours: 50 });
  return { connectionId: schwabProd, provider: "schwab", tokens, loggedInAt, acceptAccounts: true, ...overrides };
}

describe("importTokenSet", () => {
  it("stores a proven pair with its login's own time, and tells of it as of any renewal", async () => {
    const { bench, deps } = aBench();
    expect(await importTokenSet(deps, ofEtrade())).toMatchObject({ outcome: "stored", version: 1 });
    const { token, pin: pinned } = await bench.connection();
    expect(token?.issuedAt.toString()).toBe(earlier.toString());
    expect(pinned).toMatchObject({ accounts: pin.accounts });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
    expect(bench.provider().calls).toEqual(["listAccounts access-file"]);
  });

  it("shows the accounts of a first login, and writes nothing before the owner's word", async () => {
    const { bench, deps } = aBench();
    const shown = await importTokenSet(deps, ofEtrade({ acceptAccounts: false }));
    expect(shown).toMatchObject({ outcome: "confirm-accounts", accounts: pin.accounts });
    expect(await bench.stores.records.connection(prod)).toBeNull();
    expect(await bench.stores.records.pendingAuthorizations(bench.now)).toEqual([]);
  });

  it("neither stores nor revokes a login of other accounts: the program that made it may run on it", async () => {
    const { bench, deps } = aBench();
    await bench.have(aConnection({ token: null, pin: { ...pin, fingerprint: "another" } }));
    expect(await importTokenSet(deps, ofEtrade())).toEqual({ outcome: "not-imported", obstacle: "other-accounts" });
    expect(bench.provider().calls).toEqual(["listAccounts access-file"]);
  });

  it("finds a broker that does not answer no reason to give up the login", async () => {
    const { bench, deps } = aBench();
    bench.provider().next.listAccounts.push(failed("unreachable"));
    expect(await importTokenSet(deps, ofEtrade())).toMatchObject({ outcome: "refused", code: "broker-unavailable" });
    expect(await importTokenSet(deps, ofEtrade())).toMatchObject({ outcome: "stored" });
  });

  it("does not take a login that the broker rejects", async () => {
    const { bench, deps } = aBench();
    bench.provider().next.listAccounts.push(failed("token-rejected", 401), failed("token-rejected", 401));
    expect(await importTokenSet(deps, ofEtrade())).toEqual({ outcome: "not-imported", obstacle: "login-rejected" });
  });

  it.each([
    ["other-broker", ofEtrade({ connectionId: schwabProd })],
    ["login-in-future", ofEtrade({ loggedInAt: morning.add({ minutes: 2 }) })],
    ["login-expired", ofEtrade({ loggedInAt: at("2026-03-10T03:59:59Z") })],
    ["login-expired", ofSchwab({ loggedInAt: morning.subtract({ hours: 168 }) })],
  ])("asks the broker nothing where it can't be: %s", async (obstacle, request) => {
    const { bench, deps, schwab, refreshes } = aBench();
    expect(await importTokenSet(deps, request)).toEqual({ outcome: "not-imported", obstacle });
    expect([...bench.provider().calls, ...schwab.calls, ...refreshes]).toEqual([]);
  });

  it.each([0, 60])("keeps a living login that is newer by %i s", async (newer) => {
    const { bench, deps } = aBench();
    await bench.have(aConnection({ token: aToken({ issuedAt: earlier.add({ seconds: newer }) }), pin }));
    expect(await importTokenSet(deps, ofEtrade())).toEqual({ outcome: "not-imported", obstacle: "no-newer-login" });
  });
});

describe("importTokenSet after a login that died", () => {
  it("takes an older one that lives", async () => {
    const { bench, deps } = aBench();
    await bench.have(aConnection({ ended: { at: morning, reason: "rejected" }, pin }));
    expect(await importTokenSet(deps, ofEtrade())).toMatchObject({ outcome: "stored", version: 2 });
  });
});

describe("importTokenSet of a login that refreshes", () => {
  it("refreshes a lapsed access token first; the login's time stays", async () => {
    const { bench, deps, schwab, refreshes } = aBench();
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject({ outcome: "stored", version: 1 });
    expect([refreshes, schwab.calls]).toEqual([["refresh-file"], ["listAccounts access-new"]]);
    const { token } = await bench.connection(schwabProd);
    expect(token?.issuedAt.toString()).toBe(morning.subtract({ hours: 50 }).toString());
    const stored = await bench.stores.tokens.read(schwabProd, 1);
    expect(stored?.refreshToken?.reveal()).toBe("refresh-new");
  });

  it("leaves an access token that lives alone", async () => {
    const { deps, schwab, refreshes } = aBench();
    const tokens = schwabTokens("file", morning.add({ minutes: 20 }));
    expect(await importTokenSet(deps, ofSchwab({ tokens }))).toMatchObject({ outcome: "stored" });
    expect([refreshes, schwab.calls]).toEqual([[], ["listAccounts access-file"]]);
  });

  it.each([
    ["is not told", null],
    ["is the login's rather", morning.add({ hours: 100 })],
  ])("refreshes where the access token's end %s", async (_what, accessExpiresAt) => {
    const { deps, refreshes } = aBench();
    await importTokenSet(deps, ofSchwab({ tokens: schwabTokens("file", accessExpiresAt) }));
    expect(refreshes).toEqual(["refresh-file"]);
  });

  it("refreshes an access token that was ended early", async () => {
    const { deps, schwab, refreshes } = aBench();
    schwab.next.listAccounts.push(failed("token-rejected", 401));
    const tokens = schwabTokens("file", morning.add({ minutes: 20 }));
    expect(await importTokenSet(deps, ofSchwab({ tokens }))).toMatchObject({ outcome: "stored" });
    expect(refreshes).toEqual(["refresh-file"]);
  });

  it("carries the refresh token over where the broker sends none", async () => {
    const { bench, deps, schwab } = aBench();
    schwab.next.refresh.push(succeeded({ ...schwabTokens("new", morning.add({ minutes: 30 })), refreshToken: null }));
    await importTokenSet(deps, ofSchwab());
    const stored = await bench.stores.tokens.read(schwabProd, 1);
    expect(stored?.refreshToken?.reveal()).toBe("refresh-file");
  });

  it("holds what the refresh brought until the owner's word, and refreshes no second time", async () => {
    const { bench, deps, refreshes } = aBench();
    const shown = await importTokenSet(deps, ofSchwab({ acceptAccounts: false }));
    expect(shown).toMatchObject({ outcome: "confirm-accounts" });
    expect(await importTokenSet(deps, ofSchwab({ acceptAccounts: false }))).toMatchObject(shown);
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject({ outcome: "stored", version: 1 });
    expect(refreshes).toEqual(["refresh-file"]);
    expect((await bench.connection(schwabProd)).pin).not.toBeNull();
  });

  it("loses no refreshed token to a crash right after: it was kept before anything else", async () => {
    const { bench, deps, schwab, refreshes } = aBench();
    schwab.next.listAccounts.push(new Error("crash"));
    await expect(importTokenSet(deps, ofSchwab())).rejects.toThrow("crash");
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject({ outcome: "stored" });
    expect(refreshes).toEqual(["refresh-file"]);
    const stored = await bench.stores.tokens.read(schwabProd, 1);
    expect(stored?.refreshToken?.reveal()).toBe("refresh-new");
  });

  it("loses no refreshed token to a broker that then falls silent", async () => {
    const { bench, deps, schwab, refreshes } = aBench();
    schwab.next.listAccounts.push(failed("timed-out"));
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject({ outcome: "verifying" });
    const [held] = await bench.stores.records.pendingAuthorizations(bench.now, schwabProd);
    expect(held?.candidate?.refreshToken?.reveal()).toBe("refresh-new");
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject({ outcome: "stored" });
    expect(refreshes).toEqual(["refresh-file"]);
  });

  it.each([
    [failed("token-rejected", 400), { outcome: "not-imported", obstacle: "login-rejected" }],
    [failed("maintenance", 403), { outcome: "refused", code: "broker-unavailable" }],
    [failed("consumer-key-rejected", 401), { outcome: "refused", code: "misconfigured" }],
  ])("changes nothing when the refresh is refused %#", async (answer, result) => {
    const { bench, deps, schwab } = aBench();
    schwab.next.refresh.push(answer);
    expect(await importTokenSet(deps, ofSchwab())).toMatchObject(result);
    expect(await bench.stores.records.pendingAuthorizations(bench.now)).toEqual([]);
  });
});
