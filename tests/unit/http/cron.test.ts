import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { cronRoutes } from "../../../server/http/cron.ts";
import { DeliveryError } from "../../../server/ports.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { createScheduledRun } from "../../../server/use-cases/scheduled-run.ts";
import { aConnection, anApiToken, at } from "../../support/builders.ts";
import { type Answer, answerOf, verdict } from "../../support/program-client.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

const apiToken = "an-api-token-with-the-scope-cron";

let bench: Workbench;

beforeEach(async () => {
  bench = aWorkbench();
  await bench.have(aConnection());
  // Wednesday, 08:30 in New York: yesterday's token is dead.
  bench.now = at("2026-03-11T12:30:00Z");
});

async function call(job: string, overrides: Partial<Dependencies> = {}): Promise<Answer> {
  const deps = { ...bench.deps, ...overrides };
  const app = new Hono()
    .route(
      "/cron",
      cronRoutes(deps, {
        cron: "api-token",
        apiTokens: [anApiToken(apiToken, ["cron"])],
        origins: new Set(),
        scheduledRun: createScheduledRun(deps, { heartbeat: null, quietFor: null }),
      }),
    )
    .onError((error, c) => c.text(error.message, 500));
  return answerOf(
    await app.request(`/cron/${job}`, { method: "POST", headers: { authorization: `Bearer ${apiToken}` } }),
  );
}
const outcomes = () => bench.logged.filter(({ event }) => event === "cron-run").map(({ fields }) => fields.outcome);
const noChat = () => void bench.outages.send.push(new DeliveryError("no chat"));
const noWebhook = () => void bench.outages.publish.push(new DeliveryError("no webhook"));

describe("a call is answered as one to repeat", () => {
  it.each([
    ["morning-alert", [noChat], "503 alert-not-delivered", "the chat did not take: 1;"],
    ["morning-alert", [noWebhook], "503 events-not-delivered", "the trading system: 1;"],
    [
      "tick",
      [noChat, noWebhook],
      "503 messages-not-delivered",
      "the chat did not take: 1; they are kept and tried again. Events that did not reach the trading system: 2;",
    ],
    ["tick", [noWebhook], "503 events-not-delivered", "the trading system: 2;"],
  ] as const)("(%s) while something was not delivered", async (job, outages, expected, detail) => {
    for (const outage of outages) outage();
    const answer = await call(job);
    expect([verdict(answer), outcomes()]).toEqual([expected, ["retry"]]);
    expect(answer.text).toContain(detail);
  });

  it("when a connection could not be looked after", async () => {
    // 10:31 of the day of the renewal: a check is due, and the stored token set is gone.
    bench.now = at("2026-03-10T14:31:00Z");
    const answer = await call("tick", { tokens: { ...bench.stores.tokens, read: async () => null } });
    expect([verdict(answer), outcomes()]).toEqual(["500 tick-failed", ["failed"]]);
  });

  it("when the run broke off", async () => {
    const records = {
      ...bench.stores.records,
      pendingAuthorizations: () => Promise.reject(new Error("The store is away.")),
    };
    expect([(await call("tick", { records })).status, outcomes()]).toEqual([500, ["failed"]]);
  });
});

describe("a call is answered as done", () => {
  it("when everything was delivered, with what was done", async () => {
    const alert = await call("morning-alert");
    expect([verdict(alert), JSON.parse(alert.text)]).toEqual(["200 ok", { asked: 1, sent: 1 }]);
    const tick = await call("tick");
    expect([verdict(tick), JSON.parse(tick.text)]).toEqual([
      "200 ok",
      expect.objectContaining({ expired: 1, asked: 0 }),
    ]);
    expect(outcomes()).toEqual(["ok", "ok"]);
  });
});
