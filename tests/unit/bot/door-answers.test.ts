// The chat at the doors: the number that lets a page in, and /lock.
import { beforeEach, describe, expect, it } from "vitest";
import { botAnswers } from "../../../server/bot/answers.ts";
import { parseCallbackData } from "../../../server/bot/callback-data.ts";
import type { BotEffect } from "../../../server/bot/handlers.ts";
import type { WordingContext } from "../../../server/use-cases/dependencies.ts";
import { mintHandOver, spendHandOver } from "../../../server/use-cases/hand-over.ts";
import { showNumber } from "../../../server/use-cases/match-number.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { ownerChat } from "../../support/init-data.ts";
import { aTelegramBench, type TelegramBench } from "../use-cases/telegram-bench.ts";
import { prod } from "../use-cases/workbench.ts";

let telegram: TelegramBench;
const me = { chatId: ownerChat, firstName: "Owner" };

beforeEach(async () => {
  telegram = aTelegramBench();
  await telegram.bench.have(aConnection());
});

const answers = () => botAnswers(telegram.deps, "https://page");
/** Taps the button that has these words in the newest of `shown`. */
function tap(shown: readonly { buttons?: BotButtons }[], words: string | RegExp, from = me) {
  const buttons = (shown.at(-1)?.buttons ?? []).flat();
  const found = buttons.find(({ label }) => (typeof words === "string" ? label === words : words.test(label)));
  if (found === undefined) throw new Error(`There is no button ${words}.`);
  return answers().tap(parseCallbackData(found.data), from, "17");
}
type BotButtons = Extract<BotEffect, { do: "say" }>["buttons"];

const says = (effects: readonly BotEffect[]) => effects.filter((effect) => effect.do === "say");
const asked = () => telegram.chats.map(({ message }) => message);
const isLocked = async () => (await telegram.deps.records.people())[0]?.lockedAt !== null;

/** A page shows a number; resolves with it. */
async function showOne(): Promise<number> {
  const link = await mintHandOver(telegram.deps, "owner", prod);
  const handed = await spendHandOver(telegram.deps, link.reveal(), null, null);
  const match = typeof handed === "string" ? null : await showNumber(telegram.deps, handed, "Chrome on Android");
  return match?.outcome === "shown" ? match.number : 0;
}

describe("the question for the number", () => {
  it("names what is to be renewed and where, offers three numbers, and a way to say no", async () => {
    const number = await showOne();
    const [question] = asked();
    expect(question?.text).toBe(
      "🔑 A sign-in to renew E*TRADE production in Chrome on Android. Which number does the page show?",
    );
    const labels = question?.buttons?.map((row) => row.map(({ label }) => label)) ?? [];
    expect(labels).toEqual([expect.arrayContaining([`${number}`]), ["It wasn’t me"]]);
    expect(labels[0]).toHaveLength(3);
  });

  it("becomes what was answered, and is answered once", async () => {
    const number = await showOne();
    expect(await tap(asked(), `${number}`)).toEqual([
      { do: "toast", text: "Right. Go back to the page." },
      { do: "edit", text: expect.stringContaining("✅ The number is right.") },
    ]);
    expect(await tap(asked(), "It wasn’t me")).toEqual([{ do: "toast", text: expect.stringContaining("out of date") }]);
  });

  it("answered with another number, or with no, lets nobody in and says so", async () => {
    const number = await showOne();
    const other = new RegExp(`^(?!${number})\\d\\d$`);
    expect(await tap(asked(), other)).toContainEqual({
      do: "edit",
      text: expect.stringContaining("Nobody was let in"),
    });
    await showOne();
    expect(await tap(asked(), "It wasn’t me")).toContainEqual({ do: "edit", text: expect.stringContaining("/lock") });
  });

  it("is not answered by somebody else", async () => {
    const number = await showOne();
    await telegram.deps.records.commit({ person: aPerson({ id: "eve", name: "Eve", chatId: "222" }) });
    expect(await tap(asked(), `${number}`, { chatId: "222", firstName: "Eve" })).toEqual([
      { do: "toast", text: expect.stringContaining("out of date") },
    ]);
    expect(await tap(asked(), `${number}`, { chatId: "333", firstName: "Nobody" })).toEqual([]);
    expect(await tap(asked(), `${number}`)).toContainEqual({ do: "toast", text: "Right. Go back to the page." });
  });
});

describe("/lock", () => {
  it("asks first, and locks with one tap", async () => {
    const question = says(await answers().command("lock", "", me));
    expect(question).toMatchObject([{ buttons: [[{ label: "Lock everything", style: "danger" }]] }]);
    expect(await isLocked()).toBe(false);
    expect(await tap(question, "Lock everything")).toContainEqual({ do: "edit", text: expect.stringContaining("🔒") });
    expect(await isLocked()).toBe(true);
    expect((await telegram.bench.stores.records.journal(1))[0]).toMatchObject({ kind: "locked", by: { door: "chat" } });
  });

  it("asked more than ten minutes ago locks nothing any more, nor does a stranger's tap", async () => {
    const question = says(await answers().command("lock", "", me));
    await tap(question, "Lock everything", { chatId: "222", firstName: "Eve" });
    telegram.bench.now = telegram.bench.now.add({ minutes: 10, seconds: 1 });
    await tap(question, "Lock everything");
    expect(await isLocked()).toBe(false);
  });
});

describe("a note of who came in", () => {
  const entry = { kind: "entry", door: "passkey", device: "Safari on iPhone" } as const;
  const context: WordingContext = {
    now: Temporal.Instant.fromEpochMilliseconds(0),
    identities: new Map(),
    statuses: new Map(),
    connections: new Map(),
    confirmations: [],
    reader: null,
  };

  it("makes no sound, and says by which door and from where", () => {
    expect(telegram.deps.wording({ ...entry, outcome: "signed-in" }, context)).toEqual({
      text: "🔑 Signed in with a passkey (Safari on iPhone).",
      action: null,
      silent: true,
    });
    expect(telegram.deps.wording({ ...entry, device: null, outcome: "locked" }, context).text).toBe(
      "🚫 A sign-in with a passkey was refused: everything is locked.",
    );
  });
});
