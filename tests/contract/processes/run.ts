// Other processes on the same files, as the server and the command line are.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

type Script = "writer" | "taker" | "journalist" | "rotator" | "firestore-racer";

function start(script: Script, args: readonly string[]) {
  const path = fileURLToPath(new URL(`${script}.ts`, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Runs the script to its end and answers what it printed; throws if it failed. */
export async function runProcess(script: Script, ...args: string[]): Promise<string> {
  const child = start(script, args);
  const exit = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  const [code] = await exit;
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}.`);
  return output;
}

/** Kills the script, as a power switch would, once it has printed that many lines; answers all it had printed by then. */
export async function killAfter(lines: number, script: Script, ...args: string[]): Promise<readonly string[]> {
  const child = start(script, args);
  const exit = once(child, "exit");
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === lines) child.kill("SIGKILL");
  }
  const [, signal] = await exit;
  if (signal !== "SIGKILL") throw new Error(`${script} ended by itself.`);
  return printed;
}
