import { describe, expect, it } from "vitest";
import type { Outbox, RecordStore } from "../../server/ports.ts";
import { at } from "../support/builders.ts";
import { aMessage, anEvent, now } from "./drafts.ts";

type Create = () => Promise<{ records: RecordStore; outbox: Outbox }> | { records: RecordStore; outbox: Outbox };

const lease = now.add({ seconds: 60 });
const later = now.add({ minutes: 5 });

export function testOutbox(create: Create): void {
  describe("Outbox: messages", () => {
    it("hands out due messages oldest first, each to one taker", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage(), aMessage({ at: later }), aMessage()] });
      expect((await outbox.takeMessages(now, lease)).map(({ id, state }) => [id, state])).toEqual([
        [1, "sending"],
        [3, "sending"],
      ]);
      expect(await outbox.takeMessages(now, lease)).toEqual([]);
    });

    it("gives back the notice as it was queued", async () => {
      const { records, outbox } = await create();
      const failure = { kind: "misconfigured", reason: "clock-skew", httpStatus: 401 } as const;
      const notice = { kind: "keepalive-failing", connection: "etrade-prod", failures: 3, failure } as const;
      await records.commit({ messages: [aMessage({ notice, at: at("2026-03-10T12:30:00.005Z") })] });
      expect(await outbox.messages(1)).toEqual([
        {
          id: 1,
          to: "owner",
          notice,
          passage: { channel: null, reference: null, shown: null, tries: [] },
          createdAt: at("2026-03-10T12:30:00.005Z"),
          state: "waiting",
          attempts: 0,
          nextAttemptAt: at("2026-03-10T12:30:00.005Z"),
          sentAt: null,
          text: null,
        },
      ]);
    });

    it("hands a message out again when its taker's lease is over", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      expect(await outbox.takeMessages(lease.subtract({ milliseconds: 1 }), later)).toEqual([]);
      expect(await outbox.takeMessages(lease, later)).toHaveLength(1);
    });

    it("remembers the text of a sent message and never hands it out again", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      await outbox.settleMessage(1, { outcome: "delivered", at: now, text: "Renewed." });
      expect(await outbox.takeMessages(later, later)).toEqual([]);
      expect(await outbox.messages(9)).toMatchObject([{ state: "sent", sentAt: now, text: "Renewed.", attempts: 0 }]);
    });

    it("waits for the next attempt after a failed one, and counts it", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      await outbox.settleMessage(1, { outcome: "retry", at: later });
      expect(await outbox.messages(9)).toMatchObject([{ state: "waiting", attempts: 1, nextAttemptAt: later }]);
      expect(await outbox.takeMessages(later.subtract({ milliseconds: 1 }), later)).toEqual([]);
      expect(await outbox.takeMessages(later, later.add({ seconds: 60 }))).toMatchObject([{ id: 1, attempts: 1 }]);
    });

    it("drops a message for good", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      await outbox.settleMessage(1, { outcome: "dropped", at: now });
      expect(await outbox.takeMessages(later, later)).toEqual([]);
      expect(await outbox.messages(9)).toMatchObject([{ state: "dropped", sentAt: null, text: null }]);
    });

    it("believes a late delivery, and no late failure after it", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage()] });
      await outbox.takeMessages(now, lease);
      await outbox.takeMessages(lease, later);
      await outbox.settleMessage(1, { outcome: "delivered", at: lease, text: "Sent by the first." });
      await outbox.settleMessage(1, { outcome: "retry", at: later });
      await outbox.settleMessage(1, { outcome: "delivered", at: later, text: "Sent by the second." });
      expect(await outbox.messages(9)).toMatchObject([{ state: "sent", sentAt: lease, text: "Sent by the first." }]);
    });

    it("lists the newest first", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage(), aMessage(), aMessage()] });
      expect((await outbox.messages(2)).map(({ id }) => id)).toEqual([3, 2]);
    });

    it("lists what the channel has not taken, oldest first, being sent or not", async () => {
      const { records, outbox } = await create();
      expect(await outbox.undeliveredMessages()).toEqual([]);
      await records.commit({ messages: [aMessage(), aMessage({ at: later }), aMessage(), aMessage()] });
      await outbox.takeMessages(now, lease);
      await outbox.settleMessage(1, { outcome: "delivered", at: now, text: "Sent." });
      await outbox.settleMessage(3, { outcome: "retry", at: later });
      await outbox.settleMessage(4, { outcome: "dropped", at: now });
      expect((await outbox.undeliveredMessages()).map(({ id, attempts }) => [id, attempts])).toEqual([
        [2, 0],
        [3, 1],
      ]);
    });

    it("ignores a result for a message it does not know", async () => {
      const { outbox } = await create();
      await outbox.settleMessage(7, { outcome: "delivered", at: now, text: "?" });
      expect(await outbox.messages(9)).toEqual([]);
    });
  });

  describe("Outbox: events", () => {
    it("numbers events from 1 and gives them back whole", async () => {
      const { records, outbox } = await create();
      expect(await outbox.lastSequence()).toBe(0);
      const bare = anEvent({
        id: "b",
        type: "authorization.needed",
        secretVersion: null,
        issuedAt: null,
        expiresAt: null,
      });
      await records.commit({ events: [anEvent({ id: "a" }), bare] });
      await records.commit({ events: [anEvent({ id: "c" })] });
      expect(await outbox.eventsAfter(0, 9)).toEqual([
        { ...anEvent({ id: "a" }), sequence: 1 },
        { ...bare, sequence: 2 },
        { ...anEvent({ id: "c" }), sequence: 3 },
      ]);
      expect(await outbox.lastSequence()).toBe(3);
    });

    it("pages events from where a reader left off", async () => {
      const { records, outbox } = await create();
      await records.commit({ events: [anEvent(), anEvent(), anEvent()] });
      const page = await outbox.eventsAfter(1, 1);
      expect(page.map(({ sequence }) => sequence)).toEqual([2]);
      expect(await outbox.eventsAfter(3, 9)).toEqual([]);
    });

    it("delivers one after the other, in order", async () => {
      const { records, outbox } = await create();
      await records.commit({ events: [anEvent({ id: "a" }), anEvent({ id: "b" })] });
      expect(await outbox.takeEvent(now, lease)).toEqual({ ...anEvent({ id: "a" }), sequence: 1, attempts: 0 });
      expect(await outbox.takeEvent(now, lease)).toBeNull();
      await outbox.settleEvent(1, { outcome: "delivered", at: now, text: null });
      expect(await outbox.takeEvent(now, lease)).toMatchObject({ id: "b", sequence: 2 });
    });

    it("hands an event out again when its taker's lease is over", async () => {
      const { records, outbox } = await create();
      await records.commit({ events: [anEvent()] });
      await outbox.takeEvent(now, lease);
      expect(await outbox.takeEvent(lease.subtract({ milliseconds: 1 }), later)).toBeNull();
      expect(await outbox.takeEvent(lease, later)).toMatchObject({ sequence: 1 });
    });

    it("holds younger events back until a failed one is tried again", async () => {
      const { records, outbox } = await create();
      await records.commit({ events: [anEvent({ id: "a" }), anEvent({ id: "b" })] });
      await outbox.takeEvent(now, lease);
      await outbox.settleEvent(1, { outcome: "retry", at: later });
      expect(await outbox.takeEvent(lease, later)).toBeNull();
      expect(await outbox.takeEvent(later, later)).toMatchObject({ id: "a", attempts: 1 });
    });

    it("goes on after a dropped event", async () => {
      const { records, outbox } = await create();
      await records.commit({ events: [anEvent({ id: "a" }), anEvent({ id: "b" })] });
      await outbox.takeEvent(now, lease);
      await outbox.settleEvent(1, { outcome: "dropped", at: now });
      expect(await outbox.takeEvent(now, lease)).toMatchObject({ id: "b" });
      expect(await outbox.eventsAfter(0, 9)).toHaveLength(2);
    });

    it("shows what is not delivered yet, and since when", async () => {
      const { records, outbox } = await create();
      expect(await outbox.eventBacklog()).toEqual({ count: 0, oldestAt: null });
      await records.commit({ events: [anEvent(), anEvent({ at: later }), anEvent({ at: later })] });
      expect(await outbox.eventBacklog()).toEqual({ count: 3, oldestAt: now });
      await outbox.takeEvent(now, lease);
      await outbox.settleEvent(1, { outcome: "delivered", at: now, text: null });
      expect(await outbox.eventBacklog()).toEqual({ count: 2, oldestAt: later });
    });

    it("tells when a version was announced, by the event that announced it", async () => {
      const { records, outbox } = await create();
      await records.commit({
        events: [anEvent({ secretVersion: 2 }), anEvent({ type: "token.expired", secretVersion: 3 })],
      });
      expect(await outbox.announcedAt("etrade-prod", 2)).toBeNull();
      await outbox.settleEvent(1, { outcome: "delivered", at: later, text: null });
      await outbox.settleEvent(2, { outcome: "delivered", at: later, text: null });
      expect(await outbox.announcedAt("etrade-prod", 2)).toEqual(later);
      expect(await outbox.announcedAt("etrade-prod", 3)).toBeNull();
      expect(await outbox.announcedAt("etrade-sandbox", 2)).toBeNull();
    });
  });
}
