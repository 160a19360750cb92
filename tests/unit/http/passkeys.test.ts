// The passkey door and what stands behind it, over HTTP without a page: cookies, guards, and what is answered.
import { Hono, type MiddlewareHandler } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import type { PasskeyRemovedReply, PasskeysReply, Problem } from "../../../server/http/contract.ts";
import { authorizationRoutes } from "../../../server/http/authorizations.ts";
import { createIdentify, type Env, identifyCaller } from "../../../server/http/caller.ts";
import { connectionRoutes } from "../../../server/http/connections.ts";
import { lockRoutes } from "../../../server/http/lock.ts";
import { createLimiter } from "../../../server/http/limit-failures.ts";
import { namesPasskey, passkeyDoorRoutes } from "../../../server/http/passkey-door.ts";
import { passkeyRoutes } from "../../../server/http/passkeys.ts";
import { sessionRoutes } from "../../../server/http/sessions.ts";
import { beginEnrolment } from "../../../server/use-cases/enrol-passkey.ts";
import { createLink, openSession } from "../../../server/use-cases/sign-in.ts";
import { aConnection, anApiToken, aPerson, aSession } from "../../support/builders.ts";
import { type Answer, answerOf, good, verdict } from "../../support/program-client.ts";
import { cookieByPasskey, enrolPasskey, proveByPasskey } from "../../support/program-passkeys.ts";
import { createSoftPasskey, type SoftPasskey } from "../../support/soft-passkey.ts";
import { aWorkbench, bringCode, pageOrigin, pin, startRenewal, type Workbench } from "../use-cases/workbench.ts";

const prod = "/api/connections/etrade-prod";
const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1";

let bench: Workbench;
/** One for all browsers of a test. */
let door: MiddlewareHandler<Env>;
beforeEach(async () => {
  bench = aWorkbench();
  door = createLimiter(bench.deps).limit("passkey", namesPasskey(bench.deps));
  await bench.stores.records.commit({ person: aPerson() });
  await bench.have(aConnection({ pin: null, token: null }));
});

/** Follows what each answer says about its cookie. */
interface Browser {
  cookie: string | null;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

/** `linkCounts`: as without PUBLIC_URL. */
function open(cookie: string | null = null, linkCounts = false): Browser {
  const settings = { https: true, linkCounts, proofPauseMs: null, exportRefreshToken: false };
  const app = new Hono<Env>()
    .use("/api/sessions/passkey", door)
    .use(identifyCaller(createIdentify(bench.deps, [anApiToken("a-token", ["status"])])))
    .route("/api/sessions", sessionRoutes(bench.deps, settings))
    .route("/api/sessions", passkeyDoorRoutes(bench.deps, settings))
    .route("/api/passkeys", passkeyRoutes(bench.deps, settings))
    .route("/api/lock", lockRoutes(bench.deps))
    .route("/api/connections", connectionRoutes(settings))
    .route("/api/connections", authorizationRoutes(settings));
  const call = async (method: string, path: string, body?: object) => {
    const headers = { "user-agent": phone, ...(browser.cookie === null ? {} : { cookie: browser.cookie }) };
    const answer = await answerOf(
      await app.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    );
    browser.cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? browser.cookie;
    return answer;
  };
  const browser: Browser = {
    cookie,
    get: (path) => call("GET", path),
    post: (path, body = {}) => call("POST", path, body),
    delete: (path) => call("DELETE", path),
  };
  return browser;
}

async function signedInByLink(linkCounts = false): Promise<Browser> {
  const browser = open(null, linkCounts);
  await good(browser.post("/api/sessions/handoff", { token: (await createLink(bench.deps, "owner")).reveal() }));
  return browser;
}

/** Signed in by a fresh link, with a passkey added there. */
async function withPasskey(): Promise<{ browser: Browser; passkey: SoftPasskey }> {
  const [browser, passkey] = [await signedInByLink(), createSoftPasskey(pageOrigin)];
  await enrolPasskey(browser, passkey);
  return { browser, passkey };
}

const later = (minutes: number) => {
  bench.now = bench.now.add({ minutes });
};
const passkeysOf = async (browser: Browser) => (await good<PasskeysReply>(browser.get("/api/passkeys"))).passkeys;

describe("the set-up link", () => {
  it("is enough for the first passkey, within its ten minutes, and from then on the passkey is asked for", async () => {
    const browser = await signedInByLink();
    later(9);
    const before = browser.cookie;
    await enrolPasskey(browser, createSoftPasskey(pageOrigin));
    expect(browser.cookie).not.toBe(before);
    expect(await passkeysOf(browser)).toMatchObject([{ name: "Safari on iPhone", lastUsedAt: null, backedUp: true }]);

    const again = await signedInByLink();
    expect(verdict(await again.post("/api/passkeys/options"))).toBe("403 proof-needed");
  });

  it("is too old for it after ten minutes", async () => {
    const browser = await signedInByLink();
    later(10);
    expect(verdict(await browser.post("/api/passkeys/options"))).toBe("403 passkey-needed");
  });

  it("has the new passkey count as proof for two minutes: a second one can be added", async () => {
    const { browser } = await withPasskey();
    await enrolPasskey(browser, createSoftPasskey(pageOrigin), "  The key in the drawer ");
    expect((await passkeysOf(browser)).map(({ name }) => name)).toEqual(["Safari on iPhone", "The key in the drawer"]);
    later(2);
    expect(verdict(await browser.post("/api/passkeys/options"))).toBe("403 proof-needed");
  });
});

describe("signing in by passkey", () => {
  it("gives a strict cookie under https, and ends the session this browser had", async () => {
    const { browser, passkey } = await withPasskey();
    const before = browser.cookie;
    await cookieByPasskey(browser, passkey);
    expect(browser.cookie).not.toBe(before);
    expect(verdict(await open(before).get("/api/passkeys"))).toBe("401 not-signed-in");
    expect(await passkeysOf(browser)).toMatchObject([
      { lastUsedAt: bench.now.toString({ smallestUnit: "millisecond" }) },
    ]);

    const answer = await open().post("/api/sessions/passkey", { credential: await credential(passkey) });
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });

  it("answers every refusal alike, without a cookie", async () => {
    const { passkey } = await withPasskey();
    const genuine = await credential(passkey);
    const refused = [
      { ...genuine, id: "dW5rbm93bg", rawId: "dW5rbm93bg" },
      { ...genuine, response: { ...genuine.response, signature: "AAAA" } },
      await credential(passkey, { userVerified: false }),
      await credential(passkey, { challenge: "Z3Vlc3NlZA" }),
    ];
    const answers = await Promise.all(
      refused.map((each) => open().post("/api/sessions/passkey", { credential: each })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(verdict)).toEqual(Array.from({ length: 4 }, () => "401 passkey-refused"));
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
  });

  it("hears whoever has a passkey here even while strangers have shut the door", async () => {
    const { passkey } = await withPasskey();
    const stranger = createSoftPasskey(pageOrigin);
    stranger.register(await beginEnrolment(bench.deps, { person: aPerson(), session: aSession() }));
    for (let count = 0; count < 60; count += 1)
      // oxlint-disable-next-line no-await-in-loop
      await open().post("/api/sessions/passkey", { credential: await credential(stranger) });
    const shut = await open().post("/api/sessions/passkey", { credential: await credential(stranger) });
    expect(verdict(shut)).toBe("429 too-many-failures");
    const heard = await open().post("/api/sessions/passkey", { credential: await credential(passkey) });
    expect(verdict(heard)).toBe("200 ok");
  });

  it("calls what is no credential a bad body", async () => {
    for (const body of [{}, { credential: null }, { credential: { id: "!", rawId: "!", type: "public-key" } }])
      // oxlint-disable-next-line no-await-in-loop
      expect(verdict(await open().post("/api/sessions/passkey", body))).toBe("400 bad-body");
  });
});

describe("a proof", () => {
  it("opens what needs one for two minutes, under a new cookie", async () => {
    const { browser, passkey } = await withPasskey();
    later(5);
    const before = browser.cookie;
    expect(verdict(await browser.delete(`/api/passkeys/${passkey.id}`))).toBe("403 proof-needed");
    await proveByPasskey(browser, passkey);
    expect(verdict(await open(before).get("/api/passkeys"))).toBe("401 not-signed-in");
    const removed = await good<PasskeyRemovedReply>(browser.delete(`/api/passkeys/${passkey.id}`));
    expect(removed).toEqual({
      left: 0,
      warning: expect.stringContaining("one-time link from the server's own terminal"),
    });
    expect(await passkeysOf(browser)).toEqual([]);
  });

  it("is not asked of whoever has no passkey", async () => {
    expect(verdict(await (await signedInByLink()).post("/api/sessions/proof/options"))).toBe("403 passkey-needed");
    expect(verdict(await open().post("/api/sessions/proof/options"))).toBe("401 not-signed-in");
  });
});

describe("one's own passkeys", () => {
  it("take another name, on one line and not too long", async () => {
    const { browser, passkey } = await withPasskey();
    expect(await good(browser.post(`/api/passkeys/${passkey.id}`, { name: "Blue phone" }))).toMatchObject({
      name: "Blue phone",
    });
    for (const name of ["", "  ", "a\nb", "x".repeat(41)])
      // oxlint-disable-next-line no-await-in-loop
      expect(verdict(await browser.post(`/api/passkeys/${passkey.id}`, { name }))).toBe("400 bad-body");
    expect(verdict(await browser.post("/api/passkeys/another", { name: "Mine" }))).toBe("404 unknown-passkey");
    expect(verdict(await browser.delete("/api/passkeys/another"))).toBe("404 unknown-passkey");
  });

  it("are nothing for programs, strangers, and whoever was handed over for one renewal", async () => {
    const way = { door: "telegram", onlyFor: "etrade-prod", proven: true } as const;
    const secret = await openSession(bench.deps, aPerson({ revision: 1 }), way);
    const handedOver = open(`__session=${secret.reveal()}`);
    expect(verdict(await handedOver.get("/api/passkeys"))).toBe("403 owner-only");
    expect(verdict(await handedOver.post("/api/passkeys/options"))).toBe("403 owner-only");
    expect(verdict(await handedOver.post("/api/lock/release"))).toBe("403 owner-only");
    expect(verdict(await open().get("/api/passkeys"))).toBe("401 not-signed-in");
  });
});

describe("unlocking", () => {
  it("takes a passkey, never a link", async () => {
    const [person] = await bench.stores.records.people();
    await bench.stores.records.commit({ person: { ...aPerson(), ...person, lockedAt: bench.now } });
    const browser = await signedInByLink(true);
    expect(verdict(await browser.post("/api/lock/release"))).toBe("403 passkey-needed");
    await enrolPasskey(browser, createSoftPasskey(pageOrigin));
    expect(verdict(await browser.post("/api/lock/release"))).toBe("200 ok");
    expect((await bench.stores.records.people())[0]?.lockedAt).toBeNull();
  });
});

describe("the accounts", () => {
  it("are pinned with a fresh passkey where Prebell is on the internet", async () => {
    const { browser, passkey } = await withPasskey();
    later(3);
    const confirm = () => browser.post(`${prod}/authorizations/confirm-accounts`, { accept: true });
    await broughtBack(browser);
    expect(verdict(await confirm())).toBe("403 proof-needed");
    await proveByPasskey(browser, passkey);
    expect(verdict(await confirm())).toBe("200 ok");
    expect((await bench.connection()).pin?.accounts).toEqual(pin.accounts);
  });

  it("are not pinned by a fresh link there, and can be thrown away without proof", async () => {
    const browser = await signedInByLink();
    await broughtBack(browser);
    const answer = await browser.post(`${prod}/authorizations/confirm-accounts`, { accept: true });
    const problem: Problem = JSON.parse(answer.text);
    expect([problem.code, problem.detail]).toEqual(["passkey-needed", expect.stringContaining("add one")]);
    expect(verdict(await browser.post(`${prod}/authorizations/confirm-accounts`, { accept: false }))).toBe("200 ok");
  });

  it("are pinned by a fresh link on a machine of one's own", async () => {
    const browser = await signedInByLink(true);
    await broughtBack(browser);
    expect(verdict(await browser.post(`${prod}/authorizations/confirm-accounts`, { accept: true }))).toBe("200 ok");
  });

  it("are unpinned with a fresh passkey, by their owner", async () => {
    const { browser, passkey } = await withPasskey();
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), pin } });
    later(3);
    expect(verdict(await browser.post(`${prod}/unpin`))).toBe("403 proof-needed");
    await proveByPasskey(browser, passkey);
    expect(verdict(await browser.post(`${prod}/unpin`))).toBe("200 ok");
    expect((await bench.connection()).pin).toBeNull();
    const [entry] = await bench.stores.records.journal(1);
    expect(entry).toMatchObject({ kind: "accounts-unpinned", by: { name: "Owner", door: "link" } });
  });

  it("are nobody else's to unpin", async () => {
    const { browser } = await withPasskey();
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), ownerId: "anna" } });
    expect(verdict(await browser.post(`${prod}/unpin`))).toBe("404 unknown-connection");
    await bench.stores.records.commit({
      connection: { ...(await bench.connection()), ownerId: "anna", sharedWith: ["owner"] },
    });
    expect(verdict(await browser.post(`${prod}/unpin`))).toBe("403 owner-only");
  });
});

async function credential(passkey: SoftPasskey, deviation = {}) {
  const { text } = await open().post("/api/sessions/passkey/options");
  return passkey.assert(JSON.parse(text), deviation);
}

/** A first login, proven, that waits to hear whose accounts they are. */
async function broughtBack(browser: Browser): Promise<void> {
  const session = (await bench.deps.sessions.session(`digest(${browser.cookie?.replace("__session=", "")})`))?.id ?? "";
  await startRenewal(bench.deps, "etrade-prod", session);
  expect(await bringCode(bench.deps, undefined, "etrade-prod", session)).toMatchObject({
    outcome: "confirm-accounts",
  });
}
