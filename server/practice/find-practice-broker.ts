// One practice broker per data folder: the running server's if there is one, else one of our own for as long as we run.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../ports.ts";
import { createPracticeClock, type PracticeClock } from "./practice-clock.ts";
import { createPracticeControl } from "./practice-control.ts";
import { startPracticeServer } from "./practice-server.ts";

export interface FoundPracticeBroker {
  readonly url: string;
  readonly clock: PracticeClock;
  close(): Promise<void>;
}

/**
 * Starts the practice broker of this data folder and notes its address there. Its memory outlives the process. Rejects if one
 * runs. `redirectUris` are the callbacks that Schwab's app is registered for besides https://127.0.0.1; Schwab itself takes
 * https only, the practice broker takes the program's own http://127.0.0.1:PORT/callback/schwab too.
 */
export async function startPracticeBroker(
  dataDir: string,
  port: number,
  base: Clock,
  redirectUris: readonly string[] = [],
): Promise<FoundPracticeBroker> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const running = await findPracticeBroker(dataDir, base);
  // Two would overwrite each other's memory, and each would reject the tokens that the other issued.
  if (running !== null)
    throw new Error(
      `practice brokers already run for ${dataDir}, at ${running.url}. Stop that program, or set DATA_DIR.`,
    );
  const server = await startPracticeServer({
    port,
    clock: createPracticeClock(base),
    stateFile: join(dataDir, "practice-broker.json"),
    // So that a stranger's login can be rehearsed too.
    options: { offerOtherAccounts: true, redirectUris },
  });
  writeFileSync(addressFile(dataDir), server.url);
  return server;
}

/** The practice broker that already runs for this data folder, its clock as it stands now; null if none answers. */
export async function findPracticeBroker(dataDir: string, base: Clock): Promise<FoundPracticeBroker | null> {
  try {
    const url = readFileSync(addressFile(dataDir), "utf8");
    const { clock } = await createPracticeControl(url).state();
    const offset = Temporal.Duration.from({ seconds: Math.round(clock.offsetSeconds) });
    return { url, clock: createPracticeClock(base, offset), close: async () => {} };
  } catch {
    // No address yet, or nobody there: the caller starts one.
    return null;
  }
}

function addressFile(dataDir: string): string {
  return join(dataDir, "practice-broker.url");
}
