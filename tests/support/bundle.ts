// The image's content: the built server and page alone in an empty folder, run by a user without rights.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearAfterwards } from "./program-leftovers.ts";

const root = join(import.meta.dirname, "../..");
/** What distroless images call "nonroot". */
const nobody = 65_532;

export interface Bundle {
  readonly folder: string;
  readonly node: string;
  /** Those of the image's command. */
  readonly flags: readonly string[];
  /** Those that the image sets, and what Cloud Run sets beside them. */
  readonly env: Readonly<Record<string, string>>;
  /** Empty where the tests themselves run without rights. */
  readonly user: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

/** `readable`: what it may read besides its own folder. */
export function unpackBundle(readable: readonly string[] = []): Bundle {
  for (const part of ["web", "server"])
    if (!existsSync(join(root, part === "web" ? "web/dist/index.html" : "dist/main.js")))
      execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", part], { cwd: root });
  const folder = mkdtempSync(join(tmpdir(), "prebell-image-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(root, "web/dist"), join(folder, "web/dist"), { recursive: true });
  execFileSync("chmod", ["-R", "a+rX", folder]);
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const own = commandFlags().map((flag) => flag.replace("/app", folder));
  return {
    folder,
    node: runnableBy(user, folder),
    flags: [...own, ...readable.map((path) => `--allow-fs-read=${path}`)],
    env: { ...imageEnvironment(folder), HOME: "/home/nonroot" },
    user,
  };
}

const dockerfile = () => readFileSync(join(root, "infra/Dockerfile"), "utf8");

function imageEnvironment(folder: string): Record<string, string> {
  const set = [...dockerfile().matchAll(/^ENV (\w+)=(\S+)$/gm)];
  return Object.fromEntries(set.map(([, name, value]) => [String(name), String(value).replace("/app", folder)]));
}

function commandFlags(): readonly string[] {
  const command: readonly string[] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile())?.[1] ?? "[]");
  if (command.at(-1) !== "dist/main.js" || !command.includes("--permission"))
    throw new Error(`infra/Dockerfile starts something else: ${command.join(" ")}`);
  return command.slice(0, -1);
}

/** Node as that user can start it: a copy, where the path to ours is closed to others. */
function runnableBy(user: Bundle["user"], folder: string): string {
  const { error } = spawnSync(process.execPath, ["-e", ""], { ...user, cwd: folder });
  if (error === undefined) return process.execPath;
  const copy = join(folder, "node");
  cpSync(process.execPath, copy);
  return copy;
}
