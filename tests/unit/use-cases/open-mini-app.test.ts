import { beforeEach, describe, expect, it } from "vitest";
import { openMiniApp } from "../../../server/use-cases/open-mini-app.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { initData, ownerChat } from "../../support/init-data.ts";
import { aTelegramBench, type TelegramBench } from "./telegram-bench.ts";
import { morning } from "./workbench.ts";

let telegram: TelegramBench;
const [prod, sandbox] = ["etrade-prod", "etrade-sandbox"];

beforeEach(async () => {
  telegram = aTelegramBench({ ids: [prod, sandbox] });
  const { bench } = telegram;
  await bench.have(aConnection({ id: prod }));
  await bench.have(aConnection({ id: sandbox, environment: "sandbox" }));
});

const open = (data: string) => openMiniApp(telegram.deps, data, "Chrome on Android");

/** Who is welcomed, and for which connections there is a link. */
async function welcome(data: string): Promise<[string, string[]] | null> {
  const opened = await open(data);
  if (opened === null) return null;
  const linked = opened.handOvers.filter(({ secret }) => secret !== null);
  return [opened.person.name, linked.map(({ overview }) => overview.connection.id)];
}

describe("the Mini App", () => {
  it("knows its person by Telegram's word, and has a link for each connection they may renew", async () => {
    expect(await welcome(initData(morning))).toEqual(["Owner", [prod, sandbox]]);
    const secrets = (await open(initData(morning.add({ seconds: 1 }))))?.handOvers.map(({ secret }) =>
      secret?.reveal(),
    );
    expect(new Set(secrets).size).toBe(2);
    expect(await telegram.entries()).toEqual([]);
  });

  it("opens once with what Telegram signed: a copy of it opens nothing, and its person reads of that once", async () => {
    const data = initData(morning);
    const together = await Promise.all([welcome(data), welcome(data)]);
    expect(together.filter((each) => each !== null)).toHaveLength(1);
    expect(await welcome(data)).toBeNull();
    expect(await welcome(`${data}&`)).toBeNull();
    expect(await telegram.entries()).toEqual([
      "sign-in-refused: A sign-in as Owner with a hand-over from Telegram was refused: the Mini App was opened again with data that had been used.",
    ]);
    expect(await telegram.bench.stores.outbox.messages(9)).toMatchObject([
      { to: "owner", notice: { kind: "entry", outcome: "opened-twice", device: "Chrome on Android" } },
    ]);
  });

  it("refuses what is too old, and tells its person", async () => {
    telegram.bench.now = morning.add({ minutes: 5, seconds: 1 });
    expect(await welcome(initData(morning))).toBeNull();
    expect(await telegram.entries()).toEqual([expect.stringContaining("too long ago")]);
  });

  it.each([
    ["forged", initData(morning, { token: "1:forged" })],
    ["a stranger's", initData(morning, { userId: "1234567" })],
    ["nonsense", "hash=1"],
  ])("refuses what is %s, which is nobody's news", async (_what, data) => {
    expect(await welcome(data)).toBeNull();
    expect(await telegram.entries()).toEqual([]);
    expect(telegram.bench.logged).toMatchObject([{ event: "mini-app-refused" }]);
  });

  it("refuses who was removed", async () => {
    await telegram.bench.deps.records.commit({
      person: aPerson({ chatId: ownerChat, removedAt: morning, revision: 1 }),
    });
    expect(await welcome(initData(morning))).toBeNull();
  });

  it("shows somebody else only what is shared with them and theirs to renew", async () => {
    const { records } = telegram.bench.deps;
    const anna = aPerson({ id: "anna", name: "Anna", role: "renewer", chatId: "222" });
    const vera = aPerson({ id: "vera", name: "Vera", role: "viewer", chatId: "333" });
    await records.commit({ person: anna });
    await records.commit({ person: vera });
    await records.commit({ connection: { ...(await telegram.bench.connection(prod)), sharedWith: ["anna", "vera"] } });
    expect(await welcome(initData(morning, { userId: "222" }))).toEqual(["Anna", [prod]]);
    expect(await welcome(initData(morning, { userId: "333" }))).toEqual(["Vera", []]);
  });

  it("shows what is locked without a link, to whomever its owner shares it with", async () => {
    const { records } = telegram.bench.deps;
    await records.commit({ person: aPerson({ chatId: ownerChat, lockedAt: morning, revision: 1 }) });
    await records.commit({ person: aPerson({ id: "anna", name: "Anna", role: "renewer", chatId: "222" }) });
    await records.commit({ connection: { ...(await telegram.bench.connection(prod)), sharedWith: ["anna"] } });
    expect(await welcome(initData(morning))).toEqual(["Owner", []]);
    expect(await welcome(initData(morning, { userId: "222" }))).toEqual(["Anna", []]);
  });
});
