// The `prebell` command in a process of its own, on the data of a program under test.
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Program } from "./program.ts";

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  /** What was printed so far. */
  stdout(): string;
  /** What was asked so far. */
  stderr(): string;
  type(line: string): void;
  /** Ctrl-C. */
  interrupt(): void;
  /** No more typing; resolves when the command ended. */
  ended(): Promise<Said>;
}

type Place = Pick<Program, "dataDir" | "port" | "practicePort">;

export const command = join(import.meta.dirname, "../../server/cli/main.ts");

/** `folder` is where the person stands; ours unless said otherwise. */
export function openTerminal(
  place: Place,
  args: readonly string[],
  env: Record<string, string> = {},
  folder = process.cwd(),
): Terminal {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATA_DIR: place.dataDir,
      PORT: String(place.port),
      PRACTICE_PORT: String(place.practicePort),
      ...env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const closed = Promise.withResolvers<number | null>();
  child.once("close", closed.resolve);
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt: () => void child.kill("SIGINT"),
    type: (line) => child.stdin.write(`${line}\n`),
    async ended() {
      child.stdin.end();
      return { code: await closed.promise, stdout, stderr };
    },
  };
}

/** Runs a command that asks nothing. */
export function prebell(place: Place, args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  return openTerminal(place, args, env).ended();
}
