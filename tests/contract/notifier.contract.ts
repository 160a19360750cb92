import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type ChannelKind, type ChatMessage, DeliveryError, type Notifier } from "../../server/ports.ts";
import { at } from "../support/builders.ts";
import { type Canaries, leaksIn } from "../support/canaries.ts";
import type { ChannelStandIn } from "../support/channel-server.ts";

export interface NotifierSubject {
  readonly notifier: Notifier;
  readonly standIn: Pick<ChannelStandIn, "delivered" | "faults" | "troubleNext">;
  /** What the adapter was given and must not show. */
  readonly secrets: Canaries;
}

export interface Limits {
  /** How long the notifier waits; its own patience by default. */
  readonly timeoutMs?: number;
}

export interface NotifierTraits {
  readonly channel: ChannelKind;
  /** Which troubles the channel can have at all, or its stand-in can play within a test. */
  readonly troubles: readonly ("gone" | "fault" | "busy" | "drop" | "hold")[];
  /** Whether it says how long it wants to be left alone. */
  readonly saysWhen: boolean;
  /** Whether a message can come without a sound. */
  readonly hasSound: boolean;
}

/** Everything that one channel or another reads as its own: Markdown, HTML, mrkdwn, SMTP's dot, names to call. */
const awkward = [
  "🔔 The market opens in 60 minutes 👩‍👩‍👧. Renewal *required* <b>now</b> &amp; _soon_:",
  "• E*TRADE production: \"quoted\" 'single' 5 > 4 & 3 < 4",
  "# head",
  "> quote",
  "- item ~~gone~~ ~x~ ||hidden|| `code` ```block```",
  ".",
  "",
  "From @everyone <!channel> <@123> [label](https://evil.example) back\\slash 50 % =3D é 日本語",
  "See https://docs.example/a_b*c?x=1&y=2 there.",
].join("\n");

const link = { label: "Renew <now> & go", url: "https://prebell.example/go?a=1&b=two_three*four#h" };

const loud = (text: string): ChatMessage => ({ text, action: link, silent: false });

export function testNotifier(
  create: (limits?: Limits) => NotifierSubject | Promise<NotifierSubject>,
  { channel, troubles, saysWhen, hasSound }: NotifierTraits,
): void {
  describe(`Notifier over ${channel}`, () => {
    const playable = (["gone", "fault", { retryAfter: 17 }, "drop", "hold"] as const).filter((trouble) =>
      troubles.includes(typeof trouble === "string" ? trouble : "busy"),
    );

    it("brings text and link as they are, whatever in them looks like markup", async () => {
      const { notifier, standIn } = await create();
      expect(notifier.channel).toBe(channel);
      await notifier.send(loud(awkward));
      expect(standIn.delivered).toEqual([{ text: awkward, link, loud: hasSound ? true : null }]);
      expect(standIn.faults).toEqual([]);
    });

    it("brings a message that asks for nothing", async () => {
      const { notifier, standIn } = await create();
      await notifier.send({ text: "✅ Renewed.", action: null, silent: true });
      expect(standIn.delivered).toEqual([{ text: "✅ Renewed.", link: null, loud: hasSound ? false : null }]);
      expect(standIn.faults).toEqual([]);
    });

    it("brings parts and buttons at least as plain text", async () => {
      const { notifier, standIn } = await create();
      await notifier.send({
        ...loud("The market opens in 58 minutes."),
        entities: [{ kind: "countdown", offset: 20, length: 10, at: at("2026-03-10T13:30:00Z") }],
        buttons: [[{ label: "Snooze", data: "snooze" }]],
      });
      expect(standIn.delivered.map(({ text }) => text)).toEqual(["The market opens in 58 minutes."]);
      expect(standIn.faults).toEqual([]);
    });

    it.each([
      ["letters", "No call. ".repeat(700)],
      ["one word without an end", "x".repeat(9_000)],
      ["emoji that must not be torn", "👩‍👩‍👧🇺🇸é".repeat(600)],
      ["characters that cost more on the way", '&<*_\\" '.repeat(800)],
    ])("cuts a text that is too long for the channel, and keeps the link: %s", async (_what, text) => {
      const { notifier, standIn } = await create();
      await notifier.send(loud(text));
      expect(standIn.faults).toEqual([]);
      const [message] = standIn.delivered;
      const shown = message?.text ?? "";
      expect(message?.link).toEqual(link);
      expect(shown.isWellFormed()).toBe(true);
      if (shown.trimEnd() === text.trimEnd()) return;
      expect(shown.endsWith("…")).toBe(true);
      expect(text.startsWith(shown.slice(0, -1))).toBe(true);
      expect(shown.length).toBeGreaterThan(400);
    });

    it("brings each of many messages sent at once exactly once", async () => {
      const { notifier, standIn } = await create();
      const texts = Array.from({ length: 8 }, (_none, index) => `Message ${index}.`);
      await Promise.all(texts.map((text) => notifier.send(loud(text))));
      expect(standIn.delivered.map(({ text }) => text).toSorted()).toEqual(texts);
    });

    it("says in one sentence whether a message would arrive, and sends none", async () => {
      const { notifier, standIn, secrets } = await create();
      const sentence = await notifier.check();
      expect(sentence).toMatch(/^\S.*\.$/);
      expect(leaksIn({ sentence }, secrets)).toEqual([]);
      expect(standIn.delivered).toEqual([]);
      expect(standIn.faults).toEqual([]);
    });

    it.each(playable)(
      "knows whether trying again would help after %j, and shows nothing it must not",
      async (trouble) => {
        const { notifier, standIn, secrets } = await create(trouble === "hold" ? { timeoutMs: 300 } : {});
        standIn.troubleNext(trouble);
        const error = await refusalOf(notifier.send(loud(awkward)));
        expect(standIn.delivered).toEqual([]);
        expect(error.permanent).toBe(trouble === "gone");
        expect(error.retryAfterSeconds).toBe(typeof trouble === "object" && saysWhen ? trouble.retryAfter : null);
        expect(error.message).toMatch(/^(?:[A-Z]|ntfy )[^\n]{20,200}\.$/);
        expect(error.message).not.toMatch(/:\/\//);
        const seen = {
          message: error.message,
          stack: error.stack ?? "",
          cause: inspect(error.cause, { depth: 10 }),
          whole: inspect(error, { depth: 10, showHidden: true }),
          json: JSON.stringify(error),
        };
        expect(leaksIn(seen, { ...secrets, text: "The market opens", link: link.url })).toEqual([]);
      },
    );

    it.each(playable.filter((trouble) => trouble !== "gone" && trouble !== "hold"))(
      "brings the next message after %j",
      async (trouble) => {
        const { notifier, standIn } = await create();
        standIn.troubleNext(trouble);
        await refusalOf(notifier.send(loud("Once.")));
        await notifier.send(loud("Again."));
        expect(standIn.delivered.map(({ text }) => text)).toEqual(["Again."]);
      },
    );
  });
}

export async function refusalOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError)) throw new Error("It was delivered, or failed in another way.");
  return error;
}
