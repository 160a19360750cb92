// From Telegram to the browser over HTTP: what spends a link and what does not, and what the cookie is good for.
import { beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../../server/http/app.ts";
import type { EnteredReply, HandOverReply, MiniAppReply } from "../../../server/http/contract.ts";
import { openSession } from "../../../server/use-cases/sign-in.ts";
import { tapNumber } from "../../../server/use-cases/match-number.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { initData } from "../../support/init-data.ts";
import { type Answer, answerOf, good, verdict } from "../../support/program-client.ts";
import { createSoftPasskey } from "../../support/soft-passkey.ts";
import { aTelegramBench, type TelegramBench } from "../use-cases/telegram-bench.ts";
import { enrolPasskey } from "../../support/program-passkeys.ts";
import { morning, pageOrigin, prod } from "../use-cases/workbench.ts";

const sandbox = "etrade-sandbox";
let telegram: TelegramBench;
let app: ReturnType<typeof createApp>;

beforeEach(async () => {
  telegram = aTelegramBench({ ids: [prod, sandbox] });
  await telegram.bench.have(aConnection({ id: prod }));
  await telegram.bench.have(aConnection({ id: sandbox, environment: "sandbox" }));
  app = createApp(telegram.deps, appSettings(pageOrigin));
});

const own = { "x-prebell": "1", "content-type": "application/json", "sec-fetch-site": "same-origin" };

/** A browser's page; what it was given as a cookie it sends again. */
function aBrowser(cookie: string | null = null) {
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = own) => {
    const all = { ...headers, ...(browser.cookie === null ? {} : { cookie: browser.cookie }) };
    const init = { method, headers: all, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await answerOf(await app.request(`${pageOrigin}${path}`, init));
    browser.cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? browser.cookie;
    return answer;
  };
  const browser = {
    cookie,
    get: (path: string) => call("GET", path),
    post: (path: string, body: object = {}, headers?: Record<string, string>) => call("POST", path, body, headers),
  };
  return browser;
}

const openMini = (data = initData(morning)) =>
  good<MiniAppReply>(aBrowser().post("/api/telegram/open", { initData: data }));

/** The link for the first connection, as the Mini App opens it. */
async function handedLink(): Promise<URL> {
  const { connections } = await openMini(initData(telegram.bench.now));
  return new URL(connections.find(({ id }) => id === prod)?.handOver ?? "");
}

const tokenOf = (link: URL) => decodeURIComponent(link.hash.replace("#go=", ""));

/** What the page is asked for, after a link of its own. */
async function askedProof(browser: ReturnType<typeof aBrowser>): Promise<HandOverReply["proof"]> {
  // Telegram opens nothing twice in one second.
  telegram.bench.now = telegram.bench.now.add({ seconds: 1 });
  const token = tokenOf(await handedLink());
  return (await good<HandOverReply>(browser.post("/api/sessions/hand-over", { token }))).proof;
}

async function showNumber(browser: ReturnType<typeof aBrowser>) {
  const proof = await askedProof(browser);
  if (proof.by !== "number") throw new Error("It asks for a passkey.");
  return proof;
}

async function tap(number: number): Promise<void> {
  await tapNumber(telegram.deps, aPerson(), telegram.question().id, number);
}

describe("the Mini App", () => {
  it("gets the person's name, what they may renew and in which state, and a link for each; no cookie", async () => {
    const answer = await aBrowser().post("/api/telegram/open", { initData: initData(morning) });
    expect(JSON.parse(answer.text)).toEqual({
      person: "Owner",
      connections: [
        {
          id: prod,
          label: "E*TRADE production",
          status: expect.objectContaining({ word: "active" }),
          handOver: expect.stringMatching(/^http:\/\/localhost:8080\/#go=./),
        },
        expect.objectContaining({ id: sandbox, label: "E*TRADE sandbox" }),
      ],
      validSeconds: 120,
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it.each([
    ["nothing", ""],
    ["something forged", initData(morning, { token: "1:forged" })],
    ["a stranger's", initData(morning, { userId: "1234567" })],
    ["what is too old", initData(morning.subtract({ minutes: 6 }))],
  ])("gets one and the same refusal for %s", async (_what, data) => {
    const answer = await aBrowser().post("/api/telegram/open", { initData: data });
    expect(verdict(answer)).toBe("401 not-from-telegram");
    expect(answer.text).not.toContain("Owner");
  });

  it("is there only where a bot is", async () => {
    app = createApp({ ...telegram.deps, readInitData: null }, appSettings(pageOrigin));
    expect(verdict(await aBrowser().post("/api/telegram/open", { initData: initData(morning) }))).toBe(
      "404 no-such-route",
    );
  });

  it("has a page that anybody may look at, and that no frame may hold", async () => {
    const page = await aBrowser().get("/mini");
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/e\*?trade|schwab|<input/i);
    expect(page.headers.get("content-security-policy")).toMatch(
      /script-src 'self' 'sha256-[^']+'; .*frame-ancestors 'none'/,
    );
  });
});

describe("the link", () => {
  it("is spent by no preview, prefetch or visit: its secret is in the fragment, which nobody sends", async () => {
    const link = await handedLink();
    const visitor = aBrowser();
    for (const path of ["/", "/mini", link.pathname, "/api/sessions/hand-over", "/api/sessions/match"]) {
      // oxlint-disable no-await-in-loop -- one after the other, as a scanner comes
      await visitor.get(path);
      await app.request(`${pageOrigin}${path}`, { method: "HEAD" });
      // Even whoever made a query of the fragment.
      await visitor.get(`${path}?token=${tokenOf(link)}&go=${tokenOf(link)}`);
      // oxlint-enable no-await-in-loop
    }
    expect(visitor.cookie).toBeNull();
    expect((await aBrowser().post("/api/sessions/hand-over", { token: tokenOf(link) })).status).toBe(200);
  });

  it("works once: whoever opens it elsewhere afterwards is told that it is spent", async () => {
    const token = tokenOf(await handedLink());
    expect((await aBrowser().post("/api/sessions/hand-over", { token })).status).toBe(200);
    expect(verdict(await aBrowser().post("/api/sessions/hand-over", { token }))).toBe("401 link-spent");
  });

  it("works for 120 seconds", async () => {
    const token = tokenOf(await handedLink());
    telegram.bench.now = telegram.bench.now.add({ seconds: 120 });
    expect(verdict(await aBrowser().post("/api/sessions/hand-over", { token }))).toBe("401 link-spent");
  });

  it.each([
    ["from another site's page", { ...own, "sec-fetch-site": "cross-site" }, "403 cross-origin"],
    ["by a form", { ...own, "content-type": "application/x-www-form-urlencoded" }, "415 not-json"],
    [
      "without our own header",
      { "content-type": "application/json", "sec-fetch-site": "same-origin" },
      "403 header-missing",
    ],
  ])("is not spent %s", async (_how, headers, expected) => {
    const token = tokenOf(await handedLink());
    expect(verdict(await aBrowser().post("/api/sessions/hand-over", { token }, headers))).toBe(expected);
    expect((await aBrowser().post("/api/sessions/hand-over", { token })).status).toBe(200);
  });

  it("of somebody else is refused where a person is signed in, and leaves their session alone", async () => {
    await telegram.deps.records.commit({ person: aPerson({ id: "victim", name: "Victim" }) });
    const way = { door: "link", onlyFor: null, proven: false } as const;
    const secret = await openSession(telegram.deps, aPerson({ id: "victim" }), way);
    const victim = aBrowser(`__session=${secret.reveal()}`);
    const token = tokenOf(await handedLink());
    expect(verdict(await victim.post("/api/sessions/hand-over", { token }))).toBe("409 somebody-else");
    expect((await victim.get("/status")).status).toBe(200);
  });
});

describe("the number", () => {
  it("lets the page in for one renewal, by a cookie that no script and no other site gets", async () => {
    const browser = aBrowser();
    const { number, secret } = await showNumber(browser);
    expect(await good(browser.post("/api/sessions/match", { secret }))).toEqual({ enteredFor: null });
    expect(browser.cookie).toBeNull();
    await tap(number);
    const entered = await browser.post("/api/sessions/match", { secret });
    expect(JSON.parse(entered.text)).toEqual({ enteredFor: prod } satisfies EnteredReply);
    expect(entered.headers.getSetCookie()[0]).toMatch(/^__session=[^;]+;.*HttpOnly.*SameSite=Strict/);

    const visible = JSON.parse((await browser.get("/status")).text).connections;
    expect(visible.map(({ id }: { id: string }) => id)).toEqual([prod]);
    const started: Answer = await browser.post(`/api/connections/${prod}/authorizations`);
    expect(started.status).toBe(201);
    expect(verdict(await browser.post(`/api/connections/${sandbox}/authorizations`))).toBe("404 unknown-connection");
    expect((await browser.get(`/api/connections/${prod}/balances`)).status).toBe(403);
    expect((await browser.get("/api/passkeys")).status).toBe(403);
    telegram.bench.now = telegram.bench.now.add({ minutes: 15 });
    expect(verdict(await browser.get("/status"))).toBe("401 not-signed-in");
  });

  it("lets nobody in after a wrong tap, and after three none is shown", async () => {
    for (let round = 1; round <= 3; round += 1) {
      // oxlint-disable no-await-in-loop -- one after the other
      const browser = aBrowser();
      const { number, secret } = await showNumber(browser);
      await tap(number === 10 ? 11 : 10);
      expect(verdict(await browser.post("/api/sessions/match", { secret }))).toBe("403 match-refused");
      // oxlint-enable no-await-in-loop
    }
    telegram.bench.now = telegram.bench.now.add({ seconds: 1 });
    const token = tokenOf(await handedLink());
    expect(verdict(await aBrowser().post("/api/sessions/hand-over", { token }))).toBe("429 too-many-wrong");
  });

  it("replaces the session that this browser had", async () => {
    const way = { door: "link", onlyFor: null, proven: false } as const;
    const before = `__session=${(await openSession(telegram.deps, aPerson(), way)).reveal()}`;
    const browser = aBrowser(before);
    const { number, secret } = await showNumber(browser);
    await tap(number);
    await browser.post("/api/sessions/match", { secret });
    expect(verdict(await aBrowser(before).get("/status"))).toBe("401 not-signed-in");
  });
});

describe("a passkey", () => {
  it("is asked for where the person has one, and the chat is not", async () => {
    const passkey = createSoftPasskey(pageOrigin);
    const way = { door: "link", onlyFor: null, proven: false } as const;
    const secret = await openSession(telegram.deps, aPerson(), way);
    app = createApp(telegram.deps, appSettings(pageOrigin, { linkCounts: true }));
    await enrolPasskey(aBrowser(`__session=${secret.reveal()}`), passkey);

    const browser = aBrowser();
    const optionsFor = async () => {
      const proof = await askedProof(browser);
      if (proof.by !== "passkey") throw new Error("It shows a number.");
      return proof.options;
    };
    const credential = passkey.assert(await optionsFor());
    expect(telegram.chats).toEqual([]);
    const wrong = await aBrowser().post("/api/sessions/hand-over/passkey", { connection: sandbox, credential });
    expect(verdict(wrong)).toBe("401 passkey-refused");
    const entered = { connection: prod, credential: passkey.assert(await optionsFor()) };
    expect(await good(browser.post("/api/sessions/hand-over/passkey", entered))).toEqual({ enteredFor: prod });
    expect((await browser.post(`/api/connections/${prod}/authorizations`)).status).toBe(201);
  });
});

describe("guessing", () => {
  it("shuts these doors for ten minutes, and not for who comes with a real opening, link or number", async () => {
    const guesses = ["/api/telegram/open", "/api/sessions/hand-over"].flatMap((path) =>
      Array.from({ length: 30 }, () => aBrowser().post(path, { initData: "hash=1", token: "guessed" })),
    );
    await Promise.all(guesses);
    expect(verdict(await aBrowser().post("/api/telegram/open", { initData: "hash=1" }))).toBe("429 too-many-failures");
    expect(verdict(await aBrowser().post("/api/sessions/match", { secret: "x.y" }))).toBe("429 too-many-failures");
    const browser = aBrowser();
    const { number, secret } = await showNumber(browser);
    await tap(number);
    expect(await good(browser.post("/api/sessions/match", { secret }))).toEqual({ enteredFor: prod });
  });
});
