// A whole trading day on Google Cloud: the built bundle alone in a folder, run by a user without rights, every service it talks to
// over the wire, and the instance killed between the steps.
import { beforeAll, describe, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import { leaksIn } from "../support/canaries.ts";
import { type Cloud, type Instance, startCloud } from "../support/cloud.ts";
import { good, verdict } from "../support/program-client.ts";
import { cookieByPasskey, enrolPasskey, proveByPasskey } from "../support/program-passkeys.ts";
import { createSoftPasskey } from "../support/soft-passkey.ts";
import { eventually } from "../support/wait.ts";
import { bring, owner, textUpdate } from "../support/telegram-updates.ts";

// Wednesday 10 June 2026 in New York, four hours behind UTC.
const day = (newYork: string, date = "2026-06-10") => `${date}T${newYork}:00-04:00`;
const authorizations = "/api/connections/etrade-prod/authorizations";

describe("a trading day in the cloud, the instance killed after every step", () => {
  let cloud: Cloud;
  let instance: Instance;
  let cookie = "";
  const passkey = createSoftPasskey("https://prebell.example");

  beforeAll(async () => {
    cloud = await startCloud(day("08:25"));
  });

  /** A cold instance at that time; the one before is gone without a last word. */
  async function at(time: string): Promise<Instance> {
    await instance?.kill();
    await cloud.setTo(time);
    instance = await cloud.start();
    return instance;
  }

  const scheduled = (job: "morning-alert" | "tick", time: string) =>
    cloud.scheduler.call(instance.url, job, { scheduleTime: time });
  const events = () =>
    cloud.pubsub.messages
      .filter(({ orderingKey }) => orderingKey === "etrade-prod")
      .map(({ attributes }) => [attributes["type"], attributes["secretVersion"] ?? null]);
  const word = async () => (await instance.machine().connection("etrade-prod")).status.word;

  it("08:30: the person is reminded once, however often Cloud Scheduler calls", async () => {
    await at(day("08:30"));
    const [first, second] = await Promise.all([
      scheduled("morning-alert", day("08:30")),
      scheduled("morning-alert", day("08:30")),
    ]);
    await scheduled("tick", day("08:30"));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(cloud.telegram.messages.map(({ text }) => text)).toEqual([expect.stringContaining("The market opens")]);
    expect(events()).toEqual([["authorization.needed", null]]);
  });

  it("08:31: /status in the chat is answered once, though Telegram brings it twice", async () => {
    await at(day("08:31"));
    const update = textUpdate(owner(cloud.env["TELEGRAM_CHAT_ID"] ?? ""), "/status");
    const before = cloud.telegram.messages.length;
    expect((await bring(instance.url, update)).status).toBe(200);
    expect((await bring(instance.url, update)).status).toBe(200);
    expect(cloud.telegram.messages).toHaveLength(before + 1);
    expect(cloud.telegram.messages.at(-1)?.text).toContain("E*TRADE production");
  });

  it("08:32: a one-time link from the owner's own terminal signs in, on another instance than the one that is asked later", async () => {
    await at(day("08:32"));
    const link = await cloud.link();
    const answer = await instance.stranger().post("/api/sessions/handoff", { token: link });
    cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^__session=/);
    expect((await instance.stranger().post("/api/sessions/handoff", { token: link })).status).toBe(401);
  });

  it("08:32: a passkey is added from that link, and its challenge is spent on another instance than gave it", async () => {
    await at(day("08:32"));
    const before = cookie;
    cookie = await enrolPasskey(instance.person(cookie), passkey);
    expect((await instance.person(before).get("/status")).status).toBe(401);
    const options = await instance.stranger().post("/api/sessions/passkey/options");
    const credential = passkey.assert(JSON.parse(options.text));
    await at(day("08:32"));
    expect(verdict(await instance.stranger().post("/api/sessions/passkey", { credential }))).toBe("200 ok");
    expect(verdict(await instance.stranger().post("/api/sessions/passkey", { credential }))).toBe(
      "401 passkey-refused",
    );
  });

  it("08:33: a renewal begun on one instance is finished on another", async () => {
    await at(day("08:33"));
    const { authorizeUrl } = await good<AuthorizationReply>(instance.person(cookie).post(authorizations));
    await at(day("08:34"));
    const verifier = await cloud.control.accept(authorizeUrl);
    const completed = await good<CompletionReply>(
      instance.person(cookie).post(`${authorizations}/complete`, { verifier }),
    );
    expect(completed.outcome).toBe("confirm-accounts");
    await at(day("08:35"));
    const accept = () => instance.person(cookie).post(`${authorizations}/confirm-accounts`, { accept: true });
    expect(verdict(await accept())).toBe("403 proof-needed");
    cookie = await proveByPasskey(instance.person(cookie), passkey);
    const stored = await good<CompletionReply>(accept());
    expect(stored).toMatchObject({ outcome: "stored", version: 1 });
  });

  it("the token lies in Secret Manager under the canonical name and under those that trading systems read", () => {
    const stored = cloud.secrets.stored().filter(({ secret }) => /^(prebell-etrade|ETRADE_OAUTH)/.test(secret));
    const canonical = JSON.parse(stored.find(({ secret }) => secret === "prebell-etrade-prod")?.payload ?? "{}");
    expect(canonical).toMatchObject({ connection: "etrade-prod", environment: "prod" });
    expect(Object.fromEntries(stored.map(({ secret, payload }) => [secret, payload]))).toMatchObject({
      ETRADE_OAUTH_PROD_ACCESS_TOKEN: canonical.accessToken,
      ETRADE_OAUTH_PROD_ACCESS_SECRET: canonical.accessTokenSecret,
    });
  });

  it("the event was published before the person was answered, and the chat was told", () => {
    expect(events().at(-1)).toEqual(["token.renewed", "1"]);
    // The reminder itself turned green where it stands.
    const edits = cloud.telegram.received.filter((call) => call.includes("/editMessageText"));
    expect(edits.at(-1)).toContain("E*TRADE production: renewed 08:35, version 1");
  });

  it("09:00: nobody is asked again for what was renewed", async () => {
    await at(day("09:00"));
    const before = cloud.telegram.messages.length;
    await scheduled("morning-alert", day("09:00"));
    const [reminder] = cloud.telegram.messages.slice(before);
    expect(reminder?.text).not.toContain("production");
    expect(reminder?.text).toContain("sandbox");
  });

  it("09:31: the trading system fetches the token and says what it runs on", async () => {
    await at(day("09:31"));
    const trader = instance.machine();
    const token = await trader.get("/api/connections/etrade-prod/token?minValidSeconds=300");
    expect(JSON.parse(token.text)).toMatchObject({ version: 1 });
    const confirmed = await trader.post("/api/connections/etrade-prod/confirmations", { consumer: "bot", version: 1 });
    expect(confirmed.status).toBeLessThan(300);
    expect((await trader.connection("etrade-prod")).consumers).toMatchObject([{ consumer: "bot", current: true }]);
  });

  it("10:00: a tick keeps the token alive by a real call", async () => {
    await at(day("10:00"));
    expect((await scheduled("tick", day("10:00"))).status).toBe(200);
    expect(await word()).toBe("active");
    expect((await instance.machine().connection("etrade-prod")).keepAlive).toMatchObject({
      lastCallAt: expect.stringMatching(/^2026-06-10T14:00/),
      consecutiveFailures: 0,
    });
  });

  it("10:30: what Telegram did not take makes the run fail, and the next run brings it", async () => {
    await at(day("10:30"));
    await cloud.control.killToken("prod");
    await cloud.setTo(day("11:30"));
    cloud.telegram.troubleNext(500);
    const failed = await scheduled("tick", day("11:30"));
    expect(failed.status).toBe(503);
    const before = cloud.telegram.messages.length;
    await at(day("11:31"));
    expect((await scheduled("tick", day("11:30"))).status).toBe(200);
    expect(cloud.telegram.messages.slice(before).map(({ text }) => text)).toEqual([
      expect.stringContaining("rejected the token"),
    ]);
    expect(events().slice(-2)).toEqual([
      ["token.revoked", "1"],
      ["authorization.needed", "1"],
    ]);
  });

  it("11:40: the second renewal takes no question, and the version before stays readable", async () => {
    await at(day("11:40"));
    cookie = await cookieByPasskey(instance.stranger(), passkey);
    const { authorizeUrl } = await good<AuthorizationReply>(instance.person(cookie).post(authorizations));
    const verifier = await cloud.control.accept(authorizeUrl);
    const renewed = await good<CompletionReply>(
      instance.person(cookie).post(`${authorizations}/complete`, { verifier }),
    );
    expect(renewed).toMatchObject({ outcome: "stored", version: 2 });
    const states = cloud.secrets.stored().filter(({ secret }) => secret === "prebell-etrade-prod");
    expect(states.map(({ state }) => state)).toEqual(["ENABLED", "ENABLED"]);
    expect(await word()).toBe("active");
  });

  it("15:00: while Firestore can't be reached nothing is claimed, and afterwards all is as before", async () => {
    await at(day("15:00"));
    await scheduled("tick", day("15:00"));
    expect(await word()).toBe("active");
    cloud.firestore.failAll({ refuse: "UNAVAILABLE" });
    const blind = await instance.machine().get("/status");
    expect(blind.status).toBeGreaterThanOrEqual(500);
    expect((await instance.stranger().get("/livez")).status).toBe(200);
    cloud.firestore.failAll(null);
    expect(await word()).toBe("active");
  });

  it("after midnight the token is dead, and the event says so", async () => {
    await at(day("00:05", "2026-06-11"));
    expect((await scheduled("tick", day("00:05", "2026-06-11"))).status).toBe(200);
    expect(await word()).toBe("needs-authorization");
    expect(events().at(-1)).toEqual(["token.expired", "2"]);
  });

  it("SIGTERM lets the renewal under way end, answers it, and is done within Cloud Run's ten seconds", async () => {
    await at(day("00:06", "2026-06-11"));
    cookie = await cookieByPasskey(instance.stranger(), passkey);
    const { authorizeUrl } = await good<AuthorizationReply>(instance.person(cookie).post(authorizations));
    const verifier = await cloud.control.accept(authorizeUrl);
    await cloud.control.fault({ fault: "hang", on: "accounts", phase: "before", times: 1 });
    const answer = instance.person(cookie).post(`${authorizations}/complete`, { verifier });
    await eventually("the broker to be asked", async () => (await cloud.control.state()).held > 0);
    const stopped = instance.stop();
    await cloud.control.release();
    expect(verdict(await answer)).toBe("200 ok");
    expect(await stopped).toEqual({ code: 0, milliseconds: expect.any(Number) });
    expect((await stopped).milliseconds).toBeLessThan(10_000);
    expect(events().at(-1)).toEqual(["token.renewed", "3"]);
  });

  it("only Cloud Scheduler gets in at /cron, by its own token and by no other", async () => {
    await at(day("00:10", "2026-06-11"));
    const path = "/cron/tick";
    expect(verdict(await instance.machine().post(path))).toMatch(/^40[13] /);
    expect(verdict(await instance.stranger().post(path))).toMatch(/^40[13] /);
    const foreign = cloud.scheduler.token({ claims: { email: "someone@else.iam.gserviceaccount.com" } });
    expect(
      (await cloud.scheduler.call(instance.url, "tick", { scheduleTime: day("00:10"), token: foreign })).status,
    ).toBe(403);
  });

  it("the watchdog heard each run begin and end", () => {
    expect(cloud.heartbeat.faults).toEqual([]);
    expect(new Set(cloud.heartbeat.runs())).toEqual(new Set(["start 0", "start 1"]));
  });

  it("no secret is in a log, a chat message, an event or a record", () => {
    const secrets = cloud.secrets.stored().flatMap(({ secret, version, payload }): [string, string][] => {
      if (payload === null || secret === "prebell-key") return [];
      if (!secret.startsWith("prebell-")) return [[`${secret}/${version}`, payload.trim()]];
      const { accessToken, accessTokenSecret } = JSON.parse(payload);
      return [
        [`${secret}/${version} token`, String(accessToken)],
        [`${secret}/${version} secret`, String(accessTokenSecret)],
      ];
    });
    const haystack = {
      "the logs": cloud.output(),
      "the chat": JSON.stringify(cloud.telegram.messages),
      "the events": JSON.stringify(cloud.pubsub.messages),
      "the records": cloud.firestore.documents(),
      "the heartbeats": JSON.stringify(cloud.heartbeat.pings),
    };
    expect(secrets.length).toBeGreaterThan(6);
    expect(leaksIn(haystack, Object.fromEntries(secrets))).toEqual([]);
    expect(cloud.telegram.faults).toEqual([]);
  });

  it("every line of the log is one that Cloud Logging understands", () => {
    const lines = cloud.output().trim().split("\n");
    const odd = lines.filter((line) => !/^\{"severity":"[A-Z]+","time":"[^"]+",.*"message":"[^"]+"\}$/.test(line));
    expect(odd).toEqual([]);
  });
});
