// Google's services at their worst in the middle of a renewal, and two instances at once: one token, told once.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import { type Cloud, type Instance, startCloud } from "../support/cloud.ts";
import { type Answer, good, verdict } from "../support/program-client.ts";
import { cookieByPasskey, enrolPasskey } from "../support/program-passkeys.ts";
import { createSoftPasskey } from "../support/soft-passkey.ts";
import { eventually } from "../support/wait.ts";

const authorizations = "/api/connections/etrade-prod/authorizations";
let cloud: Cloud;
let instance: Instance;
let cookie = "";
const passkey = createSoftPasskey("https://prebell.example");

beforeAll(async () => {
  // Wednesday, 12:00 in New York: no reminder is due.
  cloud = await startCloud("2026-06-10T12:00:00-04:00");
  instance = await cloud.start();
  const answer = await instance.stranger().post("/api/sessions/handoff", { token: await cloud.link() });
  cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  cookie = await enrolPasskey(instance.person(cookie), passkey);
  await begin(instance).then(complete(instance));
  await good<CompletionReply>(instance.person(cookie).post(`${authorizations}/confirm-accounts`, { accept: true }));
});

/** Resolves with the verifier of a fresh attempt; signed in again where hours have passed. */
async function begin(by: Instance): Promise<string> {
  const { status } = await by.person(cookie).get("/status");
  if (status === 401) cookie = await cookieByPasskey(by.stranger(), passkey);
  const { authorizeUrl } = await good<AuthorizationReply>(by.person(cookie).post(authorizations));
  return cloud.control.accept(authorizeUrl);
}

function complete(by: Instance): (verifier: string) => Promise<Answer> {
  return (verifier) => by.person(cookie).post(`${authorizations}/complete`, { verifier });
}

const connection = () => instance.machine().connection("etrade-prod");
const renewedEvents = (version: number) =>
  cloud.pubsub.messages.filter(
    ({ attributes }) => attributes["type"] === "token.renewed" && attributes["secretVersion"] === String(version),
  );
const renewedMessages = (version: number) =>
  cloud.telegram.messages.filter(({ text }) => text.includes(`renewed: version ${version},`));
async function brokerCalls(path: string): Promise<number> {
  const { calls } = await cloud.control.state();
  return Object.entries(calls).reduce((sum, [called, count]) => (called.endsWith(path) ? sum + count : sum), 0);
}

describe("a renewal is stored once and told once, although", () => {
  let version = 0;
  beforeEach(async () => {
    version = ((await connection()).token?.version ?? 0) + 1;
  });

  const faults: readonly [string, () => void][] = [
    ["Firestore is away for a moment", () => cloud.firestore.failNext("Commit", { refuse: "UNAVAILABLE" })],
    [
      "Firestore commits and its answer gets lost",
      () => cloud.firestore.failNext("Commit", { loseAnswer: "UNAVAILABLE" }),
    ],
    [
      "each of Firestore's first three commits loses its answer",
      () =>
        cloud.firestore.failNext(
          "Commit",
          ...Array.from({ length: 3 }, () => ({ loseAnswer: "UNAVAILABLE" }) as const),
        ),
    ],
    ["Firestore aborts for contention", () => cloud.firestore.failNext("Commit", { refuse: "ABORTED" })],
    ["a Firestore read fails", () => cloud.firestore.failNext("RunQuery", { refuse: "UNAVAILABLE" })],
    [
      "Secret Manager stores and its answer gets lost",
      () => cloud.secrets.failNext("AddSecretVersion", { loseAnswer: "UNAVAILABLE" }),
    ],
    [
      "Secret Manager is away for a moment",
      () => cloud.secrets.failNext("AddSecretVersion", { refuse: "UNAVAILABLE" }),
    ],
    ["Secret Manager's listing lags behind", () => cloud.secrets.lag(5)],
    [
      "a mirror may not be written",
      () => cloud.secrets.deny("secretmanager.versions.add", "ETRADE_OAUTH_PROD_ACCESS_TOKEN"),
    ],
    ["old versions can't be destroyed", () => cloud.secrets.deny("secretmanager.versions.destroy")],
    ["Pub/Sub is away for a moment", () => cloud.pubsub.failNext("Publish", { refuse: "UNAVAILABLE" })],
  ];

  it.each(faults)("%s", async (_what, breakIt) => {
    const verifier = await begin(instance);
    breakIt();
    const answer = await complete(instance)(verifier);
    cloud.secrets.allowAll();
    expect(verdict(answer)).toBe("200 ok");
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: "stored", version: (await connection()).token?.version });
    const { token, status } = await connection();
    expect(status.word).toBe("active");
    expect(token?.version).toBeGreaterThanOrEqual(version);
    expect(renewedMessages(token?.version ?? 0)).toHaveLength(1);
    expect(renewedEvents(token?.version ?? 0)).toHaveLength(1);
    const stored = cloud.secrets.stored().filter(({ secret }) => secret === "prebell-etrade-prod");
    expect(stored.find((each) => each.version === token?.version)?.state).toBe("ENABLED");
  });

  it("Pub/Sub loses its answer after taking the event: repeated, with the same id", async () => {
    const verifier = await begin(instance);
    cloud.pubsub.failNext("Publish", { loseAnswer: "INTERNAL" });
    expect(verdict(await complete(instance)(verifier))).toBe("200 ok");
    await eventually("the event to be delivered", async () => {
      await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
      return (await instance.machine().status()).events.waiting === 0;
    });
    expect(new Set(renewedEvents(version).map(({ attributes }) => attributes["id"])).size).toBe(1);
  });

  it("Pub/Sub is away for long: the renewal holds, the backlog shows, and the next runs bring it", async () => {
    const verifier = await begin(instance);
    cloud.pubsub.failAll({ refuse: "PERMISSION_DENIED" });
    expect(verdict(await complete(instance)(verifier))).toBe("200 ok");
    expect((await instance.machine().status()).events.waiting).toBe(1);
    await cloud.setTo(cloud.now().add({ seconds: 30 }).toString());
    const refused = await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
    expect(verdict(refused)).toBe("503 events-not-delivered");
    cloud.pubsub.failAll(null);
    await cloud.setTo(cloud.now().add({ minutes: 10 }).toString());
    await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
    expect(renewedEvents(version)).toHaveLength(1);
  });
});

describe("a renewal whose proof the broker does not answer", () => {
  it("is proven before the person is answered, once the broker answers again", async () => {
    const verifier = await begin(instance);
    await cloud.control.fault({ fault: "error-500", on: "accounts", times: 1 });
    expect(verdict(await complete(instance)(verifier))).toBe("200 ok");
    expect((await connection()).status.word).toBe("active");
  });

  it("gives way to a later login without a word, and that one is not called failed", async () => {
    const first = await begin(instance);
    await cloud.control.fault({ fault: "error-500", on: "accounts" });
    expect(JSON.parse((await complete(instance)(first)).text)).toMatchObject({ outcome: "verifying" });
    await cloud.control.clear();
    const second = await begin(instance);
    expect(JSON.parse((await complete(instance)(second)).text)).toMatchObject({ outcome: "stored" });
    expect((await connection()).status.word).toBe("active");
    expect((await instance.machine().get("/api/connections/etrade-prod/token?minValidSeconds=60")).status).toBe(200);
    const before = cloud.telegram.messages.length;
    await cloud.setTo(cloud.now().add({ minutes: 5 }).toString());
    await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
    expect(cloud.telegram.messages.slice(before)).toEqual([]);
    expect((await connection()).status.word).toBe("active");
  });
});

describe("what must not depend on one thing that is broken", () => {
  it("Firestore is away for as long as it takes to give up once: the token that the broker gave is not lost", async () => {
    const verifier = await begin(instance);
    await cloud.control.fault({ fault: "hang", on: "access_token", phase: "after", times: 1 });
    const answer = complete(instance)(verifier);
    await eventually("the broker to be asked", async () => (await cloud.control.state()).held === 1);
    cloud.firestore.failAll({ refuse: "UNAVAILABLE" });
    await cloud.control.release();
    await eventually("the program to give up once", () => instance.output().includes("candidate-not-kept"), 20);
    cloud.firestore.failAll(null);
    expect(verdict(await answer)).toBe("200 ok");
    expect((await connection()).status.word).toBe("active");
  });

  it("one connection's secret can't be read at a cold start: the alerts of all still go out", async () => {
    cloud.secrets.deny("secretmanager.versions.access", "prebell-etrade-prod");
    const cold = await cloud.start();
    const alert = await cloud.scheduler.call(cold.url, "morning-alert", { scheduleTime: "2026-06-10T16:00:00Z" });
    cloud.secrets.allowAll();
    expect(alert.status).toBe(200);
    expect(cold.output()).toContain("token-not-opened");
    await cold.stop();
  });

  it("a program that fetches a dead token: whoever has to hear of it hears before the answer", async () => {
    await cloud.control.killToken("prod");
    await cloud.setTo(cloud.now().add({ hours: 2 }).toString());
    const [events, messages] = [cloud.pubsub.messages.length, cloud.telegram.messages.length];
    const refused = await instance.machine().get("/api/connections/etrade-prod/token?minValidSeconds=6000");
    expect(refused.status).toBe(409);
    expect(cloud.pubsub.messages.slice(events).map(({ attributes }) => attributes["type"])).toContain("token.revoked");
    expect(cloud.telegram.messages.slice(messages).map(({ text }) => text)).toEqual([
      expect.stringContaining("rejected the token"),
    ]);
    await complete(instance)(await begin(instance));
  });

  it("a command on the owner's machine ticks off no message that it can't bring to the phone", async () => {
    await cloud.control.killToken("prod");
    await cloud.setTo(cloud.now().add({ hours: 1 }).toString());
    await cloud.command("keepalive");
    const before = cloud.telegram.messages.length;
    await cloud.scheduler.call(instance.url, "tick", { scheduleTime: cloud.now().toString() });
    expect(cloud.telegram.messages.slice(before).map(({ text }) => text)).toEqual([
      expect.stringContaining("rejected the token"),
    ]);
    await complete(instance)(await begin(instance));
  });

  it("SIGTERM while an alert is on its way: it is written down that Telegram took it", async () => {
    const ending = await cloud.start();
    await ending.machine().status();
    await cloud.setTo("2026-06-11T08:30:00-04:00");
    cloud.telegram.troubleNext({ retryAfter: 1 });
    const alert = cloud.scheduler.call(ending.url, "morning-alert", { scheduleTime: "2026-06-11T12:30:00Z" });
    await eventually("Telegram to be asked", () =>
      cloud.telegram.received.some((call) => call.includes("The market opens")),
    );
    expect((await ending.stop()).code).toBe(0);
    expect((await alert).status).toBe(503);
    const before = cloud.telegram.messages.length;
    await cloud.setTo("2026-06-11T08:30:30-04:00");
    await cloud.scheduler.call(instance.url, "morning-alert", { scheduleTime: "2026-06-11T12:30:00Z" });
    await cloud.scheduler.call(instance.url, "tick", { scheduleTime: "2026-06-11T12:30:00Z" });
    expect(cloud.telegram.messages.slice(before)).toHaveLength(1);
    await complete(instance)(await begin(instance));
  });

  it("an address that does not exist is refused like everything else, and no cache keeps it", async () => {
    const answer = await instance.stranger().get("/nothing-here");
    expect(verdict(answer)).toBe("404 no-such-route");
    expect(answer.headers.get("cache-control")).toContain("no-store");
  });
});

describe("two instances at once", () => {
  let other: Instance;
  beforeAll(async () => {
    other = await cloud.start();
  });

  it("with one code: the broker is asked once, one of the two is told to wait or to see", async () => {
    const verifier = await begin(instance);
    const before = await brokerCalls("access_token");
    const answers = await Promise.all([complete(instance)(verifier), complete(other)(verifier)]);
    expect(await brokerCalls("access_token")).toBe(before + 1);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await connection()).status.word).toBe("active");
  });

  it("at one tick: each connection is checked once and each event published once", async () => {
    await cloud.setTo(cloud.now().add({ minutes: 70 }).toString());
    const before = await brokerCalls("list");
    const scheduleTime = cloud.now().toString();
    const ticks = await Promise.all(
      [instance, other].map(({ url }) => cloud.scheduler.call(url, "tick", { scheduleTime })),
    );
    expect(ticks.map(({ status }) => status)).toEqual([200, 200]);
    expect(await brokerCalls("list")).toBe(before + 1);
  });

  it("one killed while the broker had the code: once its lease lapsed, the other says that the code is lost", async () => {
    const verifier = await begin(other);
    await cloud.control.fault({ fault: "hang", on: "access_token", phase: "before", times: 1 });
    const cut = complete(other)(verifier).catch(() => "cut");
    await eventually("the broker to be asked", async () => (await cloud.control.state()).held === 1);
    await other.kill();
    expect(await cut).toBe("cut");
    await cloud.control.release();
    await cloud.setTo(cloud.now().add({ minutes: 2, seconds: 1 }).toString());
    const scheduleTime = cloud.now().toString();
    await cloud.scheduler.call(instance.url, "tick", { scheduleTime });
    expect((await connection()).authorization).toMatchObject({ stage: "failed", end: "interrupted" });
    expect(cloud.telegram.messages.at(-1)?.text).toContain("the renewal failed");
  });
});
