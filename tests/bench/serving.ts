// Cold start, throughput and idle memory, each beside the bare server.
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { interleaved, median } from "./measure.ts";
import { apiToken, type Served, startBare, startOurs } from "./servers.ts";
import { ratioRow, type Row } from "./table.ts";

const coldStarts = 11;
const compileMs = 3000;
const loadRounds = 5;
const loadMs = 1500;
const loadConnections = 16;
const idleMs = 6000;

export async function coldStart(): Promise<Row> {
  // The first start after an installation compiles; it keeps the result for those that follow, which are measured.
  const first = await startOurs();
  await wait(compileMs);
  await first.stop();
  const pair = await interleaved(
    coldStarts,
    () => startedIn(() => startOurs()),
    () => startedIn(() => startBare()),
  );
  return ratioRow("cold start to first answer, compiled before", pair, "ms", { atMost: 1.25 });
}

async function startedIn(start: () => Promise<Served>): Promise<number> {
  const served = await start();
  await served.stop();
  return served.startedInMs;
}

export async function statusThroughput(): Promise<Row> {
  const ours = await startOurs();
  const body = await (await fetch(`${ours.url}/status`, { headers: { authorization: `Bearer ${apiToken}` } })).text();
  const bare = await startBare(Buffer.byteLength(body));
  const pair = await interleaved(
    loadRounds,
    () => answersPerSecond(ours.port),
    () => answersPerSecond(bare.port),
  );
  await Promise.all([ours.stop(), bare.stop()]);
  return ratioRow("/status throughput", pair, "req/s", { atLeast: 0.5 });
}

/** Keep-alive connections that each ask again as soon as they are answered. */
async function answersPerSecond(port: number): Promise<number> {
  const until = performance.now() + loadMs;
  const counts = await Promise.all(Array.from({ length: loadConnections }, () => askUntil(port, until)));
  return counts.reduce((sum, count) => sum + count, 0) / (loadMs / 1000);
}

function askUntil(port: number, until: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = `GET /status HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${apiToken}\r\n\r\n`;
  let count = 0;
  let missing = 0;
  const socket = connect(port, "127.0.0.1", () => socket.write(request));
  socket.on("data", (bytes: Buffer) => {
    if (missing === 0) missing = answerLength(bytes);
    missing -= bytes.length;
    if (missing > 0) return;
    count += 1;
    if (performance.now() < until) socket.write(request);
    else socket.end(() => resolve(count));
  });
  socket.once("error", reject);
  return promise;
}

/** Of head and body together; the head comes in one piece over loopback. */
function answerLength(bytes: Buffer): number {
  const head = bytes.toString("latin1", 0, bytes.indexOf("\r\n\r\n"));
  if (!head.startsWith("HTTP/1.1 200")) throw new Error(`The load was answered with: ${head}`);
  return head.length + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
}

export async function idleMemory(): Promise<Row> {
  const sizes: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  for (let round = 0; round < 3; round += 1) {
    const [ours, bare] = await Promise.all([startOurs(), startBare()]);
    // Past the first ticks of the clockwork.
    await wait(idleMs);
    sizes.ours.push(ours.residentKilobytes() / 1024);
    sizes.bare.push(bare.residentKilobytes() / 1024);
    await Promise.all([ours.stop(), bare.stop()]);
  }
  return ratioRow("idle memory", { ours: median(sizes.ours), bare: median(sizes.bare) }, "MB", { atMost: 1.4 });
}
