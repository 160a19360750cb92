import { beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../server/domain/secret.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { type HandedOver, mintHandOver, spendHandOver } from "../../../server/use-cases/hand-over.ts";
import { lockPerson } from "../../../server/use-cases/lock.ts";
import { collectMatch, type Match, showNumber, tapNumber } from "../../../server/use-cases/match-number.ts";
import { findSession } from "../../../server/use-cases/sign-in.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { ownerChat } from "../../support/init-data.ts";
import { aTelegramBench, type TelegramBench } from "./telegram-bench.ts";
import { prod } from "./workbench.ts";

let telegram: TelegramBench;
const device = "Safari on iPhone";

beforeEach(async () => {
  telegram = aTelegramBench({ ids: [prod] });
  await telegram.bench.have(aConnection());
});

const link = async () => (await mintHandOver(telegram.deps, "owner", prod)).reveal();
const spend = async (token: string, here = null as HandedOver["person"] | null) =>
  spendHandOver(telegram.deps, token, here, device);

async function show(): Promise<Match> {
  const handed = await spend(await link());
  if (typeof handed === "string") throw new Error(`The link is ${handed}.`);
  return showNumber(telegram.deps, handed, device);
}

async function shown(): Promise<{ number: number; secret: string }> {
  const match = await show();
  if (match.outcome !== "shown") throw new Error(`No number: ${match.outcome}.`);
  return { number: match.number, secret: match.secret.reveal() };
}

const tap = (number: number | null, personId = "owner", id = telegram.question().id) =>
  tapNumber(telegram.deps, aPerson({ id: personId }), id, number);
const collect = (secret: string) => collectMatch(telegram.deps, secret, device);
const anotherThan = (number: number) => telegram.question().numbers.find((each) => each !== number) ?? 0;

async function failOnce(): Promise<void> {
  const { number } = await shown();
  expect(await tap(anotherThan(number))).toBe("wrong");
}

describe("a hand-over", () => {
  it("is spent once, however many open it together", async () => {
    const given = await link();
    const results = await Promise.all([spend(given), spend(given)]);
    expect(results.map((each) => (typeof each === "string" ? each : each.connection.id)).toSorted()).toEqual([
      prod,
      "spent",
    ]);
    expect(await spend(given)).toBe("spent");
  });

  it("is over after 120 seconds, and never was if it was guessed", async () => {
    const given = await link();
    telegram.bench.now = telegram.bench.now.add({ seconds: 120 });
    expect(await spend(given)).toBe("spent");
    expect(await spend("guessed")).toBe("spent");
  });

  it("is worth nothing once its person may not renew that connection any more", async () => {
    const { records } = telegram.deps;
    await records.commit({ person: aPerson({ id: "anna", role: "renewer" }) });
    const given = (await mintHandOver(telegram.deps, "anna", prod)).reveal();
    expect(await spend(given)).toBe("spent");
  });

  it("is refused in a browser where somebody else is signed in: a stranger's link wants your login", async () => {
    expect(await spend(await link(), aPerson({ id: "victim" }))).toBe("somebody-else");
    expect(await spend(await link(), aPerson())).toMatchObject({ person: { id: "owner" } });
  });

  it("is refused while its person, or the owner of the connection, locked everything; they read of it", async () => {
    const given = await link();
    await lockPerson(telegram.deps, "owner");
    expect(await spend(given)).toBe("locked");
    expect((await telegram.entries()).at(-1)).toContain("everything is locked");
  });
});

describe("the number", () => {
  it("is one of three that the chat offers, and tapped there it lets this page in: one renewal, fifteen minutes", async () => {
    const { number, secret } = await shown();
    expect(telegram.chats.map(({ to }) => to)).toEqual([ownerChat]);
    expect(telegram.chats[0]?.message).toMatchObject({ silent: false, text: expect.stringContaining(device) });
    const { numbers } = telegram.question();
    expect(new Set(numbers).size).toBe(3);
    expect(numbers).toContain(number);
    expect(await collect(secret)).toEqual({ outcome: "waiting" });
    expect(await tap(number)).toBe("approved");
    const collected = await collect(secret);
    const cookie = collected.outcome === "entered" ? collected.cookie : new Secret("");
    expect((await findSession(telegram.deps, cookie.reveal()))?.session).toMatchObject({
      door: "telegram",
      onlyFor: prod,
      personId: "owner",
      provenAt: null,
      expiresAt: telegram.bench.now.add({ minutes: 15 }),
    });
    expect(await telegram.entries()).toEqual(["signed-in: Owner signed in with a hand-over from Telegram."]);
    expect(await telegram.bench.stores.outbox.messages(9)).toMatchObject([
      { notice: { outcome: "signed-in", device } },
    ]);
    expect(await collect(secret)).toEqual({ outcome: "waiting" });
  });

  it("lets in nobody but the page that shows it", async () => {
    const { number } = await shown();
    expect(await tap(number)).toBe("approved");
    expect(await collect("guessed")).toEqual({ outcome: "waiting" });
    expect(await collect(`${number}`)).toEqual({ outcome: "waiting" });
  });

  it.each([
    ["another number", "wrong", "another number was tapped"],
    ["“It wasn’t me”", "not-me", "It wasn’t me"],
  ] as const)("ends with %s: nobody is let in, and it is written down", async (_what, result, words) => {
    const { number, secret } = await shown();
    expect(await tap(result === "wrong" ? anotherThan(number) : null)).toBe(result);
    expect(await tap(number)).toBe("lapsed");
    expect(await collect(secret)).toEqual({ outcome: "refused" });
    expect(await telegram.entries()).toEqual([expect.stringContaining(words)]);
  });

  it("is over after 120 seconds", async () => {
    const { number, secret } = await shown();
    telegram.bench.now = telegram.bench.now.add({ seconds: 120 });
    expect(await tap(number)).toBe("lapsed");
    expect(await collect(secret)).toEqual({ outcome: "waiting" });
  });

  it("still lets in who needs a while to come back from the chat, and nobody later", async () => {
    const first = await shown();
    telegram.bench.now = telegram.bench.now.add({ seconds: 119 });
    await tap(first.number);
    telegram.bench.now = telegram.bench.now.add({ seconds: 119 });
    expect(await collect(first.secret)).toMatchObject({ outcome: "entered" });
    const second = await shown();
    await tap(second.number);
    telegram.bench.now = telegram.bench.now.add({ seconds: 120 });
    expect(await collect(second.secret)).toEqual({ outcome: "waiting" });
  });

  it("is not tapped by somebody else: a forged tap neither opens it nor spoils it", async () => {
    const { number, secret } = await shown();
    expect(await tap(number, "eve")).toBe("lapsed");
    expect(await tap(number, "owner", "guessed")).toBe("lapsed");
    expect(await tap(anotherThan(number), "eve")).toBe("lapsed");
    expect(await collect(secret)).toEqual({ outcome: "waiting" });
    expect(await tap(number)).toBe("approved");
  });

  it("is shown no more for an hour after three wrong ones within the hour", async () => {
    await failOnce();
    telegram.bench.now = telegram.bench.now.add({ minutes: 25 });
    await failOnce();
    telegram.bench.now = telegram.bench.now.add({ minutes: 25 });
    await failOnce();
    expect(await show()).toEqual({ outcome: "too-many-wrong" });
    expect((await telegram.entries()).at(-1)).toContain("three numbers were wrong within the hour");
    // The first was 50 minutes ago.
    telegram.bench.now = telegram.bench.now.add({ minutes: 25 });
    expect(await show()).toMatchObject({ outcome: "shown" });
  });

  it("is not shown where the chat can't be asked", async () => {
    telegram.outages.push(new DeliveryError("Telegram can't be reached."));
    expect(await show()).toEqual({ outcome: "chat-unreachable" });
    await telegram.deps.records.commit({ person: aPerson({ chatId: null, revision: 1 }) });
    expect(await show()).toEqual({ outcome: "chat-unreachable" });
  });

  it("lets nobody in who locked everything after the tap", async () => {
    const { number, secret } = await shown();
    await tap(number);
    await lockPerson(telegram.deps, "owner");
    expect(await collect(secret)).toEqual({ outcome: "refused" });
  });
});
