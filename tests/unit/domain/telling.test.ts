import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel } from "../../../server/domain/channel.ts";
import { unsent, type Try } from "../../../server/domain/notice.ts";
import { usualWishes } from "../../../server/domain/person.ts";
import { channelAfter, channelNow, channelsOf } from "../../../server/domain/telling.ts";
import { aPerson, at } from "../../support/builders.ts";

const mail: Channel = { kind: "email", id: "mail", address: "owner@example.com" };
const second: Channel = { kind: "email", id: "second", address: "second@example.com" };
const now = at("2026-03-10T12:30:00Z");
const chat = { kind: "telegram", id: "telegram", chatId: "7" };

const failedAt = (channel: string, secondsAgo: number): Try => ({
  channel,
  startedAt: now.subtract({ seconds: secondsAgo }),
  milliseconds: 20,
  failure: "It can't be reached.",
});

describe("where a person is told", () => {
  it("is their chat first, then what the configuration names for the owner, then their own channels", () => {
    const owner = aPerson({ chatId: "7", channels: [second] });
    expect(channelsOf(owner, [mail])).toEqual([chat, mail, second]);
    expect(channelsOf({ ...owner, id: "anna" }, [mail])).toEqual([chat, second]);
  });

  it("is the order they wish, with what they did not name behind", () => {
    const wishes = { ...usualWishes, order: ["second", "gone"] };
    const owner = aPerson({ chatId: "7", channels: [second], wishes });
    expect(channelsOf(owner, [mail]).map(({ id }) => id)).toEqual(["second", "telegram", "mail"]);
  });

  it("is the page where there is nothing else", () => {
    expect(channelsOf(aPerson(), [])).toEqual([{ kind: "panel", id: "panel" }]);
  });

  it("is the first channel again once the one a message was at is gone", () => {
    expect(channelNow([mail, second], unsent("second")).id).toBe("second");
    expect(channelNow([mail, second], unsent("gone")).id).toBe("mail");
  });
});

describe("after a failure", () => {
  const patient = { permanent: false, seconds: 60, wishedSeconds: null };
  it("the same channel is tried until its time is up, then the next one at once", () => {
    const after = (secondsAgo: number) =>
      channelAfter([mail, second], mail, [failedAt("mail", secondsAgo)], now, patient);
    expect(after(59)).toEqual({ channel: mail, atOnce: false, withinSeconds: 1 });
    expect(after(60)).toEqual({ channel: second, atOnce: true, withinSeconds: null });
  });

  it("one that wants to be left alone for longer than it has gives way at once", () => {
    const after = (wishedSeconds: number) =>
      channelAfter([mail, second], mail, [failedAt("mail", 10)], now, { ...patient, wishedSeconds });
    expect([after(49), after(50)]).toMatchObject([
      { channel: mail, atOnce: false },
      { channel: second, atOnce: true },
    ]);
    // Where there is no other it is waited for.
    expect(channelAfter([mail], mail, [], now, { ...patient, wishedSeconds: 900 })).toMatchObject({ channel: mail });
  });

  it("the time of an earlier turn does not count", () => {
    const tries = [failedAt("mail", 500), failedAt("second", 400), failedAt("mail", 5)];
    expect(channelAfter([mail, second], mail, tries, now, patient).channel).toBe(mail);
  });

  it("for good, the next one is tried at once", () => {
    const permanent = { permanent: true, seconds: 60, wishedSeconds: null };
    expect(channelAfter([mail, second], mail, [failedAt("mail", 0)], now, permanent)).toEqual({
      channel: second,
      atOnce: true,
      withinSeconds: null,
    });
    // All were tried: from the first again, after a pause.
    expect(channelAfter([mail, second], second, [], now, permanent)).toMatchObject({ channel: mail, atOnce: false });
    expect(channelAfter([mail], mail, [], now, permanent)).toMatchObject({ channel: mail, atOnce: false });
  });

  it("no channel is left out, whatever fails how", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 60, max: 900 }), { minLength: 12, maxLength: 12 }),
        (count, kinds) => {
          const channels = Array.from({ length: count }, (_, index): Channel => ({ ...mail, id: `mail-${index}` }));
          const tried = new Set<string>();
          let channel = channels[0] ?? mail;
          for (const seconds of kinds) {
            tried.add(channel.id);
            ({ channel } = channelAfter(channels, channel, [failedAt(channel.id, seconds)], now, patient));
          }
          expect(tried.size).toBe(count);
        },
      ),
    );
  });
});
