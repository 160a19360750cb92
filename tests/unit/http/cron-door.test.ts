import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { cronDoor, type CronEnv, type CronSettings } from "../../../server/http/cron-door.ts";
import { anApiToken } from "../../support/builders.ts";
import { answerOf, verdict } from "../../support/program-client.ts";
import { type Scheduler, startScheduler, withoutSignature } from "../../support/scheduler.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

const serviceAccount = "scheduler@a-project.iam.gserviceaccount.com";
const audience = "https://prebell-cron.example.com";
const apiToken = "an-api-token-with-the-scope-cron";
const apiTokens = [anApiToken(apiToken, ["cron"])];

let scheduler: Scheduler;
let bench: Workbench;

beforeEach(async () => {
  scheduler = await startScheduler({ audience, serviceAccount });
  bench = aWorkbench();
  bench.now = Temporal.Now.instant();
});

function door(cron: CronSettings["cron"]) {
  const app = new Hono<CronEnv>()
    .use(cronDoor(bench.deps, { cron, apiTokens, origins: new Set() }))
    .post("/tick", (c) => c.text(c.get("scheduledAt")?.toString() ?? "unset"));
  return async (token: string | null, headers: Record<string, string> = {}) => {
    const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return answerOf(await app.request("/tick", { method: "POST", headers: { ...authorization, ...headers } }));
  };
}
const scheduled = () => door({ audience, serviceAccount, jwksUrl: scheduler.jwksUrl });
const due = { "x-cloudscheduler-scheduletime": "2026-11-20T08:30:00-05:00" };

describe("the door for Cloud Scheduler", () => {
  it("opens for its token and believes it when the call was due", async () => {
    const answer = await scheduled()(scheduler.token(), due);
    expect([verdict(answer), answer.text]).toEqual(["200 ok", "2026-11-20T13:30:00Z"]);
    const unreadable = await scheduled()(scheduler.token(), { "x-cloudscheduler-scheduletime": "soon" });
    expect([verdict(unreadable), unreadable.text]).toEqual(["200 ok", "unset"]);
  });

  it("stays closed to everybody else, the API token included, and the log says why without the token", async () => {
    const knock = scheduled();
    const wrong = scheduler.token({ claims: { aud: "https://elsewhere.example.com" } });
    const answers = [
      await knock(null, { ...due, "user-agent": "Google-Cloud-Scheduler", "x-cloudscheduler": "true" }),
      await knock(apiToken),
      await knock(wrong),
      await knock(scheduler.token({ claims: { email: "other@a-project.iam.gserviceaccount.com" } })),
      await knock(withoutSignature(scheduler.token())),
    ];
    expect(answers.map(verdict)).toEqual([
      "401 no-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "403 not-the-scheduler",
      "401 signature-removed",
    ]);
    expect(bench.logged).toEqual(
      ["no-token", "malformed", "audience", "other-account", "signature-removed"].map((reason) => ({
        level: "warn",
        event: "cron-refused",
        fields: { reason },
      })),
    );
    expect(answers.some(({ text }) => text.includes(wrong.slice(0, 20)))).toBe(false);
  });

  it("asks to come again while Google's keys can't be had", async () => {
    scheduler.trouble("drop");
    const answer = await scheduled()(scheduler.token());
    expect([verdict(answer), answer.headers.get("retry-after")]).toEqual(["503 keys-unreachable", "30"]);
  });
});

describe("where nobody was named", () => {
  it("nobody is let in", async () => {
    const knock = door(null);
    const answers = [await knock(null), await knock(apiToken), await knock(scheduler.token())];
    expect(answers.map(verdict)).toEqual(["403 cron-closed", "403 cron-closed", "403 cron-closed"]);
  });
});

describe("on a laptop", () => {
  it("the API token opens, but its word on when the call was due does not count", async () => {
    const answer = await door("api-token")(apiToken, due);
    expect([verdict(answer), answer.text]).toEqual(["200 ok", "unset"]);
  });

  it("the scheduler's token does not", async () => {
    expect(verdict(await door("api-token")(scheduler.token()))).toBe("401 wrong-api-token");
  });
});
