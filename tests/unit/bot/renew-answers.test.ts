import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aPerson, aToken, at } from "../../support/builders.ts";
import { identityOf, pin } from "../use-cases/workbench.ts";
import { type ChatBench, aChatBench, aDeadConnection, pageUrl, sandbox } from "./chat-bench.ts";

const prod = "etrade-prod";
const proven = "✅ E*TRADE production renewed: version 2, verified by a real call.";

let chat: ChatBench;

beforeEach(async () => {
  chat = await aChatBench();
});
afterEach(() => expect(chat.telegram.faults).toEqual([]));

const stored = async (id = prod) => (await chat.bench.connection(id)).token?.version;
const exchanges = (id = prod) => chat.bench.provider(id).calls.filter((call) => call.startsWith("exchange"));
/** What was written besides commands and still stands in the chat. */
const written = () =>
  chat.me.messages.filter(({ by, text }) => by === "person" && !text.startsWith("/")).map(({ text }) => text);
const events = () => chat.bench.logged.map(({ event }) => event);

async function write(text: string): Promise<readonly string[]> {
  const before = new Set(chat.me.messages.map(({ id }) => id));
  chat.me.write(text);
  await chat.bring();
  return chat.me.messages.filter(({ by, id }) => by === "bot" && !before.has(id)).map((message) => message.text);
}

async function tap(button: string): Promise<string | null | undefined> {
  const tapped = chat.me.tap(button);
  await chat.bring();
  return tapped.answer()?.text;
}

describe("a renewal in the chat", () => {
  it("goes from the button to the stored token, and the code does not stay", async () => {
    await chat.tickAt("08:30");
    expect(await tap("Renew in this chat")).toBe("Here is the link.");
    const [, link, question] = chat.me.messages;
    expect(link).toMatchObject({
      text: "🔑 E*TRADE production\n1. Log in at E*TRADE: the link is good until 08:35 New York time.\n2. Send me the code it shows at the end.",
      buttons: [
        [{ text: "Log in at E*TRADE", url: "https://broker.example/authorize?token=request-1" }],
        [{ text: "Give up", callback_data: "cancel:id-3" }],
      ],
    });
    expect(question).toMatchObject({ asksReply: true, placeholder: "Code, such as MX9ES" });
    expect(chat.texts()[0]).toContain("⏳ E*TRADE production: login begun at the broker");

    chat.me.write(" mx 9es\n", { replyTo: question?.id ?? 0 });
    await chat.bring();
    expect([await stored(), exchanges(), written()]).toEqual([2, ["exchange request-1 MX9ES"], []]);
    expect(chat.lastText()).toBe(proven);
    expect(chat.texts()[0]).toContain("✅ Renewed 08:30, 60 min before the open.");
    // Nothing rings for what the person just did.
    expect(chat.me.messages.at(-1)?.silent).toBe(true);
    const entry = (await chat.bench.stores.records.journal(9)).find(({ kind }) => kind === "token-stored");
    expect(entry?.by).toEqual({ personId: "owner", name: "Owner", door: "chat" });
  });

  it("shows the confirmation of the trading system where it stands", async () => {
    await chat.tickAt("08:30");
    await tap("Renew in this chat");
    await write("MX9ES");
    const confirmation = { connectionId: prod, consumer: "opening-range-bot", version: 2, at: chat.bench.now };
    const entry = { at: chat.bench.now, kind: "consumer-confirmed", connectionId: prod, text: "Confirmed." } as const;
    await chat.bench.stores.records.confirm(confirmation, entry);
    await chat.bring();
    expect(chat.texts()[0]).toContain("opening-range-bot runs on it since 08:30:00");
  });

  it.each(["/renew", "/renew etrade-prod", "/renew e*trade", "/renew ETRADE production"])(
    "begins with %s as well",
    async (command) => {
      expect((await write(command)).map((text) => text.split("\n")[0])).toEqual([
        "🔑 E*TRADE production",
        "The code, please. I take your message away as soon as I have it.",
      ]);
    },
  );

  it("tapped twice gives one link", async () => {
    await chat.tickAt("08:30");
    const taps = [chat.me.tap("Renew in this chat"), chat.me.tap("Renew in this chat")];
    await chat.bring();
    expect(taps.map((each) => each.answer()?.text)).toEqual([
      "Here is the link.",
      "The link is above; it still counts.",
    ]);
    expect(chat.texts().filter((text) => text.startsWith("🔑"))).toHaveLength(1);
  });

  it("begun anew says that the link before no longer counts, and takes the code of the new one alone", async () => {
    await write("/renew");
    const [link] = await write("/renew");
    expect(link?.split("\n").at(-1)).toBe("The link before this one no longer counts.");
    await write("MX9ES");
    expect([exchanges(), await stored()]).toEqual([["exchange request-2 MX9ES"], 2]);
  });

  it("lets a code be wrong twice, and ends with a word the third time", async () => {
    await write("/renew");
    const refusal = failed("token-rejected", 401);
    chat.bench.provider().next.exchange.push(refusal, refusal, refusal);
    const wrong = "E*TRADE production: E*TRADE did not accept that code.";
    expect(await write("AAAA1")).toEqual([
      `${wrong} Check it and try again (2 left), or start again. Nothing stored has changed.`,
    ]);
    expect(await write("AAAA2")).toEqual([
      `${wrong} Check it and try again (1 left), or start again. Nothing stored has changed.`,
    ]);
    expect(await write("AAAA3")).toEqual([
      "❌ E*TRADE production: the renewal failed. The broker refused the code three times. Start again for a new code. The token before it is untouched.",
    ]);
    expect(await write("AAAA4")).toEqual([`${wrong} Start again for a new one. Nothing stored has changed.`]);
    expect([written(), exchanges().length, await stored()]).toEqual([[], 3, 1]);
  });

  it("answers a code that comes too late, twice, or as no code", async () => {
    await write("/renew");
    expect(await write("not a code!")).toEqual([
      "E*TRADE production: That is not a code as E*TRADE gives them: 4 to 10 letters and digits, such as MX9ES. Nothing stored has changed.",
    ]);
    chat.setTo("08:35");
    expect(await write("MX9ES")).toEqual([
      "E*TRADE production: Too late: the link and its code have run out. Start again. Nothing stored has changed.",
    ]);
    await write("/renew");
    expect(await write("MX9ES")).toEqual([proven]);
    expect(await write("MX9ES")).toEqual([
      "E*TRADE production: That code has done its work already: the new token is stored. Nothing more to do.",
    ]);
    // Words stay; codes do not.
    expect([written(), exchanges().length]).toEqual([["not a code!"], 1]);
  });

  it("can be given up, once", async () => {
    await write("/renew");
    const link = chat.me.messages.find(({ text }) => text.startsWith("🔑"))?.id ?? 0;
    expect(await tap("Give up")).toBe("Given up.");
    expect(chat.me.messages.find(({ id }) => id === link)?.text).toContain("Given up. What was in place before");
    const again = chat.me.forge({ data: "cancel:id-3", message: link });
    await chat.bring();
    expect(again.answer()?.text).toContain("out of date");
    expect(await write("MX9ES")).toEqual([
      "E*TRADE production: No renewal is waiting for a code here. Tap Renew first.",
    ]);
    expect(exchanges()).toEqual([]);
  });

  it("tells nothing of the code to the log or the journal", async () => {
    await write("/renew");
    await write("MX9ES");
    const journal = await chat.bench.stores.records.journal(99);
    expect(JSON.stringify([chat.bench.logged, journal, chat.bench.sent])).not.toContain("MX9ES");
  });
});

describe("a code that nobody waits for", () => {
  it.each([
    "MX9ES",
    "mx9es",
    "https://127.0.0.1/?code=C0.abc%40&session=1&state=s",
    "code=C0.b2F1dGgyLmNkYy5zY2h3YWIuY29t",
  ])("(%s) is taken away with a friendly word", async (text) => {
    expect(await write(text)).toEqual([
      "That looks like a code, but no renewal waits for one here, so I took it away. /renew starts one.",
    ]);
    expect(written()).toEqual([]);
  });

  it.each(["hello", "what do I do now?", "thanks a lot 123 times"])("(%s) gets the help, and stays", async (text) => {
    expect(await write(text)).toEqual([expect.stringContaining("/renew – ")]);
    expect(written()).toEqual([text]);
  });
});

describe("what is not for the chat", () => {
  it("the first login of a connection is made on the page", async () => {
    chat = await aChatBench({ connections: [aDeadConnection(prod, { pin: null, token: null, lastSuccess: null })] });
    expect(await write("/renew")).toEqual([
      `E*TRADE production: its first login is made on the page, where a passkey confirms that these are the right accounts. After that you can renew it here.\n${pageUrl}`,
    ]);
    expect(chat.bench.provider().calls).toEqual([]);
  });

  it("nor is a pin that went missing meanwhile: the new login is revoked, nothing is stored", async () => {
    await write("/renew");
    const connection = await chat.bench.connection();
    await chat.bench.stores.records.commit({ connection: { ...connection, pin: null } });
    expect(await write("MX9ES")).toEqual([expect.stringContaining("its first login is made on the page")]);
    expect([await stored(), (await chat.bench.connection()).pin]).toEqual([1, null]);
    expect(chat.bench.provider().calls).toContain("revoke access-1");
  });

  it("other accounts than the pinned ones are refused, and their owner is alarmed", async () => {
    await write("/renew");
    chat.bench
      .provider()
      .next.listAccounts.push(succeeded([{ accountId: "666", accountIdKey: "k", description: "Other" }]));
    const [alarm, ...more] = await write("MX9ES");
    expect(alarm).toContain("🚨 E*TRADE production: a login opened OTHER accounts.");
    expect([more, await stored(), written()]).toEqual([[], 1, []]);
  });

  it("whoever locked everything renews nothing, neither begun before nor after", async () => {
    await write("/renew");
    const [person = aPerson()] = await chat.bench.stores.records.people();
    await chat.bench.stores.records.commit({ person: { ...person, lockedAt: chat.bench.now } });
    const locked = expect.stringContaining("Renewals are locked, by /lock in the chat.");
    expect([await write("MX9ES"), await write("/renew")]).toEqual([[locked], [locked]]);
    expect([exchanges(), written()]).toEqual([[], []]);
  });

  it("a good login is not replaced by an old button, only by the written word", async () => {
    const token = aToken({ issuedAt: at("2026-03-10T04:05:00Z") });
    chat = await aChatBench({
      connections: [
        aConnection({ ...identityOf(prod), token, pin, lastSuccess: { at: token.issuedAt, call: "accounts-list" } }),
      ],
    });
    await write("/help");
    const old = chat.me.forge({ data: "renew:etrade-prod" });
    await chat.bring();
    expect(old.answer()?.text).toBe("It needs nothing now.");
    expect(await write("/renew")).toEqual(["Nothing needs you now. To log in anew all the same: /renew etrade-prod"]);
    expect((await write("/renew etrade-prod"))[0]).toContain("🔑 E*TRADE production");
  });
});

describe("while the broker or the store makes trouble", () => {
  it("a broker that gives no link is told, with the remedy", async () => {
    chat.bench.provider().next.beginAuthorization.push(failed("maintenance", 500));
    expect(await write("/renew")).toEqual([
      "E*TRADE production: E*TRADE is under maintenance. The token is untouched. Try again in a moment.",
    ]);
  });

  it("a proof that has to wait is told now, and the success when it is there", async () => {
    await write("/renew");
    chat.bench.provider().next.listAccounts.push(failed("timed-out"));
    expect(await write("MX9ES")).toEqual([expect.stringContaining("the code was right and the new token is safe")]);
    expect(await write("MX9ES")).toEqual([expect.stringContaining("being worked on this very moment")]);
    chat.setTo("08:31");
    await runTick(chat.deps);
    expect([chat.lastText(), await stored()]).toEqual([proven, 2]);
  });

  it("a store that breaks off leaves no code in the chat, and recovery tells how it went", async () => {
    await write("/renew");
    chat.bench.provider().next.exchange.push(new Error("The process was cut off."));
    expect(await write("MX9ES")).toEqual([expect.stringContaining("Something broke inside Prebell")]);
    expect([written(), events().includes("chat-renewal-failed")]).toEqual([[], true]);
    await runTick(chat.deps);
    expect(chat.texts().find((text) => text.startsWith("❌"))).toContain(
      "It was interrupted while the code was on its way",
    );
  });
});

describe("of several connections", () => {
  beforeEach(async () => {
    chat = await aChatBench({ connections: [aDeadConnection(), aDeadConnection(sandbox)] });
  });

  it("/renew asks which, and a tap decides", async () => {
    expect(await write("/renew")).toEqual(["Which one?"]);
    expect(chat.labels()).toEqual(["E*TRADE production", "E*TRADE sandbox"]);
    await tap("E*TRADE sandbox");
    expect(chat.texts().at(-2)).toContain("🔑 E*TRADE sandbox");
    expect(await write("/renew schwab")).toEqual(['There is no connection "schwab" here. Which one?']);
  });

  it("the one begun last is the one that the code is for", async () => {
    await write("/renew etrade-prod");
    const [link] = await write("/renew etrade-sandbox");
    expect(link).toContain("The link before this one no longer counts.");
    await write("MX9ES");
    expect([exchanges(), exchanges(sandbox)]).toEqual([[], ["exchange request-1 MX9ES"]]);
  });
});
