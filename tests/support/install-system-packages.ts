// Runs before the tests: installs what they need from the system's own package manager. Says nothing when all is there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pythonWithOauthlib } from "./oauthlib-python.ts";

interface Need {
  readonly what: string;
  /** Debian's and Ubuntu's names. */
  readonly packages: readonly string[];
  isThere(): boolean;
}

const needs: readonly Need[] = [
  {
    what: "Chromium at /usr/bin/chromium, or where the CHROMIUM variable points",
    packages: ["chromium", "fonts-liberation"],
    isThere: () => existsSync(process.env["CHROMIUM"] ?? "/usr/bin/chromium"),
  },
  {
    what: "a python3 that can import oauthlib",
    packages: ["python3-oauthlib"],
    isThere: () => pythonWithOauthlib() !== null,
  },
];

const missing = () => needs.filter((need) => !need.isThere());

if (missing().length > 0) {
  const packages = missing().flatMap((need) => need.packages);
  console.log(`Installing ${packages.join(", ")} for the tests (once) …`);
  // A list that can't be brought up to date may still know the packages.
  apt(["update"]);
  apt(["install", "--yes", "--no-install-recommends", ...packages]);
}

const stillMissing = missing();
if (stillMissing.length > 0) {
  console.error("The tests need what could not be installed here:");
  for (const { what, packages } of stillMissing)
    console.error(`  ${what} (Debian: apt-get install ${packages.join(" ")})`);
  process.exit(1);
}

function apt(args: readonly string[]): void {
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "--non-interactive"];
  const [command = "apt-get", ...rest] = [...asRoot, "apt-get", "--quiet=2", ...args];
  spawnSync(command, rest, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}
