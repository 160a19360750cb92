// One run of the real program as a child process, from spawn to its end, with everything it wrote.
import { spawn } from "node:child_process";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../server/main.ts");

export interface Run {
  readonly ended: Promise<number | null>;
  isOver(): boolean;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, null after a kill. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null>;
}

/** Nothing of our own environment gets in but what is passed. */
export function startRun(cwd: string, env: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, [main], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = Promise.withResolvers<number | null>();
  let isOver = false;
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.once("error", ended.reject);
  child.once("close", (code) => {
    isOver = true;
    ended.resolve(code);
  });
  return {
    ended: ended.promise,
    isOver: () => isOver,
    stdout: () => stdout,
    stderr: () => stderr,
    end(signal) {
      if (!isOver) child.kill(signal);
      return ended.promise;
    },
  };
}
