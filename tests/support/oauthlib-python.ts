// Which Python on this machine has oauthlib: the system's first, because that is where Debian puts it.
import { spawnSync } from "node:child_process";

/** Null if none has it. */
export function pythonWithOauthlib(): string | null {
  return ["/usr/bin/python3", "python3"].find(hasOauthlib) ?? null;
}

function hasOauthlib(python: string): boolean {
  return spawnSync(python, ["-c", "import oauthlib.oauth1"], { stdio: "ignore" }).status === 0;
}
