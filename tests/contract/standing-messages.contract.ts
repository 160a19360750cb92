import { describe, expect, it } from "vitest";
import type { Passage } from "../../server/domain/notice.ts";
import type { Outbox, RecordStore } from "../../server/ports.ts";
import { aMessage, now } from "./drafts.ts";

type Create = () => Promise<{ records: RecordStore; outbox: Outbox }> | { records: RecordStore; outbox: Outbox };

const lease = now.add({ seconds: 60 });
const later = now.add({ minutes: 5 });

/** Two tries over one channel, one over the next, which took it and can change it. */
const passage: Passage = {
  channel: "email-4f1a",
  reference: "4711",
  shown: "digest of what was shown",
  tries: [
    { channel: "telegram", startedAt: now, milliseconds: 15_000, failure: "Telegram did not answer." },
    { channel: "telegram", startedAt: now.add({ seconds: 20 }), milliseconds: 31, failure: "Blocked." },
    { channel: "email-4f1a", startedAt: now.add({ seconds: 21 }), milliseconds: 402, failure: null },
  ],
};

export function testStandingMessages(create: Create): void {
  /** The messages of these people, taken and delivered in the order they were queued. */
  async function delivered(...passages: (Passage | undefined)[]) {
    const { records, outbox } = await create();
    await records.commit({ messages: passages.map(() => aMessage()) });
    await outbox.takeMessages(now, lease);
    for (const [index, each] of passages.entries())
      // oxlint-disable-next-line no-await-in-loop -- a fixture
      await outbox.settleMessage(index + 1, {
        outcome: "delivered",
        at: now,
        text: `Message ${index + 1}`,
        ...(each === undefined ? {} : { passage: each }),
      });
    return { records, outbox };
  }

  describe("Outbox: the way of a message", () => {
    it("names the person, and the channel that is to be tried first", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage({ to: "anna", channel: "ntfy-77" }), aMessage()] });
      const fresh = { reference: null, shown: null, tries: [] };
      expect(await outbox.takeMessages(now, lease)).toMatchObject([
        { to: "anna", passage: { ...fresh, channel: "ntfy-77" } },
        { to: "owner", passage: { ...fresh, channel: null } },
      ]);
    });

    it("remembers every try, and which channel is tried next", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      const sofar = { ...passage, reference: null, shown: null };
      await outbox.settleMessage(1, { outcome: "retry", at: later, passage: sofar });
      expect(await outbox.takeMessages(later, later.add({ seconds: 60 }))).toMatchObject([
        { id: 1, attempts: 1, passage: sofar },
      ]);
    });

    it("stays as it was where a result says nothing of it", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage({ channel: "ntfy-77" })] });
      await outbox.takeMessages(now, lease);
      await outbox.settleMessage(1, { outcome: "retry", at: later });
      expect(await outbox.undeliveredMessages()).toMatchObject([{ passage: { channel: "ntfy-77" } }]);
      await outbox.takeMessages(later, later.add({ seconds: 60 }));
      await outbox.settleMessage(1, { outcome: "delivered", at: later, text: "Sent." });
      expect(await outbox.messages(1)).toMatchObject([{ passage: { channel: "ntfy-77" } }]);
    });
  });

  describe("Outbox: standing messages", () => {
    it("are those delivered that can be changed where they are, oldest first, whole", async () => {
      const { outbox } = await delivered(
        passage,
        { ...passage, shown: null },
        { ...passage, reference: "4712" },
        undefined,
      );
      const standing = await outbox.standingMessages();
      expect(standing).toMatchObject([
        { id: 1, state: "sent", text: "Message 1", passage },
        { id: 3, state: "sent", text: "Message 3", passage: { ...passage, reference: "4712" } },
      ]);
      expect(standing).toHaveLength(2);
    });

    it("show what they were changed to, and keep where they are", async () => {
      const { outbox } = await delivered(passage);
      await outbox.showMessage(1, { digest: "another digest", text: "✅ Renewed." });
      const expected = [
        { id: 1, state: "sent", text: "✅ Renewed.", passage: { ...passage, shown: "another digest" } },
      ];
      expect(await outbox.standingMessages()).toMatchObject(expected);
      expect(await outbox.messages(1)).toMatchObject(expected);
    });

    it("stand no more once that is said, and keep the words they had last", async () => {
      const { outbox } = await delivered(passage, { ...passage, reference: "4712" });
      await outbox.showMessage(1, { digest: "another digest", text: "✅ Renewed." });
      await outbox.showMessage(1, null);
      expect((await outbox.standingMessages()).map(({ id }) => id)).toEqual([2]);
      expect((await outbox.messages(9)).at(-1)).toMatchObject({ id: 1, text: "✅ Renewed.", state: "sent" });
      // Whoever looked before that comes too late.
      await outbox.showMessage(1, { digest: "too late", text: "?" });
      expect((await outbox.standingMessages()).map(({ id }) => id)).toEqual([2]);
      expect((await outbox.messages(9)).at(-1)).toMatchObject({ text: "✅ Renewed." });
    });

    it("are none of those still on their way, whatever is said of them", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.showMessage(1, { digest: "digest", text: "?" });
      await outbox.showMessage(7, { digest: "digest", text: "?" });
      expect(await outbox.standingMessages()).toEqual([]);
      expect(await outbox.messages(9)).toMatchObject([{ state: "waiting", text: null, passage: { shown: null } }]);
    });

    it("are as the first of two deliverers left them", async () => {
      const { outbox } = await delivered(passage);
      await outbox.settleMessage(1, {
        outcome: "delivered",
        at: later,
        text: "Sent by the second.",
        passage: { ...passage, reference: "4999", shown: "second" },
      });
      expect(await outbox.standingMessages()).toMatchObject([{ text: "Message 1", passage }]);
    });
  });
}
