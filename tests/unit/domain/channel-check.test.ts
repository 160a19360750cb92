import { describe, expect, it } from "vitest";
import { type ChannelCheck, isProvenSince, lookDue, withChecks } from "../../../server/domain/channel-check.ts";
import { aTradingDay, at } from "../../support/builders.ts";

/** The market opens at 09:30 in New York, 13:30Z. */
const day = aTradingDay("2026-03-10");

const check = (channel: string, instant: string, failure: string | null = null): ChannelCheck => ({
  channel,
  checkedAt: at(instant),
  by: "look",
  milliseconds: 20,
  failure,
});

describe("the looks of a morning", () => {
  it.each([
    ["2026-03-10T11:59:59Z", null],
    ["2026-03-10T12:00:00Z", "channels-looked-at/2026-03-10/90/anna"],
    ["2026-03-10T12:14:59Z", "channels-looked-at/2026-03-10/90/anna"],
    ["2026-03-10T12:15:00Z", "channels-looked-at/2026-03-10/75/anna"],
    ["2026-03-10T12:29:59Z", "channels-looked-at/2026-03-10/75/anna"],
    // The first reminder: from here on the messages are the proof.
    ["2026-03-10T12:30:00Z", null],
  ])("at %s: %s", (now, claim) => {
    expect(lookDue(day, at(now))?.claim("anna") ?? null).toBe(claim);
  });

  it("only the second is the last", () => {
    expect(lookDue(day, at("2026-03-10T12:00:00Z"))).toMatchObject({
      isLast: false,
      since: at("2026-03-10T12:00:00Z"),
    });
    expect(lookDue(day, at("2026-03-10T12:15:00Z"))).toMatchObject({ isLast: true, since: at("2026-03-10T12:00:00Z") });
  });
});

describe("a channel is proven", () => {
  const since = at("2026-03-10T12:00:00Z");
  it.each([
    ["by what it took since then", [check("mail", "2026-03-10T12:00:00Z")], true],
    ["not by what it took before", [check("mail", "2026-03-10T11:59:59Z")], false],
    ["not by a failure", [check("mail", "2026-03-10T12:05:00Z", "It refused.")], false],
    ["not by another channel", [check("chat", "2026-03-10T12:05:00Z")], false],
  ])("%s", (_how, checks, expected) => {
    expect(isProvenSince(checks, "mail", since)).toBe(expected);
  });
});

const yesterday = (channel: string) => check(channel, "2026-03-09T12:00:00Z");

it("of each channel the newest check is kept, of one that is gone none", () => {
  const [old, chat, gone] = [yesterday("mail"), yesterday("chat"), yesterday("gone")];
  const newer = check("mail", "2026-03-10T12:00:00Z", "It refused.");
  expect(withChecks([old, chat, gone], [newer], [{ id: "chat" }, { id: "mail" }, { id: "new" }])).toEqual([
    chat,
    newer,
  ]);
});
