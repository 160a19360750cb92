// npm run cost: a month on Google Cloud for one trader, from the operations counted over one trading day of the real bundle.
// Only what is charged by operation or by thing kept; unit prices as Google's pricing pages gave them when this was written.
import type { AuthorizationReply } from "../../server/http/contract.ts";
import { type Cloud, type Instance, startCloud } from "../support/cloud.ts";
import { good } from "../support/program-client.ts";
import { clearEverything } from "../support/program-leftovers.ts";
import { asBill } from "./bill.ts";

const daysInMonth = 30;
const tradingDays = 21;
const gibibytes = 0.5;
const environments = process.argv.includes("--sandbox") ? (["prod", "sandbox"] as const) : (["prod"] as const);

interface Counted {
  readonly firestore: Readonly<Record<"reads" | "writes" | "deletes", number>>;
  readonly secretAccesses: number;
  readonly secretManagement: number;
  readonly published: number;
  readonly requests: number;
  /** What Cloud Run bills: from the request's arrival to its answer, rounded up to 100 ms. */
  readonly billedSeconds: number;
}

const cloud = await startCloud("2026-06-10T00:00:00-04:00");
try {
  const idle = await spend(async (run) => {
    for (let minute = 0; minute < 24 * 60; minute += 5) await run.tick(minute);
  });
  const trading = await spend(async (run) => {
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      await run.tick(minute);
      if ([510, 540, 555, 570].includes(minute)) await run.morningAlert(minute);
      if (minute === 515) await run.renewAll();
    }
  });
  print(idle, trading, activeVersions(cloud));
} finally {
  await clearEverything();
}

interface Running {
  tick(minute: number): Promise<void>;
  morningAlert(minute: number): Promise<void>;
  renewAll(): Promise<void>;
}

/** Runs one day on an instance of its own and answers what it took. */
async function spend(live: (run: Running) => Promise<void>): Promise<Counted> {
  // A day later each time, so that yesterday's token has died.
  const midnight = cloud.now().toZonedDateTimeISO("America/New_York").startOfDay().add({ days: 1 });
  await cloud.setTo(midnight.toInstant().toString());
  const before = counts(cloud);
  const instance = await cloud.start();
  let requests = 0;
  let billedSeconds = 0;
  const billed = async <T>(work: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    const result = await work();
    requests += 1;
    billedSeconds += Math.ceil((performance.now() - begin) / 100) / 10;
    return result;
  };
  const scheduled = async (job: "tick" | "morning-alert", minute: number) => {
    const time = midnight.add({ minutes: minute }).toInstant().toString();
    await cloud.setTo(time);
    const answer = await billed(() => cloud.scheduler.call(instance.url, job, { scheduleTime: time }));
    if (answer.status !== 200) throw new Error(`${job} at ${time} was answered ${answer.status}: ${answer.text}`);
  };
  await live({
    tick: (minute) => scheduled("tick", minute),
    morningAlert: (minute) => scheduled("morning-alert", minute),
    renewAll: () => renewAll(instance, billed),
  });
  await instance.stop();
  const after = counts(cloud);
  return {
    firestore: {
      reads: after.reads - before.reads,
      writes: after.writes - before.writes,
      deletes: after.deletes - before.deletes,
    },
    secretAccesses: after.accesses - before.accesses,
    secretManagement: after.management - before.management,
    published: after.published - before.published,
    requests,
    billedSeconds,
  };
}

/** As a person at the page does it, who looks at it for a minute; and the trading system, which fetches and confirms. */
async function renewAll(instance: Instance, billed: <T>(work: () => Promise<T>) => Promise<T>): Promise<void> {
  const handoff = await billed(async () =>
    instance.stranger().post("/api/sessions/handoff", { token: await cloud.link() }),
  );
  const person = instance.person(handoff.headers.getSetCookie()[0]?.split(";")[0] ?? "");
  for (const environment of environments) {
    const path = `/api/connections/etrade-${environment}/authorizations`;
    const { authorizeUrl } = await billed(() => good<AuthorizationReply>(person.post(path)));
    for (let poll = 0; poll < 20; poll += 1) await billed(() => person.get("/status"));
    const verifier = await cloud.control.accept(authorizeUrl);
    const { outcome } = await billed(() => good<{ outcome: string }>(person.post(`${path}/complete`, { verifier })));
    if (outcome === "confirm-accounts") await billed(() => person.post(`${path}/confirm-accounts`, { accept: true }));
    for (const page of ["/status", "/api/journal", "/api/messages", "/api/events"])
      await billed(() => person.get(page));
    const { version } = JSON.parse(
      (await billed(() => instance.machine().get(`/api/connections/etrade-${environment}/token?minValidSeconds=60`)))
        .text,
    );
    const confirmation = { consumer: "trading-system", version };
    await billed(() => instance.machine().post(`/api/connections/etrade-${environment}/confirmations`, confirmation));
  }
}

function counts({ firestore, secrets, pubsub }: Cloud) {
  const { AccessSecretVersion = 0, ...management } = secrets.counts();
  return {
    ...firestore.counts(),
    accesses: AccessSecretVersion,
    management: Object.values(management).reduce((sum, count) => sum + count, 0),
    published: pubsub.messages.length,
  };
}

/** Per environment: the newest two of three secrets, one more each while it waits for its destruction; and what is typed in once. */
function activeVersions({ secrets }: Cloud): number {
  const typedIn = ["ETRADE keys", "bot token", "webhook secret", "API token", "heartbeat URL", "prebell-key"].length;
  const consumerKeys = 2 * environments.length - 1;
  const names = new Set(secrets.stored().map(({ secret }) => secret));
  if (!names.has("prebell-key")) throw new Error("The program made no key.");
  return typedIn + consumerKeys + environments.length * 3 * 3;
}

function print(idle: Counted, trading: Counted, versions: number): void {
  const month = (of: (counted: Counted) => number) =>
    of(trading) * tradingDays + of(idle) * (daysInMonth - tradingDays);
  const writes = month(({ firestore }) => firestore.writes);
  const seconds = month(({ billedSeconds }) => billedSeconds);
  process.stdout.write(
    `${asBill([
      {
        what: "Firestore reads",
        count: month(({ firestore }) => firestore.reads),
        free: 50_000 * daysInMonth,
        price: 0.03 / 100_000,
      },
      { what: "Firestore writes", count: writes, free: 20_000 * daysInMonth, price: 0.09 / 100_000 },
      // Each document with a time to live goes once.
      { what: "Firestore deletes by time", count: writes, free: 0, price: 0.01 / 100_000 },
      { what: "Secret versions kept", count: versions, free: 6, price: 0.06 },
      {
        what: "Secret accesses",
        count: month(({ secretAccesses }) => secretAccesses),
        free: 10_000,
        price: 0.03 / 10_000,
      },
      { what: "Cloud Run requests", count: month(({ requests }) => requests), free: 2_000_000, price: 0.4 / 1_000_000 },
      { what: "Cloud Run vCPU-seconds", count: seconds, free: 180_000, price: 0.000024 },
      { what: "Cloud Run GiB-seconds", count: seconds * gibibytes, free: 360_000, price: 0.0000025 },
      { what: "Scheduler jobs", count: 3, free: 3, price: 0.1 },
    ])}

Pub/Sub messages: ${month(({ published }) => published)}, far below the 10 GiB that are free.
One trading day: ${JSON.stringify(trading)}
One closed day: ${JSON.stringify(idle)}
`,
  );
}
