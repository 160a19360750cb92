// A message on its way to several people over several channels: it goes on until one takes it, and nobody's is lost.
import { describe, expect, it } from "vitest";
import type { Person } from "../../../server/domain/person.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { aPerson } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aToldBench, down, email, gone, slack, type ToldBench } from "./told.ts";

const on = (time: string) => newYork("2026-03-10", time);
const first = (bench: ToldBench, id: string) =>
  bench.channel(id).came.map(({ message }) => message.text.split("\n")[0] ?? "");
const opens = "🔔 The market opens at 09:30 New York time. Renewal required:";
const broken = (label: string, why: string) =>
  `⚠️ Messages no longer reach you by ${label}. ${why} Until that is mended they come here.`;
const blocked = "Blocked. Open the bot and press Start.";

const anna = (overrides: Partial<Person> = {}) => aPerson({ chatId: "1", channels: [slack, email], ...overrides });

describe("a channel that refuses for good", () => {
  it("gives way at once, and the next one says so, once a day", async () => {
    const bench = await aToldBench({ people: [anna()] });
    bench.channel("telegram-1").trouble = gone();
    await bench.tickAt(on("08:30"));
    expect(first(bench, "slack").toSorted()).toEqual([broken("Telegram chat ••", blocked), opens].toSorted());
    await bench.tickAt(on("09:00"));
    expect(first(bench, "slack").filter((text) => text === opens)).toHaveLength(2);
    expect(first(bench, "slack")).toHaveLength(3);
    expect(bench.logged.filter(({ event }) => event === "channel-broken")).toHaveLength(2);
  });

  it("and the one after it too: the third has the message and both words in the same run", async () => {
    const bench = await aToldBench({ people: [anna()] });
    bench.channel("telegram-1").trouble = gone();
    bench.channel("slack").trouble = gone();
    await bench.tickAt(on("08:30"));
    const texts = first(bench, "email");
    expect(texts).toContain(opens);
    expect(texts).toContain(broken("Telegram chat ••", blocked));
    expect(texts.find((text) => text.includes("by Slack"))).toBeDefined();
    expect(texts).toHaveLength(3);
  });

  it("and is the only one is not told of over itself; once it works the message comes, and nothing else", async () => {
    const bench = await aToldBench();
    const chat = bench.channel("telegram-1");
    chat.trouble = gone();
    await bench.tickAt(on("08:30"));
    chat.trouble = null;
    await bench.tickAt(on("08:31"));
    expect(first(bench, "telegram-1")).toEqual([opens]);
  });

  it("is never the one that the word about it ends up at", async () => {
    const bench = await aToldBench({ people: [anna({ channels: [slack] })] });
    bench.channel("telegram-1").next.push(gone());
    bench.channel("slack").trouble = down();
    for (const time of ["08:30", "08:31", "08:32", "08:35", "08:40"])
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await bench.tickAt(on(time));
    // The reminder went back to the chat, which works again; the word waits for the other one.
    expect(first(bench, "telegram-1")).toEqual([opens]);
    bench.channel("slack").trouble = null;
    await bench.tickAt(on("08:50"));
    expect(first(bench, "slack")).toEqual([broken("Telegram chat ••", blocked)]);
  });
});

describe("a channel that fails for a while", () => {
  it("has its minute, then the next one has the message at once; nobody is alarmed", async () => {
    const bench = await aToldBench({ people: [anna()] });
    bench.channel("telegram-1").trouble = down();
    const took: string[] = [];
    for (const time of ["08:30:00", "08:30:05", "08:30:20", "08:30:50", "08:31:00"]) {
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await bench.tickAt(on(time));
      took.push(`${time} ${first(bench, "slack").length}`);
    }
    expect(took).toEqual(["08:30:00 0", "08:30:05 0", "08:30:20 0", "08:30:50 0", "08:31:00 1"]);
    expect(first(bench, "slack")).toEqual([opens]);
  });

  it("is left as soon as its reader wishes", async () => {
    const wishes = { ...anna().wishes, nextChannelAfterSeconds: 0 };
    const bench = await aToldBench({ people: [anna({ wishes })] });
    bench.channel("telegram-1").trouble = down();
    await bench.tickAt(on("08:30"));
    expect(first(bench, "slack")).toEqual([opens]);
  });

  it("is asked at least once a minute again while a renewal is needed", async () => {
    const bench = await aToldBench();
    const chat = bench.channel("telegram-1");
    chat.trouble = down();
    for (let second = 0; second < 1200; second += 5)
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await bench.tickAt(on("08:30").add({ seconds: second }));
    chat.trouble = null;
    const back = bench.now;
    for (let second = 0; second <= 60; second += 5)
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await bench.tickAt(back.add({ seconds: second }));
    expect(first(bench, "telegram-1")).toEqual([opens]);
  });
});

describe("people", () => {
  const owner = aPerson({ chatId: "1" });
  const ben = aPerson({ id: "ben", name: "Ben", role: "renewer", chatId: "2" });

  it("are told apart: the trouble of one holds up nobody else", async () => {
    const bench = await aToldBench({ people: [owner, ben], sharedWith: ["ben"] });
    await bench.tickAt(on("08:30"));
    bench.channel("telegram-1").trouble = down();
    await bench.tickAt(on("09:15"));
    expect(first(bench, "telegram-2")).toEqual([
      "🔔 Last call: the market opens at 09:30 New York time. Renewal required:",
    ]);
    expect(bench.channel("telegram-2").came[0]?.message.text).toContain("Owner did not answer. Can you?");
  });

  it("who were removed before their message went out get none", async () => {
    const bench = await aToldBench({ people: [owner, ben], sharedWith: ["ben"] });
    bench.channel("telegram-2").trouble = down();
    await bench.tickAt(on("09:15"));
    const person = (await bench.stores.records.people()).find(({ id }) => id === "ben") ?? ben;
    await bench.stores.records.commit({ person: { ...person, removedAt: bench.now } });
    bench.channel("telegram-2").trouble = null;
    await bench.tickAt(on("09:16"));
    expect(first(bench, "telegram-2")).toEqual([]);
    expect(await bench.stores.outbox.undeliveredMessages()).toEqual([]);
  });
});

it("every try is kept with its channel, its time and what it met", async () => {
  const bench = await aToldBench({ people: [anna()] });
  bench.channel("telegram-1").next.push(new DeliveryError("Telegram did not answer.", { permanent: true }));
  await bench.tickAt(on("08:30"));
  const messages = await bench.stores.outbox.messages(9);
  const reminder = messages.find(({ notice }) => notice.kind === "renewal-required");
  expect(reminder?.passage).toMatchObject({
    channel: "slack",
    tries: [
      { channel: "telegram", failure: "Telegram did not answer." },
      { channel: "slack", failure: null },
    ],
  });
  expect([await deliverMessages(bench.deps), reminder?.attempts]).toEqual([{ sent: 0, waiting: 0 }, 1]);
});
