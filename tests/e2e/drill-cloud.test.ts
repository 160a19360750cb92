// A fire drill on Google Cloud, the instance killed between the steps: its broker lives in the records, not in an instance.
import { expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import type { DrillsReply, DrillView } from "../../server/http/contract-drills.ts";
import { startCloud } from "../support/cloud.ts";
import { good } from "../support/program-client.ts";

const connection = "/api/connections/drill";

it("is rung by one instance, logged in at and stored by a second, and ended by a third at the scheduler's tick", async () => {
  const cloud = await startCloud("2026-06-10T16:30:00-04:00");
  let instance = await cloud.start();
  const another = async () => {
    await instance.kill();
    instance = await cloud.start();
  };
  const signedIn = await instance.stranger().post("/api/sessions/handoff", { token: await cloud.link() });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const person = () => instance.person(cookie);

  await good<DrillView>(person().post("/api/drills"));
  expect(cloud.telegram.messages.at(-1)?.text).toMatch(/^🧪 FIRE DRILL/);
  const { authorizeUrl } = await good<AuthorizationReply>(person().post(`${connection}/authorizations`));
  expect(authorizeUrl).toMatch(/^https:\/\/prebell\.example\/drill\//);
  await another();
  const here = authorizeUrl.replace("https://prebell.example", instance.url);
  const verifier = await cloud.control.accept(here);
  const stored = await good<CompletionReply>(person().post(`${connection}/authorizations/complete`, { verifier }));
  expect(stored).toMatchObject({ outcome: "stored", version: 1 });
  expect(cloud.pubsub.messages.map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({ type: "token.renewed", connection: "drill", drill: "true" }),
  ]);
  await good(instance.machine().post(`${connection}/confirmations`, { consumer: "opening-bell-bot", version: 1 }));
  await another();
  await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
  const [drill] = (await good<DrillsReply>(person().get("/api/drills"))).drills;
  expect(drill).toMatchObject({ state: "done", confirmedBy: "opening-bell-bot", score: 100 });
  expect(cloud.secrets.stored().map(({ secret }) => secret)).not.toContain("prebell-drill");
});
