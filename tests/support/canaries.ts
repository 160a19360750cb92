// Secrets that can be recognised wherever they turn up, and the search for them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What must not be found, by name. */
export type Canaries = Readonly<Record<string, string>>;

/** Where it must not be found: one text per place. */
export type Haystack = Readonly<Record<string, string>>;

/** "access token in standard error (percent-encoded)" for each canary found; empty is what a test wants. */
export function leaksIn(haystack: Haystack, canaries: Canaries): string[] {
  return Object.entries(canaries).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, text]) =>
      Object.entries(haystack)
        .filter(([, hay]) => hay.includes(text))
        .map(([place]) => `${name} in ${place} (${form})`),
    ),
  );
}

/** As it is, as URLs and OAuth headers carry it, as signature bases do, and as somebody hiding it would. */
function formsOf(secret: string): Record<string, string> {
  if (secret.length < 5) throw new Error("Too short to be told from chance.");
  const once = encodeURIComponent(secret);
  const forms = {
    raw: secret,
    "percent-encoded": once,
    "percent-encoded twice": encodeURIComponent(once),
    "in JSON": JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
    base64: Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    hex: Buffer.from(secret).toString("hex"),
  };
  const seen = new Set<string>();
  return Object.fromEntries(Object.entries(forms).filter(([, text]) => !seen.has(text) && seen.add(text)));
}

/** Every file beneath the folder, byte for byte; `except` names files. */
export function filesIn(folder: string, except: readonly string[] = []): Haystack {
  const texts: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (except.includes(name) || !statSync(path).isFile()) continue;
    texts[`file ${name}`] = readFileSync(path, "latin1");
  }
  return texts;
}
