// The bundle as Cloud Run starts it: cold start beside the bare server, what comes after it, and memory.
import { setTimeout as wait } from "node:timers/promises";
import { unpackBundle } from "../support/bundle.ts";
import { apiToken, type Cloud, startCloud } from "../support/cloud.ts";
import { clearEverything } from "../support/program-leftovers.ts";
import { interleaved, median } from "./measure.ts";
import { type Served, startBare, startBundle } from "./servers.ts";
import { plainRow, ratioRow, type Row } from "./table.ts";

const rounds = 11;

export async function cloudStart(): Promise<readonly Row[]> {
  const cloud = await startCloud(Temporal.Now.instant().toString());
  const bundle = unpackBundle([cloud.env["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] ?? ""]);
  const start = () => startBundle(bundle, cloud.env);
  try {
    const livez = await interleaved(
      rounds,
      () => startedIn(start),
      () => startedIn(() => startBare()),
    );
    const [secret, status, memory]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      const times = await firstWork(cloud, start);
      secret.push(times.secretMs);
      status.push(times.statusMs);
      memory.push(times.megabytes);
    }
    const bare = await startBare();
    const bareMegabytes = bare.residentKilobytes() / 1024;
    await bare.stop();
    return [
      ratioRow("cloud: cold start to first answer", livez, "ms", { atMost: 1.25 }),
      plainRow("cloud: cold start to first secret in hand", `${Math.round(median(secret))} ms`),
      plainRow("cloud: cold start to first /status", `${Math.round(median(status))} ms`),
      ratioRow("cloud: memory with every client loaded", { ours: median(memory), bare: bareMegabytes }, "MB", null),
    ];
  } finally {
    await clearEverything();
  }
}

async function startedIn(start: () => Promise<Served>): Promise<number> {
  const served = await start();
  await served.stop();
  return served.startedInMs;
}

/** From spawn: when Secret Manager was first asked with success, and when /status was answered, everything behind it included. */
async function firstWork(cloud: Cloud, start: () => Promise<Served>) {
  const before = cloud.secrets.counts()["AccessSecretVersion"] ?? 0;
  const begin = performance.now();
  const starting = start();
  while ((cloud.secrets.counts()["AccessSecretVersion"] ?? 0) === before) await wait(1);
  const secretMs = performance.now() - begin;
  const served = await starting;
  const answer = await fetch(`${served.url}/status`, { headers: { authorization: `Bearer ${apiToken}` } });
  if (!answer.ok) throw new Error(`/status answered ${answer.status}: ${served.output()}`);
  await answer.text();
  const statusMs = performance.now() - begin;
  const megabytes = served.residentKilobytes() / 1024;
  await served.stop();
  return { secretMs, statusMs, megabytes };
}
