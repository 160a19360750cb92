// Runs before every npm script, on whatever Node the machine has: installs the locked packages (Node 26 among them)
// when they are missing or older than the lock file. Imports nothing that is not built in.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const marker = "node_modules/.package-lock.json";
const fresh = existsSync(marker) && statSync(marker).mtimeMs >= statSync("package-lock.json").mtimeMs;
if (!fresh) {
  console.log("Installing the locked packages (once; about half a minute) …");
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status } = spawnSync(command, [...args, "ci", "--loglevel=error"], { stdio: "inherit" });
  process.exit(status ?? 1);
}
