import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { PracticeOptions } from "./practice-broker.ts";
import type { PracticeClock } from "./practice-clock.ts";
import { createPracticeApp } from "./practice-app.ts";
import type { PracticeKeys } from "./practice-keys.ts";
import { fileState, memoryState } from "./practice-state.ts";

export interface PracticeServerSettings {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** Continues where the state file left it. */
  readonly clock: PracticeClock;
  /** Null keeps everything in memory. */
  readonly stateFile: string | null;
  readonly keys?: PracticeKeys;
  readonly options?: Partial<PracticeOptions>;
}

export interface PracticeServer {
  readonly url: string;
  readonly clock: PracticeClock;
  /** Cuts what is still open, held calls included. */
  close(): Promise<void>;
}

/** Resolves once it listens; rejects if the port is taken or the state file can't be understood. */
export async function startPracticeServer(settings: PracticeServerSettings): Promise<PracticeServer> {
  const { port, host = "127.0.0.1", clock, stateFile, ...rest } = settings;
  const state = stateFile === null ? memoryState() : fileState(stateFile);
  if (state.restored) {
    clock.reset();
    clock.advance(state.records.clockOffset);
  }
  const app = createPracticeApp({ clock, state, ...rest });
  const server = createServer(getRequestListener(app.fetch));
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The practice broker listens on no port.");
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    clock,
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}
