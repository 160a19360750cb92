import { describe, expect, it } from "vitest";
import { countdownText, passedMark, spokenDuration } from "../../../web/src/countdown-model.ts";

const s = 1000;
const m = 60 * s;
const h = 60 * m;

describe("countdownText", () => {
  it.each([
    [57 * m + 42 * s, "57:42"],
    [7 * m + 5 * s, "07:05"],
    [h - s, "59:59"],
    [h, "1 h 0 m"],
    [h + 12 * m + 59 * s, "1 h 12 m"],
    [24 * h - s, "23 h 59 m"],
    [24 * h, "1 d 0 h"],
    [5 * 24 * h + 8 * h + 59 * m, "5 d 8 h"],
    [0, "00:00"],
  ])("shows %d ms as %s", (ms, text) => {
    expect(countdownText(ms)).toBe(text);
  });

  it("stops at zero instead of going below", () => {
    expect(countdownText(-5 * m)).toBe("00:00");
  });
});

describe("spokenDuration", () => {
  it.each([
    [h + 12 * m, "1 hour 12 minutes"],
    [2 * h, "2 hours"],
    [m, "1 minute"],
    [59 * s, "less than a minute"],
    [25 * h + 30 * m, "1 day 1 hour"],
  ])("says %d ms as %s", (ms, text) => {
    expect(spokenDuration(ms)).toBe(text);
  });
});

describe("passedMark", () => {
  it("speaks at the mark and only once", () => {
    expect(passedMark(15 * m + s, 15 * m)).toBe(15);
    expect(passedMark(15 * m, 15 * m - s)).toBeNull();
  });

  it("is silent between marks", () => {
    expect(passedMark(14 * m, 13 * m)).toBeNull();
  });

  it("names only the nearest mark after a sleep over several", () => {
    expect(passedMark(70 * m, 4 * m)).toBe(5);
  });
});
