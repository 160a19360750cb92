// The two sides as processes of their own: `node server/main.ts` with broker keys set, and the bare server.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Bundle } from "../support/bundle.ts";
import { freePort } from "../support/program-ports.ts";

export const apiToken = "a-token-for-benchmarks-and-nothing-else";

const main = join(import.meta.dirname, "../../server/main.ts");
const bareServer = join(import.meta.dirname, "bare-server.mjs");

export interface Served {
  readonly url: string;
  readonly port: number;
  /** From spawn to the first byte of the first answer to GET /livez. */
  readonly startedInMs: number;
  /** Everything written to standard output so far. */
  output(): string;
  residentKilobytes(): number;
  stop(): Promise<void>;
}

/** `brokerUrl`: where its broker is said to be; nothing listens there unless a benchmark needs it. */
export async function startOurs(brokerUrl = "http://127.0.0.1:9"): Promise<Served> {
  const dataDir = mkdtempSync(join(tmpdir(), "prebell-bench-"));
  const served = await start(main, {
    DATA_DIR: dataDir,
    API_TOKEN: apiToken,
    LOG_LEVEL: "info",
    ETRADE_PROD_CONSUMER_KEY: "key",
    ETRADE_PROD_CONSUMER_SECRET: "secret",
    ETRADE_SANDBOX_CONSUMER_KEY: "key",
    ETRADE_SANDBOX_CONSUMER_SECRET: "secret",
    ETRADE_OAUTH_URL: `${brokerUrl}/oauth`,
    ETRADE_AUTHORIZE_URL: `${brokerUrl}/authorize`,
    ETRADE_PROD_API_URL: brokerUrl,
    ETRADE_SANDBOX_API_URL: brokerUrl,
  });
  return {
    ...served,
    async stop() {
      await served.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function startBare(bodyBytes = 2): Promise<Served> {
  return start(bareServer, { BODY_BYTES: String(bodyBytes) });
}

/** What Cloud Run would start: the image's content and flags. `env`: the services around it. */
export function startBundle(
  { folder, flags, env: own }: Bundle,
  env: Readonly<Record<string, string>>,
): Promise<Served> {
  return start(join(folder, "dist/main.js"), { ...own, ...env }, flags, folder);
}

async function start(
  script: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
  cwd = tmpdir(),
): Promise<Served> {
  const port = await freePort();
  const begin = performance.now();
  const child = spawn(process.execPath, [...flags, script], {
    cwd,
    env: { PATH: process.env["PATH"], PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, complaints] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}: ${complaints}`);
    await wait(1);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    startedInMs: performance.now() - begin,
    output: () => output,
    residentKilobytes: () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" })),
    stop: () => stop(child),
  };
}

/** One try on a fresh connection; a client of Node's own would take longer than what it measures. */
function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, "127.0.0.1", () =>
    socket.write("GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
  );
  socket.once("data", (bytes) => {
    socket.destroy();
    resolve(bytes.toString("latin1").startsWith("HTTP/1.1 200"));
  });
  socket.once("error", () => resolve(false));
  return promise;
}

function stop(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("close", () => resolve());
  child.kill("SIGKILL");
  return promise;
}
