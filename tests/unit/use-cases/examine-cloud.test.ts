// The doctor in the cloud, where every link has its own way to break.
import { describe, expect, it } from "vitest";
import { examine, type ExaminationSettings } from "../../../server/use-cases/examine.ts";
import type { ChatWebhook } from "../../../server/use-cases/examine-telling.ts";
import type { Finding } from "../../../server/use-cases/finding.ts";
import { aConnection, at } from "../../support/builders.ts";
import { aWorkbench, prod, type Workbench } from "./workbench.ts";

const publicUrl = "https://my-trading.web.app";
const ours = "https://prebell-k2x.a.run.app/telegram/webhook";
const healthy = { url: ours, pending: 0, lastError: null };

type Cloud = NonNullable<ExaminationSettings["cloud"]>;

async function findings(bench: Workbench, cloud: Partial<Cloud> = {}): Promise<Record<string, Finding>> {
  const found = await examine(bench.deps, {
    practice: false,
    publicUrl,
    chatId: null,
    hasApiToken: true,
    cloud: { hasHeartbeat: true, chatWebhook: async () => healthy, ...cloud },
  });
  return Object.fromEntries(found.map((finding) => [finding.subject, finding]));
}

/** Everything ran when it should. */
async function inOrder(): Promise<Workbench> {
  const bench = aWorkbench();
  await bench.have(aConnection());
  await bench.stores.records.recordRun({ kind: "tick", at: bench.now.subtract({ minutes: 3 }), ok: true });
  await bench.stores.records.recordRun({ kind: "morning-alert", at: bench.now.subtract({ hours: 24 }), ok: true });
  return bench;
}

async function webhook(said: Partial<ChatWebhook>): Promise<Finding | undefined> {
  const found = await findings(await inOrder(), { chatWebhook: async () => ({ ...healthy, ...said }) });
  return found["chat webhook"];
}

function refuse(): Promise<never> {
  return Promise.reject(new Error("7 PERMISSION_DENIED: Missing or insufficient permissions."));
}

describe("the clockwork", () => {
  it.each([3, 15])("is in order while the tick ran %i minutes ago", async (minutes) => {
    const bench = await inOrder();
    bench.now = bench.now.add({ minutes: minutes - 3 });
    expect((await findings(bench))["tick"]).toMatchObject({ verdict: "ok", sentence: `Ran ${minutes} min ago.` });
  });

  it("is suspected when the last tick is older than a quarter of an hour", async () => {
    const bench = await inOrder();
    bench.now = bench.now.add({ minutes: 12, seconds: 1 });
    expect((await findings(bench))["tick"]).toMatchObject({
      verdict: "warning",
      remedy: expect.stringContaining("gcloud scheduler jobs list --location="),
    });
  });

  it("is suspected when nothing ever ran", async () => {
    const found = await findings(aWorkbench());
    expect(found["tick"]).toMatchObject({ verdict: "warning", sentence: "Has never run." });
    expect(found["morning alert"]).toMatchObject({ verdict: "warning" });
  });

  it("tells of a run that left something undone", async () => {
    const bench = await inOrder();
    await bench.stores.records.recordRun({ kind: "tick", at: bench.now, ok: false });
    expect((await findings(bench))["tick"]).toMatchObject({
      verdict: "warning",
      sentence: expect.stringContaining("has to be tried again"),
    });
  });

  // The last alert ran Monday 9 March 2026, 08:30 in New York (12:30Z); Tuesday's is due at 12:30Z.
  it.each([
    ["Tuesday 08:44", "2026-03-10T12:44:59Z", "ok"],
    ["Tuesday 08:45", "2026-03-10T12:45:00Z", "warning"],
  ])("gives the morning alert a quarter of an hour: %s", async (_, now, verdict) => {
    const bench = await inOrder();
    bench.now = at(now);
    expect((await findings(bench))["morning alert"]).toMatchObject({ verdict });
  });

  // Thursday 24 December 2026 08:30 in New York is 13:30Z; Friday is Christmas, then the weekend.
  it.each([
    ["Sunday", "2026-12-27T20:00:00Z", "ok"],
    ["Monday 09:00", "2026-12-28T14:00:00Z", "warning"],
  ])("misses no morning alert on days without trading: %s", async (_, now, verdict) => {
    const bench = await inOrder();
    await bench.stores.records.recordRun({ kind: "morning-alert", at: at("2026-12-24T13:30:00Z"), ok: true });
    bench.now = at(now);
    expect((await findings(bench))["morning alert"]).toMatchObject({ verdict });
  });

  it("warns that nobody outside would notice its end", async () => {
    expect((await findings(await inOrder()))["heartbeat"]).toMatchObject({ verdict: "ok", remedy: null });
    expect((await findings(await inOrder(), { hasHeartbeat: false }))["heartbeat"]).toMatchObject({
      verdict: "warning",
      remedy: expect.stringContaining("HEARTBEAT_URL"),
    });
  });
});

describe("the way back from the chat", () => {
  it.each([ours, `${publicUrl}/telegram/webhook`])("is in order at %s", async (url) => {
    expect(await webhook({ url })).toMatchObject({ verdict: "ok", sentence: expect.stringContaining(url) });
  });

  it.each([
    ["", "never told"],
    ["https://elsewhere.example/telegram/webhook", "not this installation"],
    ["https://prebell-k2x.a.run.app/", "not this installation"],
  ])("is broken at %j, and setup mends it", async (url, sentence) => {
    expect(await webhook({ url })).toMatchObject({
      verdict: "fault",
      sentence: expect.stringContaining(sentence),
      remedy: expect.stringContaining("setup google --finish"),
    });
  });

  it("repeats what Telegram says of a failure, with its age and what waits", async () => {
    const lastError = {
      text: "Wrong response from the webhook: 401 Unauthorized",
      at: at("2026-03-10T12:10:00Z"),
    };
    expect(await webhook({ pending: 2, lastError })).toMatchObject({
      verdict: "warning",
      sentence: `Telegram delivers to ${ours}; 2 answers wait; its last error, 20 min ago: ${lastError.text}`,
      remedy: expect.stringContaining("refuses Telegram's secret"),
    });
  });

  it("forgives a failure that is over", async () => {
    const lastError = { text: "Connection timed out", at: at("2026-03-10T11:00:00Z") };
    expect(await webhook({ lastError })).toMatchObject({ verdict: "ok" });
    expect(await webhook({ lastError, pending: 1 })).toMatchObject({ verdict: "warning" });
  });

  it("is a fault of its own when Telegram can't be asked", async () => {
    const found = await findings(await inOrder(), { chatWebhook: refuse });
    expect(found["chat webhook"]).toMatchObject({
      verdict: "fault",
      sentence: expect.stringContaining("PERMISSION_DENIED"),
    });
  });

  it("is not looked at without a bot, and the person learns where it would be", async () => {
    const found = await findings(await inOrder(), { chatWebhook: null });
    expect(found).not.toHaveProperty("chat webhook");
    expect(found["chat"]).toMatchObject({ verdict: "warning", remedy: expect.stringContaining("--finish") });
  });
});

describe("what is kept", () => {
  it("opens: records and secrets each in their own place", async () => {
    const found = await findings(await inOrder());
    expect(found["records"]).toMatchObject({ verdict: "ok", sentence: "Firestore answers; it knows 1 connection." });
    expect(found["secrets"]).toMatchObject({
      verdict: "ok",
      sentence: "Secret Manager answers; 1 of 1 connections have a stored token.",
    });
    expect(found).not.toHaveProperty("store");
  });

  it("can't be read: said once with a remedy of the cloud, and the other links are still looked at", async () => {
    const bench = await inOrder();
    const records = { ...bench.deps.records, connections: refuse, connection: refuse, lastRuns: refuse };
    const found = await findings({ ...bench, deps: { ...bench.deps, records } });
    expect(found["records"]).toMatchObject({
      verdict: "fault",
      sentence: expect.stringContaining("PERMISSION_DENIED"),
      remedy: expect.stringContaining("gcloud auth application-default login"),
    });
    for (const subject of [`${prod} token`, "tick", "morning alert"])
      expect(found[subject]).toMatchObject({ verdict: "fault", remedy: expect.stringContaining("see above") });
    expect(found[`${prod} key`]).toMatchObject({ verdict: "ok" });
    expect(found["secrets"]).toMatchObject({ verdict: "ok" });
  });

  it("holds secrets that may not be read: the role is named", async () => {
    const bench = await inOrder();
    const tokens = { ...bench.deps.tokens, latestVersion: refuse };
    expect((await findings({ ...bench, deps: { ...bench.deps, tokens } }))["secrets"]).toMatchObject({
      verdict: "fault",
      remedy: expect.stringContaining("Secret Manager Secret Accessor"),
    });
  });

  it("holds events the trading system has not heard: how many, how long, and where to look", async () => {
    const bench = await inOrder();
    const oldestAt = bench.now.subtract({ minutes: 90 });
    const outbox = { ...bench.deps.outbox, eventBacklog: async () => ({ count: 2, oldestAt }) };
    expect((await findings({ ...bench, deps: { ...bench.deps, outbox } }))["events"]).toMatchObject({
      verdict: "fault",
      sentence: "2 events wait for the trading system, the oldest made 1 h 30 min ago.",
      remedy: expect.stringContaining("topic"),
    });
  });
});
