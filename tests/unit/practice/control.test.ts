import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { createPracticeClock } from "../../../server/practice/practice-clock.ts";
import { createPracticeApp } from "../../../server/practice/practice-app.ts";
import { memoryState } from "../../../server/practice/practice-state.ts";
import { at, morning, openBroker } from "./trader.ts";

const proper = { "content-type": "application/json", "x-practice": "1" };

function post(url: string, body: string, headers: Record<string, string> = proper) {
  return fetch(url, { method: "POST", headers, body });
}

describe("the control", () => {
  it("tells the clock, the faults, the tokens and the calls, and no secret", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    await broker.control.fault({ fault: "slow", on: "renew" });
    await broker.list(token);
    const state = await broker.control.state();
    expect(state).toEqual({
      clock: { now: morning, offsetSeconds: 0 },
      faults: [{ fault: "slow", on: "renew", milliseconds: 3000, phase: "before" }],
      callbacks: { prod: null, sandbox: null },
      tokens: [{ environment: "prod", issuedAt: morning, lastCallAt: morning, state: "active" }],
      calls: { "/oauth/request_token": 1, "/authorize": 1, "/oauth/access_token": 1, "/prod/v1/accounts/list": 1 },
      held: 0,
      schwab: {
        rotation: false,
        wording: "2026",
        redirectUris: ["https://127.0.0.1", "https://127.0.0.1:8182/callback"],
        codes: 0,
        logins: [],
        accessTokens: [],
      },
    });
    expect(JSON.stringify(state)).not.toContain(token.tokenSecret);
  });

  it("moves the clock ahead, to an instant and back", async () => {
    const { control, clock } = await openBroker();
    expect((await control.advance(Temporal.Duration.from({ hours: 2 }))).offsetSeconds).toBe(7200);
    expect(clock.now().toString()).toBe("2026-06-10T17:00:00Z");
    expect((await control.setTo(at("2026-11-01T05:30:00Z"))).now).toBe("2026-11-01T05:30:00Z");
    expect((await control.reset()).now).toBe(morning);
  });

  it("kills and idles the tokens of one environment", async () => {
    const broker = await openBroker();
    const [prod, sandbox] = [await broker.login("prod"), await broker.login("sandbox")];
    expect([await broker.control.killToken("prod"), await broker.control.idleToken("sandbox")]).toEqual([1, 1]);
    expect((await broker.list(prod)).problem).toBe("token_rejected");
    expect((await broker.list(sandbox, "sandbox")).problem).toBe("token_expired");
    expect((await broker.renew(sandbox)).status).toBe(200);
    expect(await broker.control.killToken("prod")).toBe(0);
  });

  it.each([
    ["without the header", { "content-type": "application/json" }],
    ["without a JSON content type", { "x-practice": "1", "content-type": "text/plain" }],
    ["as a form", { "content-type": "application/x-www-form-urlencoded" }],
  ])("refuses a POST %s", async (_what, headers) => {
    const broker = await openBroker();
    const response = await post(`${broker.url}/practice/kill-token`, '{"environment":"prod"}', headers);
    expect(response.status).toBe(403);
  });

  it("refuses a name that only points at this machine", async () => {
    const broker = await openBroker();
    const status = await new Promise((resolve, reject) => {
      const headers = { host: "rebound.example" };
      const call = httpRequest(`${broker.url}/practice/state`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject);
      call.end();
    });
    expect(status).toBe(403);
  });

  it("refuses a caller from another machine", async () => {
    const app = createPracticeApp({ clock: createPracticeClock(() => at(morning)), state: memoryState() });
    const from = (remoteAddress: string) => {
      const env = { incoming: { socket: { remoteAddress } }, outgoing: {} };
      return app.request("http://127.0.0.1/practice/state", {}, env);
    };
    expect([(await from("192.0.2.7")).status, (await from("::ffff:127.0.0.1")).status]).toEqual([403, 200]);
  });

  it.each([
    ["clock", "{}", "Expected {advanceSeconds: number}"],
    ["clock", '{"advanceSeconds":"1"}', "Expected {advanceSeconds: number}"],
    ["clock", '{"setTo":"tomorrow"}', "setTo"],
    ["faults", '{"fault":"earthquake"}', "fault"],
    ["faults", '{"fault":"slow","on":"lunch"}', "on"],
    ["faults", '{"fault":"slow","times":0}', "times"],
    ["faults", '{"fault":"slow","tiems":1}', "tiems"],
    ["kill-token", '{"environment":"live"}', "environment"],
    ["callback", '{"environment":"prod","url":"javascript:alert(1)"}', "url"],
    ["release", '{"all":true}', "all"],
    ["clock", "not JSON", "Expected"],
  ])("answers 400 and says why: %s %s", async (path, body, reason) => {
    const broker = await openBroker();
    const response = await post(`${broker.url}/practice/${path}`, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(reason);
  });

  it("rejects in the client with what the broker said", async () => {
    const broker = await openBroker();
    await expect(broker.control.callback("prod", "nonsense")).rejects.toThrow(/400.*url/s);
    await expect(broker.control.accept(`${broker.urls.authorizeUrl}?key=a&token=b`)).rejects.toThrow("410");
  });
});
