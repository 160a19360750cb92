import { describe, expect, it } from "vitest";
import { openKeyFile } from "../../server/adapters/key-file.ts";
import { sealedBox } from "../../server/adapters/sealed-box.ts";
import { keyPath, openLaptop, temporaryDirectory } from "../support/sqlite.ts";
import { aPending } from "../support/builders.ts";
import { now } from "./drafts.ts";
import { aTokenSet } from "./token-sets.ts";

const aBox = () => sealedBox(openKeyFile(keyPath(temporaryDirectory())));

describe("sealedBox", () => {
  it.each(["", "token", "\u{1F511} ü \0", "x".repeat(100_000)])("opens what it sealed", (text) => {
    const box = aBox();
    expect(box.open(box.seal(text, "token/a/1"), "token/a/1")).toBe(text);
  });

  it("never seals the same way twice", () => {
    const box = aBox();
    const sealed = Array.from({ length: 50 }, () => box.seal("same", "same").toString("hex"));
    expect(new Set(sealed).size).toBe(50);
  });

  it("refuses a blob with any one bit changed, without a word of its content", () => {
    const box = aBox();
    const sealed = box.seal("PLAIN", "token/a/1");
    for (let index = 0; index < sealed.length; index += 1) {
      const tampered = Buffer.from(sealed);
      tampered[index] = (tampered[index] ?? 0) ^ 1;
      expect(() => box.open(tampered, "token/a/1")).toThrow(/^The sealed record token\/a\/1 /);
      expect(() => box.open(tampered, "token/a/1")).not.toThrow(/PLAIN/);
    }
  });

  it("refuses a blob cut short or empty", () => {
    const box = aBox();
    const sealed = box.seal("PLAIN", "context");
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => box.open(sealed.subarray(0, length), "context")).toThrow(/^The sealed record context /);
  });

  it("refuses a blob under another context", () => {
    const box = aBox();
    expect(() => box.open(box.seal("PLAIN", "token/a/1"), "token/a/2")).toThrow(/belongs to another record/);
  });

  it("names the missing key and the key file", () => {
    const directory = temporaryDirectory();
    const sealed = aBox().seal("PLAIN", "token/a/1");
    const id = sealed.subarray(1, 5).toString("hex");
    const stranger = sealedBox(openKeyFile(keyPath(directory)));
    expect(() => stranger.open(sealed, "token/a/1")).toThrow(
      `needs key ${id}, which ${keyPath(directory)} does not hold`,
    );
  });

  it("seals under a key that another process has just made the newest", () => {
    const path = keyPath(temporaryDirectory());
    const running = sealedBox(openKeyFile(path));
    const other = openKeyFile(path);
    other.add();
    expect(running.seal("PLAIN", "context").subarray(1, 5).toString("hex")).toBe(other.newest().id);
  });

  it("fingerprints alike before and after a key is replaced, and unlike another installation", () => {
    const path = keyPath(temporaryDirectory());
    const before = sealedBox(openKeyFile(path)).fingerprint("accounts");
    const keys = openKeyFile(path);
    keys.add();
    keys.keepOnly(new Set());
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(sealedBox(openKeyFile(path)).fingerprint("accounts")).toBe(before);
    expect(aBox().fingerprint("accounts")).not.toBe(before);
  });
});

describe("sealed rows", () => {
  it("can't be swapped between versions or connections", async () => {
    const { db, tokens } = openLaptop();
    await tokens.put("etrade-prod", aTokenSet());
    await tokens.put("etrade-prod", aTokenSet());
    await tokens.put("etrade-sandbox", aTokenSet());
    db.exec(
      "UPDATE tokens SET sealed = (SELECT sealed FROM tokens WHERE version = 1 AND connection_id = 'etrade-prod')",
    );
    await expect(tokens.read("etrade-prod", 2)).rejects.toThrow("token/etrade-prod/2");
    await expect(tokens.read("etrade-sandbox", 1)).rejects.toThrow("token/etrade-sandbox/1");
    expect(await tokens.read("etrade-prod", 1)).not.toBeNull();
  });

  it("can't be moved to another connection's authorization", async () => {
    const { db, records } = openLaptop();
    await records.commit({ pending: aPending() });
    db.exec("UPDATE pending_authorizations SET connection_id = 'schwab-prod'");
    await expect(records.pendingAuthorizations(now)).rejects.toThrow("pending/schwab-prod/pending-1");
  });
});
