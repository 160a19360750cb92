import { expect, it } from "vitest";
import { earlyDeathWords, newYorkMoment, secondsWords } from "../../../server/domain/time-words.ts";
import { at } from "../../support/builders.ts";

it.each([
  [7 * 86_400, "7 d"],
  [6 * 86_400 + 2 * 3600 + 59 * 60 + 59, "6 d 2 h"],
  [86_400 - 1, "23 h 59 min"],
  [125.9, "2 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(secondsWords(seconds)).toBe(words);
});

it("tells of an early death how long it lived and what the rule says", () => {
  expect(earlyDeathWords(6 * 86_400 + 7200, 7 * 86_400)).toBe("lived 6 d 2 h, the rule says 7 d");
});

it("tells a moment by New York's date and clock", () => {
  expect(newYorkMoment(at("2026-03-08T06:59:00Z"))).toBe("Sun 8 Mar, 01:59 New York time");
  expect(newYorkMoment(at("2026-03-08T07:00:00Z"))).toBe("Sun 8 Mar, 03:00 New York time");
});
