import { describe, expect, it } from "vitest";
import type { FaultDraft } from "../../../server/practice/fault.ts";
import { authorizationHeader, signedParameters, type Credentials } from "./sign.ts";
import { openBroker, type Answer, type Trading } from "./trader.ts";

const verdict = (answer: Answer) => [answer.status, answer.type];
const error = (answer: Answer) => JSON.parse(answer.text).Error;

async function brokerWith(fault: FaultDraft) {
  const broker = await openBroker();
  const token = await broker.login();
  await broker.control.fault(fault);
  return { broker, token };
}

/** Resolves once a call hangs at the broker. */
async function untilHeld(broker: Trading, count = 1): Promise<void> {
  while ((await broker.control.state()).held < count);
}

function leavingCall(broker: Trading, url: string, token: Credentials) {
  const client = new AbortController();
  const authorization = authorizationHeader(signedParameters(url, token, broker.clock.now()));
  const outcome = fetch(url, { headers: { authorization }, signal: client.signal }).then(
    () => "answered",
    () => "left",
  );
  return { outcome, leave: () => client.abort() };
}

describe("faults that spoil the answer", () => {
  it("error-500 is a JSON service error at the API and a page at the OAuth endpoints", async () => {
    const { broker, token } = await brokerWith({ fault: "error-500" });
    const api = await broker.list(token);
    expect([...verdict(api), error(api).code]).toEqual([500, "application/json", 100]);
    expect(verdict(await broker.renew(token))).toEqual([500, "text/html"]);
    expect((await fetch(broker.urls.authorizeUrl)).status).toBe(500);
  });

  it("maintenance is code 670", async () => {
    const { broker, token } = await brokerWith({ fault: "maintenance" });
    const answer = await broker.list(token);
    expect([answer.status, error(answer)]).toEqual([500, { code: 670, message: "Currently undergoing maintenance" }]);
    expect(verdict(await broker.renew(token))).toEqual([500, "text/html"]);
  });

  it("rate-limit is a page with status 400 everywhere", async () => {
    const { broker, token } = await brokerWith({ fault: "rate-limit" });
    for (const answer of [await broker.list(token), await broker.renew(token)]) {
      expect(verdict(answer)).toEqual([400, "text/html"]);
      expect(answer.text).toContain("Number of requests exceeded the rate limit set");
    }
  });

  it("reject-key refuses the consumer key", async () => {
    const { broker, token } = await brokerWith({ fault: "reject-key" });
    for (const answer of [await broker.list(token), await broker.renew(token), await broker.revoke(token)])
      expect([answer.status, answer.problem]).toEqual([401, "consumer_key_rejected"]);
  });

  it("html-garbage is a page that claims success", async () => {
    const { broker, token } = await brokerWith({ fault: "html-garbage" });
    expect(verdict(await broker.list(token))).toEqual([200, "text/html"]);
    expect(verdict(await broker.renew(token))).toEqual([200, "text/html"]);
  });

  it("keep the broker from acting", async () => {
    const { broker, token } = await brokerWith({ fault: "html-garbage", on: "revoke" });
    await broker.revoke(token);
    expect((await broker.list(token)).status).toBe(200);
  });
});

describe("where and how often a fault strikes", () => {
  it("strikes as many times as asked", async () => {
    const { broker, token } = await brokerWith({ fault: "error-500", times: 2 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await broker.list(token)).status);
    expect(statuses).toEqual([500, 500, 200]);
    expect((await broker.control.state()).faults).toEqual([]);
  });

  it("strikes until it is cleared", async () => {
    const { broker, token } = await brokerWith({ fault: "maintenance" });
    await broker.list(token);
    expect((await broker.list(token)).status).toBe(500);
    await broker.control.clear();
    expect((await broker.list(token)).status).toBe(200);
  });

  it("strikes only the call it was set for", async () => {
    const { broker, token } = await brokerWith({ fault: "error-500", on: "renew" });
    const askForToken = broker.get(`${broker.urls.oauthUrl}/request_token`, broker.keyOf("prod"), {
      oauth_callback: "oob",
    });
    expect([(await broker.list(token)).status, (await askForToken).status]).toEqual([200, 200]);
    expect((await broker.renew(token)).status).toBe(500);
  });

  it("strikes only the environment it was set for", async () => {
    const broker = await openBroker();
    const [prod, sandbox] = [await broker.login("prod"), await broker.login("sandbox")];
    await broker.control.fault({ fault: "error-500", environment: "sandbox" });
    expect([(await broker.list(prod)).status, (await broker.renew(prod)).status]).toEqual([200, 200]);
    expect([(await broker.list(sandbox, "sandbox")).status, (await broker.renew(sandbox)).status]).toEqual([500, 500]);
  });
});

describe("faults that change what the broker believes", () => {
  it("other-accounts lists somebody else's", async () => {
    const { broker, token } = await brokerWith({ fault: "other-accounts" });
    expect((await broker.list(token)).text).toContain('"accountId":"771904463"');
  });

  it("no-accounts answers 204", async () => {
    const { broker, token } = await brokerWith({ fault: "no-accounts" });
    const answer = await broker.list(token);
    expect([answer.status, answer.text]).toEqual([204, ""]);
  });

  it("skew refuses the true time and accepts a client that follows the hint", async () => {
    const { broker, token } = await brokerWith({ fault: "skew" });
    const refused = await broker.list(token);
    const [from, to] = (/oauth_acceptable_timestamps=(\d+)-(\d+)/.exec(refused.text) ?? []).slice(1).map(Number);
    expect([refused.status, (to ?? 0) - (from ?? 0)]).toEqual([401, 600]);
    const corrected = await broker.list(token, "prod", { oauth_timestamp: String((from ?? 0) + 300) });
    expect(corrected.status).toBe(200);
  });
});

describe("faults of delivery", () => {
  it("slow answers late but right", async () => {
    const { broker, token } = await brokerWith({ fault: "slow", milliseconds: 40, phase: "after" });
    const started = performance.now();
    expect((await broker.list(token)).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  it("drop before acting leaves the broker as it was", async () => {
    const { broker, token } = await brokerWith({ fault: "drop", on: "revoke", times: 1 });
    await expect(broker.revoke(token)).rejects.toThrow();
    expect((await broker.list(token)).status).toBe(200);
  });

  it("drop after acting loses the answer, not the deed", async () => {
    const { broker, token } = await brokerWith({ fault: "drop", on: "revoke", times: 1, phase: "after" });
    await expect(broker.revoke(token)).rejects.toThrow();
    expect((await broker.list(token)).problem).toBe("token_rejected");
  });

  it("drop after an exchange spends the code", async () => {
    const broker = await openBroker();
    const request = await broker.requestToken();
    const code = await broker.control.accept(broker.authorizeUrl(request));
    await broker.control.fault({ fault: "drop", on: "access_token", times: 1, phase: "after" });
    await expect(broker.exchange(request, code)).rejects.toThrow();
    expect((await broker.exchange(request, code)).problem).toBe("token_rejected");
  });

  it("hang holds every call until it is released", async () => {
    const { broker, token } = await brokerWith({ fault: "hang", on: "accounts" });
    const calls = [broker.list(token), broker.list(token)];
    await untilHeld(broker, 2);
    expect(await broker.control.release()).toBe(2);
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await broker.control.state()).held).toBe(0);
  });

  it.each([
    ["before", 200],
    ["after", 401],
  ] as const)("hang %s acting forgets a client that leaves, and the deed counts accordingly", async (phase, status) => {
    const { broker, token } = await brokerWith({ fault: "hang", on: "revoke", phase });
    const call = leavingCall(broker, `${broker.urls.oauthUrl}/revoke_access_token`, token);
    await untilHeld(broker);
    call.leave();
    expect(await call.outcome).toBe("left");
    while ((await broker.control.state()).held > 0);
    expect((await broker.list(token)).status).toBe(status);
  });

  it("a held call does not keep the server from closing", async () => {
    const { broker, token } = await brokerWith({ fault: "hang", on: "accounts" });
    const call = leavingCall(broker, `${broker.urls.prodApiUrl}/v1/accounts/list`, token);
    await untilHeld(broker);
    await broker.close();
    expect(await call.outcome).toBe("left");
  });

  it("delivers a spoiled answer late where both are set", async () => {
    const { broker, token } = await brokerWith({ fault: "hang", on: "accounts" });
    await broker.control.fault({ fault: "maintenance" });
    const call = broker.list(token);
    await untilHeld(broker);
    await broker.control.release();
    expect((await call).status).toBe(500);
  });
});
