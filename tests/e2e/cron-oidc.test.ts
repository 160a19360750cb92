// Cloud Scheduler in front of the real program: only its token opens /cron, its repetitions change nothing, and what is not
// done yet it is told, so that it comes again.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HeartbeatServer, startHeartbeatServer } from "../support/heartbeat-server.ts";
import { type Client, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type Scheduler, startScheduler, tampered, withoutSignature } from "../support/scheduler.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { eventually } from "../support/wait.ts";

const apiToken = "an-api-token-for-anything-but-cron";
const all = "• E*TRADE production\n• E*TRADE sandbox\n• Schwab production";

let telegram: TelegramServer;
let watchdog: HeartbeatServer;
let scheduler: Scheduler;
let program: Program;
let client: Client;

beforeAll(async () => {
  telegram = await startTelegramServer();
  watchdog = await startHeartbeatServer();
  scheduler = await startScheduler({
    serviceAccount: "scheduler@a-project.iam.gserviceaccount.com",
    audience: "https://prebell.example.com",
  });
  // Monday, after the close.
  program = await startProgram({
    at: "2026-11-09T22:00:00Z",
    env: { ...telegram.env, ...watchdog.env, ...scheduler.env, API_TOKEN: apiToken },
  });
  client = await program.signIn();
});
beforeEach(() => telegram.troubleNext());
afterEach(() => expect([telegram.faults, watchdog.faults]).toEqual([[], []]));

const newYork = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime("America/New_York").toInstant();
const wait = (backoff: Temporal.Duration) => program.control.advance(backoff);

async function setTo(text: string): Promise<string> {
  await program.control.setTo(newYork(text));
  return newYork(text).toString();
}

/** The texts that reached the chat since. */
function watch(): () => string[] {
  const before = telegram.messages.length;
  return () => telegram.messages.slice(before).map(({ text }) => text.split("\n\n")[0] ?? "");
}

describe("/cron", () => {
  it("opens for the scheduler's own token, which then appears in no log and no answer", async () => {
    const scheduleTime = await setTo("2026-11-09T17:01");
    const token = scheduler.token();
    const answers = [
      await scheduler.call(program.url, "tick", { scheduleTime, token }),
      await scheduler.call(program.url, "morning-alert", { scheduleTime, token }),
    ];
    expect(answers.map(verdict)).toEqual(["200 ok", "200 ok"]);
    for (const { headers } of answers) expect(headers.get("cache-control")).toContain("no-store");
    const [, , signature = ""] = token.split(".");
    expect(program.output() + answers.map(({ text }) => text).join("")).not.toContain(signature);
  });

  it("stays closed to everybody else, and the log says why", async () => {
    const scheduleTime = "2026-11-09T22:01:00Z";
    const wrong: Record<string, string | null> = {
      "no-token": null,
      malformed: "nonsense",
      audience: scheduler.token({ claims: { aud: "https://prebell.example.com/cron/tick" } }),
      issuer: scheduler.token({ claims: { iss: "https://issuer.example.com" } }),
      "other-account": scheduler.token({ claims: { email: "somebody@example.com" } }),
      "unverified-email": scheduler.token({ claims: { email_verified: false } }),
      expired: scheduler.token({ claims: { iat: 1_700_000_000, exp: 1_700_003_600 } }),
      algorithm: scheduler.token({ algorithm: "none" }),
      "unknown-key": scheduler.token({ strangeKey: true, keyId: "unknown" }),
      signature: tampered(scheduler.token(), { aud: "https://prebell.example.com", sub: "1" }),
      "signature-removed": withoutSignature(scheduler.token()),
    };
    const answers: string[] = [];
    for (const token of Object.values(wrong))
      // oxlint-disable-next-line no-await-in-loop -- the log is read in order
      answers.push(verdict(await scheduler.call(program.url, "tick", { scheduleTime, token })));
    expect(answers).toEqual([
      "401 no-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "403 not-the-scheduler",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "401 wrong-scheduler-token",
      "401 signature-removed",
    ]);
    const reasons = logged("cron-refused").map(({ reason }) => reason);
    expect(reasons).toEqual(Object.keys(wrong));
  });

  it("is no longer for the API token, which still opens the rest, nor for the signed-in page", async () => {
    const machine = program.machine(apiToken);
    expect(verdict(await machine.post("/cron/tick"))).toBe("401 wrong-scheduler-token");
    expect(verdict(await machine.get("/status"))).toBe("200 ok");
    expect(verdict(await client.post("/cron/morning-alert"))).toBe("401 no-scheduler-token");
  });

  it("takes POST and has no other routes, token or not", async () => {
    const right = program.stranger({ authorization: `Bearer ${scheduler.token()}` });
    expect(verdict(await right.get("/cron/tick"))).toBe("404 no-such-route");
    expect(verdict(await right.post("/cron/everything"))).toBe("404 no-such-route");
  });

  it("asks for a repetition while Google's keys can't be had", async () => {
    const fresh = await startScheduler({
      serviceAccount: "s@a.iam.gserviceaccount.com",
      audience: "https://a.example",
    });
    const other = await startProgram({ env: fresh.env });
    fresh.trouble("drop");
    const scheduleTime = "2026-06-10T21:00:00Z";
    const answers = await fresh.execute(other.url, "tick", {
      scheduleTime,
      retries: 3,
      wait: async () => fresh.trouble(null),
    });
    expect(answers.map(verdict)).toEqual(["503 keys-unreachable", "200 ok"]);
  });
});

describe("the morning", () => {
  it("brings one message however often the scheduler calls, and a repetition of what is done does nothing", async () => {
    const scheduleTime = await setTo("2026-11-10T08:30");
    const arrived = watch();
    const together = await Promise.all(
      Array.from({ length: 4 }, () => scheduler.call(program.url, "morning-alert", { scheduleTime })),
    );
    expect(together.map(verdict)).toEqual(["200 ok", "200 ok", "200 ok", "200 ok"]);
    await eventually("the message", () => arrived().length > 0);
    const again = await scheduler.call(program.url, "morning-alert", { scheduleTime });
    expect([verdict(again), JSON.parse(again.text)]).toEqual(["200 ok", { repeated: true }]);
    const tick = await scheduler.call(program.url, "tick", { scheduleTime });
    expect([verdict(tick), JSON.parse(tick.text)]).toEqual(["200 ok", expect.objectContaining({ asked: 0 })]);
    expect(arrived()).toEqual([`🔔 The market opens at 09:30 New York time. Renewal required:\n${all}`]);
  });

  it("in which Telegram is down is told to the scheduler until the message went out, and to the watchdog", async () => {
    const scheduleTime = await setTo("2026-11-12T08:30");
    telegram.troubleNext(500);
    const arrived = watch();
    await scheduler.call(program.url, "tick", { scheduleTime });
    await eventually("the failed try", async () => (await client.status()).chat.lastError !== null);
    const answers = await scheduler.execute(program.url, "morning-alert", { scheduleTime, retries: 3, wait });
    expect(answers.map(verdict)).toEqual(["503 alert-not-delivered", "200 ok"]);
    expect(arrived()).toHaveLength(1);
    expect(watchdog.runs()).toEqual(expect.arrayContaining(["start 0", "start 1"]));
    expect(logged("cron-run").slice(-2)).toMatchObject([
      { reason: "morning-alert", outcome: "retry", count: 1 },
      { reason: "morning-alert", outcome: "ok" },
    ]);
  });

  it("whose call comes a day late is planned by the day it is, and that is said", async () => {
    await setTo("2026-11-14T09:00");
    const arrived = watch();
    const late = await scheduler.call(program.url, "morning-alert", { scheduleTime: "2026-11-13T13:30:00Z" });
    expect(JSON.parse(late.text)).toMatchObject({ asked: 0, sent: 0, day: "another" });
    expect([verdict(late), arrived()]).toEqual(["200 ok", []]);
    expect(logged("cron-late").at(-1)).toMatchObject({ reason: "morning-alert", outcome: "another" });
  });
});

describe("a tick in market hours", () => {
  it("raises the alarm for a token that is past due", async () => {
    await setTo("2026-11-16T08:00");
    await program.renew(client, "etrade-prod");
    const fine = await setTo("2026-11-16T10:00");
    await scheduler.call(program.url, "tick", { scheduleTime: fine });
    expect(logged("token-past-due")).toEqual([]);
    const due = await setTo("2026-11-17T10:00");
    await scheduler.call(program.url, "tick", { scheduleTime: due });
    expect(logged("token-past-due").map(({ level, connection }) => [level, connection])).toEqual([
      ["error", "etrade-prod"],
    ]);
  });
});

interface Line {
  readonly event: string;
  readonly level: string;
  readonly reason?: string;
  readonly connection?: string;
}

/** The log's lines of this event; those about the clockwork's own runs only where the scheduler caused them. */
function logged(event: string): Line[] {
  return program
    .stderr()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): Line => JSON.parse(line))
    .filter((line) => line.event === event && (event !== "cron-run" || line.reason === "morning-alert"));
}
