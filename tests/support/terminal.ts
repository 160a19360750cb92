// The `prebell` command in a process of its own, on the data of a program under test.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Program } from "./program.ts";

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const command = join(import.meta.dirname, "../../server/cli/prebell.ts");

/** `input`: what is typed, all at once. */
export async function prebell(
  program: Pick<Program, "dataDir" | "port" | "practicePort">,
  args: readonly string[],
  input = "",
): Promise<Said> {
  const child = spawn(process.execPath, [command, ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATA_DIR: program.dataDir,
      PORT: String(program.port),
      PRACTICE_PORT: String(program.practicePort),
    },
  });
  child.stdin.end(input);
  const ended = Promise.withResolvers<number | null>();
  child.once("close", ended.resolve);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.promise]);
  return { code, stdout, stderr };
}
