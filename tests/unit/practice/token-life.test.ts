import { describe, expect, it } from "vitest";
import { practiceKeys } from "../../../server/practice/practice-keys.ts";
import { at, openBroker, type Answer, type Trading } from "./trader.ts";

const verdict = (answer: Answer) => [answer.status, answer.problem];
const pass = (broker: Trading, duration: Temporal.DurationLike) =>
  broker.clock.advance(Temporal.Duration.from(duration));

describe("access_token", () => {
  it("gives a pair that lists accounts", async () => {
    const broker = await openBroker();
    expect((await broker.list(await broker.login())).status).toBe(200);
  });

  it("rejects a request token that nobody accepted", async () => {
    const broker = await openBroker();
    expect(verdict(await broker.exchange(await broker.requestToken(), "ABCDE"))).toEqual([401, "token_rejected"]);
  });

  it("works once", async () => {
    const broker = await openBroker();
    const request = await broker.requestToken();
    const verifier = await broker.control.accept(broker.authorizeUrl(request));
    expect((await broker.exchange(request, verifier)).status).toBe(200);
    expect(verdict(await broker.exchange(request, verifier))).toEqual([401, "token_rejected"]);
  });

  it("forgives two wrong codes and burns the request token at the third", async () => {
    const broker = await openBroker();
    const [forgiven, burnt] = [await broker.requestToken(), await broker.requestToken()];
    const codes = await Promise.all(
      [forgiven, burnt].map((token) => broker.control.accept(broker.authorizeUrl(token))),
    );
    for (const request of [forgiven, forgiven, burnt, burnt, burnt])
      expect(verdict(await broker.exchange(request, "WRONG"))).toEqual([401, "token_rejected"]);
    expect((await broker.exchange(forgiven, codes[0] ?? "")).status).toBe(200);
    expect(verdict(await broker.exchange(burnt, codes[1] ?? ""))).toEqual([401, "token_rejected"]);
  });

  it("accepts no other request token's code", async () => {
    const broker = await openBroker();
    const [first, second] = [await broker.requestToken(), await broker.requestToken()];
    await broker.control.accept(broker.authorizeUrl(first));
    const code = await broker.control.accept(broker.authorizeUrl(second));
    expect(verdict(await broker.exchange(first, code))).toEqual([401, "token_rejected"]);
    expect((await broker.exchange(second, code)).status).toBe(200);
  });

  it("still works a second before five minutes are over, and not after them", async () => {
    const broker = await openBroker();
    const [inTime, late] = [await broker.requestToken(), await broker.requestToken()];
    const codes = await Promise.all([inTime, late].map((token) => broker.control.accept(broker.authorizeUrl(token))));
    pass(broker, { minutes: 4, seconds: 59 });
    expect((await broker.exchange(inTime, codes[0] ?? "")).status).toBe(200);
    pass(broker, { seconds: 1 });
    expect(verdict(await broker.exchange(late, codes[1] ?? ""))).toEqual([401, "token_rejected"]);
  });

  it("does not give API access to a request token", async () => {
    const broker = await openBroker();
    expect(verdict(await broker.list(await broker.requestToken()))).toEqual([401, "token_rejected"]);
  });
});

describe("midnight in New York", () => {
  it.each([
    ["summer, issued at 11:00", "2026-06-10T15:00:00Z", "2026-06-11T04:00:00Z"],
    ["summer, issued at 23:50", "2026-06-11T03:50:00Z", "2026-06-11T04:00:00Z"],
    ["winter", "2026-01-15T15:00:00Z", "2026-01-16T05:00:00Z"],
    ["the eve of the spring change", "2026-03-07T15:00:00Z", "2026-03-08T05:00:00Z"],
    ["the 23-hour day, issued at 00:00", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"],
    ["the 23-hour day", "2026-03-08T15:00:00Z", "2026-03-09T04:00:00Z"],
    ["the 25-hour day, issued at 00:00", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["the 25-hour day", "2026-11-01T12:00:00Z", "2026-11-02T05:00:00Z"],
    ["the day after, issued at 23:30 of the 25-hour day", "2026-11-02T04:30:00Z", "2026-11-02T05:00:00Z"],
    ["New Year's Eve", "2026-12-31T20:00:00Z", "2027-01-01T05:00:00Z"],
  ])("ends a token: %s", async (_night, issued, midnight) => {
    const broker = await openBroker({ from: issued });
    const token = await broker.login();
    broker.clock.setTo(at(midnight).subtract({ seconds: 1 }));
    expect((await broker.renew(token)).text).toBe("Access Token has been renewed");
    expect((await broker.list(token)).status).toBe(200);
    broker.clock.setTo(at(midnight));
    expect(verdict(await broker.list(token))).toEqual([401, "token_expired"]);
    expect(verdict(await broker.renew(token))).toEqual([401, "token_expired"]);
    expect(verdict(await broker.revoke(token))).toEqual([401, "token_expired"]);
    expect((await broker.control.state()).tokens.map(({ state }) => state)).toEqual(["expired"]);
  });

  it("comes after as many days as the key was granted", async () => {
    const keys = { ...practiceKeys, prod: { ...practiceKeys.prod, lifetimeDays: 30 } };
    const broker = await openBroker({ keys });
    const token = await broker.login();
    broker.clock.setTo(at("2026-07-10T03:59:59Z"));
    expect((await broker.renew(token)).status).toBe(200);
    broker.clock.setTo(at("2026-07-10T04:00:00Z"));
    expect((await broker.renew(token)).status).toBe(401);
  });
});

describe("idleness", () => {
  it("sets in exactly two hours after the last answered call", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    for (let call = 0; call < 2; call += 1) {
      pass(broker, { hours: 1, minutes: 59, seconds: 59 });
      expect((await broker.list(token)).status).toBe(200);
    }
    pass(broker, { hours: 2 });
    expect(verdict(await broker.list(token))).toEqual([401, "token_expired"]);
    expect((await broker.control.state()).tokens.map(({ state }) => state)).toEqual(["inactive"]);
  });

  it("is ended by renew, and the tokens stay the same", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    pass(broker, { hours: 5 });
    const renewed = await broker.renew(token);
    expect([renewed.status, renewed.text]).toEqual([200, "Access Token has been renewed"]);
    expect((await broker.list(token)).status).toBe(200);
  });

  it("is not put off by refused or spoiled calls", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    pass(broker, { hours: 1 });
    await broker.control.fault({ fault: "error-500", on: "accounts", times: 1 });
    await broker.list(token);
    await broker.list({ ...token, tokenSecret: "wrong" });
    pass(broker, { hours: 1 });
    expect(verdict(await broker.list(token))).toEqual([401, "token_expired"]);
  });
});

describe("revoke", () => {
  it("is final: neither a call nor a renewal works after it", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    const revoked = await broker.revoke(token);
    expect([revoked.status, revoked.text]).toEqual([200, "Revoked Access Token"]);
    for (const answer of [await broker.list(token), await broker.renew(token), await broker.revoke(token)])
      expect(verdict(answer)).toEqual([401, "token_rejected"]);
  });
});

describe("a second login", () => {
  it("ends the earlier token of the same key only", async () => {
    const broker = await openBroker();
    const [sandbox, first, second] = [await broker.login("sandbox"), await broker.login(), await broker.login()];
    expect(verdict(await broker.list(first))).toEqual([401, "token_rejected"]);
    expect((await broker.list(second)).status).toBe(200);
    expect((await broker.list(sandbox, "sandbox")).status).toBe(200);
  });

  it("leaves the earlier token alone where the option says so", async () => {
    const broker = await openBroker({ options: { newLoginEndsEarlier: false } });
    const [first] = [await broker.login(), await broker.login()];
    expect((await broker.list(first)).status).toBe(200);
  });

  it("by somebody else leaves your token alone", async () => {
    const broker = await openBroker({ options: { offerOtherAccounts: true } });
    const [yours] = [await broker.login(), await broker.login("prod", "somebody else")];
    expect((await broker.list(yours)).status).toBe(200);
  });
});
