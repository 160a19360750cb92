import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openKeyFile, type KeyFile } from "../../server/adapters/key-file.ts";
import { sealedBox, type SealedBox } from "../../server/adapters/sealed-box.ts";
import { rotateKey } from "../../server/adapters/sqlite-rotate-key.ts";
import { aPending } from "../support/builders.ts";
import { databasePath, keyPath, openLaptop, temporaryDirectory, type Laptop } from "../support/sqlite.ts";
import { someKeys } from "./broker-key-store.contract.ts";
import { now } from "./drafts.ts";
import { killAfter } from "./processes/run.ts";
import { aTokenSet } from "./token-sets.ts";

const keyLines = (path: string): string[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^[0-9a-f]{8}:/.test(line));

function dies(): never {
  throw new Error("killed");
}

async function filled(directory: string): Promise<Laptop> {
  const laptop = openLaptop(directory);
  for (const token of ["one", "two"]) await laptop.tokens.put("etrade-prod", aTokenSet({ token }));
  await laptop.records.commit({ pending: aPending({ stage: "verifying", candidate: aTokenSet({ token: "three" }) }) });
  await laptop.brokerKeys.put("etrade-prod-anna", someKeys("anna"));
  return laptop;
}

async function tokensOf({ tokens, records, brokerKeys }: Laptop): Promise<readonly (string | undefined)[]> {
  const stored = await Promise.all([1, 2].map((version) => tokens.read("etrade-prod", version)));
  const [pending] = await records.pendingAuthorizations(now);
  const keys = await brokerKeys.read("etrade-prod-anna");
  return [...[...stored, pending?.candidate].map((tokenSet) => tokenSet?.accessToken), keys?.consumerKey].map(
    (secret) => secret?.reveal(),
  );
}

describe("rotateKey", () => {
  it("puts every blob under a fresh key and forgets the old one", async () => {
    const directory = temporaryDirectory();
    const laptop = await filled(directory);
    const before = keyLines(keyPath(directory));
    expect(rotateKey(laptop.db, laptop.keys, laptop.box)).toBe(4);
    const after = keyLines(keyPath(directory));
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(await tokensOf(openLaptop(directory))).toEqual(["one", "two", "three", "key-anna"]);
  });

  it("keeps the key that nothing but entered broker keys needs", async () => {
    const directory = temporaryDirectory();
    const laptop = openLaptop(directory);
    await laptop.brokerKeys.put("etrade-prod-anna", someKeys("anna"));
    rotateKey(laptop.db, laptop.keys, laptop.box);
    expect((await openLaptop(directory).brokerKeys.read("etrade-prod-anna"))?.consumerKey.reveal()).toBe("key-anna");
  });

  it("is seen by a running server, which goes on reading and writing", async () => {
    const directory = temporaryDirectory();
    const server = await filled(directory);
    const terminal = openLaptop(directory);
    rotateKey(terminal.db, terminal.keys, terminal.box);
    expect(await tokensOf(server)).toEqual(["one", "two", "three", "key-anna"]);
    await server.tokens.put("etrade-prod", aTokenSet({ token: "four" }));
    expect((await openLaptop(directory).tokens.read("etrade-prod", 3))?.accessToken.reveal()).toBe("four");
  });

  it.each<[string, (laptop: Laptop) => { keys?: Partial<KeyFile>; box?: Partial<SealedBox> }]>([
    ["before the new key is written", () => ({ keys: { add: dies } })],
    [
      "after the new key is written",
      ({ keys }) => ({
        keys: {
          add() {
            keys.add();
            dies();
          },
        },
      }),
    ],
    [
      "half way through the blobs",
      ({ box }) => {
        let left = 3;
        return { box: { seal: (text, context) => ((left -= 1) < 0 ? dies() : box.seal(text, context)) } };
      },
    ],
    ["before the old key is dropped", () => ({ keys: { keepOnly: dies } })],
  ])("killed %s, loses nothing and is finished by the next run", async (_case, broken) => {
    const directory = temporaryDirectory();
    const laptop = await filled(directory);
    const { keys, box } = broken(laptop);
    expect(() => rotateKey(laptop.db, { ...laptop.keys, ...keys }, { ...laptop.box, ...box })).toThrow("killed");
    expect(await tokensOf(laptop)).toEqual(["one", "two", "three", "key-anna"]);
    const next = openLaptop(directory);
    expect(await tokensOf(next)).toEqual(["one", "two", "three", "key-anna"]);
    expect(rotateKey(next.db, next.keys, next.box)).toBe(4);
    expect(keyLines(keyPath(directory))).toHaveLength(1);
    expect(await tokensOf(openLaptop(directory))).toEqual(["one", "two", "three", "key-anna"]);
  });

  it("survives being killed at any instant while a server reads and writes", async () => {
    const directory = temporaryDirectory();
    const server = await filled(directory);
    const fingerprint = server.box.fingerprint("accounts");
    const stop = new AbortController();
    let written = 0;
    const serving = (async () => {
      while (!stop.signal.aborted) {
        const token = `server-${(written += 1)}`;
        const version = await server.tokens.put("etrade-sandbox", aTokenSet({ token }));
        // Mostly reading, as a server does: the rotation gets the write lock in between.
        for (let reads = 0; reads < 200; reads += 1) {
          expect((await server.tokens.read("etrade-sandbox", version))?.accessToken.reveal()).toBe(token);
          await new Promise(setImmediate);
        }
      }
    })();
    for (const rotations of [1, 3, 2])
      await killAfter(rotations, "rotator", databasePath(directory), keyPath(directory));
    stop.abort();
    await serving;
    const reopened = openLaptop(directory);
    expect(await tokensOf(reopened)).toEqual(["one", "two", "three", "key-anna"]);
    expect((await reopened.tokens.read("etrade-sandbox", written))?.accessToken.reveal()).toBe(`server-${written}`);
    expect(sealedBox(openKeyFile(keyPath(directory))).fingerprint("accounts")).toBe(fingerprint);
  });

  it("bears several runs at once, each killed in the middle", async () => {
    const directory = temporaryDirectory();
    await filled(directory);
    const args = [databasePath(directory), keyPath(directory)];
    await Promise.all([2, 3, 4].map((rotations) => killAfter(rotations, "rotator", ...args)));
    expect(await tokensOf(openLaptop(directory))).toEqual(["one", "two", "three", "key-anna"]);
  });
});
