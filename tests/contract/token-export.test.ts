import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tokenExport } from "../../server/adapters/token-export.ts";
import { at } from "../support/builders.ts";
import { temporaryDirectory } from "../support/sqlite.ts";
import { aTokenSet } from "./token-sets.ts";

const prod = { id: "etrade-prod", environment: "prod" } as const;
const sandbox = { id: "etrade-sandbox", environment: "sandbox" } as const;
const expiresAt = at("2026-03-11T04:00:00Z");

describe("tokenExport", () => {
  it("writes one file per environment, for the owner alone", async () => {
    const directory = join(temporaryDirectory(), "export");
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    await files.write(sandbox, 1, aTokenSet({ token: "other" }), expiresAt);
    expect(readdirSync(directory)).toEqual(["tokens_prod.json", "tokens_sandbox.json"]);
    const path = join(directory, "tokens_prod.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      oauth_token: "access-token",
      oauth_token_secret: "access-token-secret",
      environment: "prod",
      version: 3,
      issued_at: "2026-03-10T12:30:00Z",
      expires_at: "2026-03-11T04:00:00Z",
    });
  });

  it("writes a file of its own for each further connection of an environment", async () => {
    const directory = temporaryDirectory();
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    await files.write({ ...prod, id: "etrade-prod-anna" }, 1, aTokenSet({ token: "anna's" }), expiresAt);
    expect(readdirSync(directory)).toEqual(["tokens_etrade-prod-anna.json", "tokens_prod.json"]);
  });

  it("leaves a file alone that is already right", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "tokens_prod.json");
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    const before = statSync(path).ino;
    await files.write(prod, 3, aTokenSet(), expiresAt);
    expect(statSync(path).ino).toBe(before);
  });

  it("replaces the file whole, so that a reader keeps the old one until the new one is complete", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "tokens_prod.json");
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    const before = statSync(path).ino;
    await files.write(prod, 4, aTokenSet({ token: "newer" }), expiresAt);
    expect(statSync(path).ino).not.toBe(before);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ oauth_token: "newer", version: 4 });
  });

  it.each([
    ["was edited", (path: string) => writeFileSync(path, "{}")],
    ["may be read by others", (path: string) => chmodSync(path, 0o644)],
  ])("mends a file that %s", async (_case, spoil) => {
    const directory = temporaryDirectory();
    const path = join(directory, "tokens_prod.json");
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    spoil(path);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    expect(readFileSync(path, "utf8")).toContain('"access-token"');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("removes one environment's file, and bears that there is none", async () => {
    const directory = temporaryDirectory();
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    await files.write(sandbox, 3, aTokenSet(), expiresAt);
    await files.remove(prod);
    await files.remove(prod);
    expect(readdirSync(directory)).toEqual(["tokens_sandbox.json"]);
    await tokenExport(join(directory, "absent")).remove(prod);
  });

  it("cleans up after a run that died while writing", async () => {
    const directory = temporaryDirectory();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const leftover = join(directory, `.tokens_prod.json.${pid}-0a.tmp`);
    const files = tokenExport(directory);
    await files.write(prod, 3, aTokenSet(), expiresAt);
    for (const next of [() => files.write(prod, 3, aTokenSet(), expiresAt), () => files.remove(prod)]) {
      writeFileSync(leftover, "half a tok");
      await next();
      expect(existsSync(leftover)).toBe(false);
    }
  });

  it("names EXPORT_TOKENS_DIR, and no token, when it can't write there", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const failure = tokenExport(file).write(prod, 3, aTokenSet(), expiresAt);
    await expect(failure).rejects.toThrow(`EXPORT_TOKENS_DIR (${file}) can't be written`);
    await expect(failure).rejects.not.toThrow(/access-token/);
  });
});
