import { describe, expect, it } from "vitest";
import { bothTimes, marketTime, placeInMarketDay } from "../../../web/src/time-model.ts";

const at = (iso: string): number => Date.parse(iso);
// 12:04 in New York.
const noon = at("2026-11-20T17:04:00Z");

describe("bothTimes", () => {
  it("names tonight's midnight without a date, in both zones", () => {
    expect(bothTimes("2026-11-21T05:00:00Z", noon, "America/Los_Angeles")).toBe("12:00 AM ET · 9:00 PM your time");
  });

  it("says the time once to somebody on New York time", () => {
    expect(bothTimes("2026-11-20T14:30:00Z", noon, "America/Toronto")).toBe("9:30 AM ET");
  });

  it("names the day once when both zones share it", () => {
    expect(bothTimes("2026-11-23T14:30:00Z", noon, "America/Los_Angeles")).toBe(
      "Mon, Nov 23, 9:30 AM ET · 6:30 AM your time",
    );
  });

  it("names both days when the zones differ in them", () => {
    expect(bothTimes("2026-11-23T21:00:00Z", noon, "Asia/Tokyo")).toBe(
      "Mon, Nov 23, 4:00 PM ET · Tue, Nov 24, 6:00 AM your time",
    );
  });
});

describe("marketTime", () => {
  it("puts the day in front once it is not today in New York", () => {
    expect(marketTime("2026-11-20T14:30:00Z", noon)).toBe("9:30 AM ET");
    expect(marketTime("2026-11-21T04:30:00Z", noon)).toBe("11:30 PM ET");
    expect(marketTime("2026-11-21T05:30:00Z", noon)).toBe("Sat, Nov 21, 12:30 AM ET");
  });
});

describe("placeInMarketDay", () => {
  it.each([
    ["2026-11-20T05:00:00Z", 0], // 00:00
    ["2026-11-20T17:00:00Z", 0.5], // 12:00
    ["2026-11-21T05:00:00Z", 1], // 24:00
  ])("puts %s at %d", (instant, place) => {
    expect(placeInMarketDay(instant, "2026-11-20")).toBe(place);
  });

  it("leaves out what is on another day", () => {
    expect(placeInMarketDay("2026-11-20T04:59:00Z", "2026-11-20")).toBeNull();
    expect(placeInMarketDay("2026-11-21T05:01:00Z", "2026-11-20")).toBeNull();
  });

  it.each([
    ["2026-03-08T07:00:00Z", "2026-03-08", 3 / 24], // 03:00 EDT, the hour after the leap
    ["2026-11-02T05:00:00Z", "2026-11-01", 1], // midnight after the day of 25 hours
  ])("keeps to the wall clock when it is changed (%s)", (instant, date, place) => {
    expect(placeInMarketDay(instant, date)).toBe(place);
  });
});
