import { describe, expect, it } from "vitest";
import { isOpen, nextAt } from "../../../web/src/drill-times.ts";
import {
  channelNote,
  earlierLine,
  plannedSentence,
  saidAtEnd,
  stepName,
  stepPoints,
  stepTime,
} from "../../../web/src/wording-drills.ts";
import { drillsShown } from "../../support/web-drills.ts";

const { running, done, missed } = drillsShown;
const now = Date.parse("2026-11-20T18:05:00Z");
const lines = (drill: typeof running | typeof done | typeof missed) =>
  drill.steps.map((step) => `${stepName(step, drill)}: ${stepTime(step, drill)}`);

describe("a drill's steps in words", () => {
  it("call nothing missing that may still happen", () => {
    expect(lines(running).slice(2, 5)).toEqual(["Renewal begun: 14 s", "Code came back: …", "Proven and stored: …"]);
  });

  it("say what never happened, and who stood in for the trading system", () => {
    expect(lines(missed)[2]).toBe("Renewal begun: never");
    expect(lines(done).at(-1)).toBe("Confirmed by the built-in consumer: 1 min 1 s");
    const last = { name: "confirmed", at: null, seconds: null, limitSeconds: 30, points: 0, outOf: 20 } as const;
    expect(stepName(last, { ...done, confirmedBy: "bell-bot" })).toBe("Confirmed by bell-bot");
  });

  it("give the points and the aim, where there are points", () => {
    expect(done.steps.map(stepPoints).slice(0, 3)).toEqual([
      "10 of 20 · aim: 30 s",
      "not rated",
      "20 of 20 · aim: 5 min",
    ]);
  });

  it("say how each channel did", () => {
    expect(done.channels.map(channelNote)).toEqual([
      "Telegram can't be reached. It is tried again. (after 10 s)",
      "delivered in 1.3 s",
    ]);
  });
});

describe("a drill in one line", () => {
  it("says how it ended and what it was worth", () => {
    expect([saidAtEnd(done), saidAtEnd(missed)]).toEqual([
      "The loop closed. 80 of 100.",
      "Nobody answered. 20 of 100.",
    ]);
    expect(saidAtEnd({ ...missed, state: "cancelled", score: null, reason: "A real one came." })).toBe(
      "Called off. A real one came.",
    );
    expect(earlierLine(missed, now)).toContain("4:00 PM ET");
    expect(plannedSentence({ ...running, state: "planned", at: "2026-11-20T21:30:00Z" }, now)).toContain("4:30 PM ET");
  });
});

describe("a time that is picked", () => {
  it("is the next one that the device's clock shows", () => {
    const noon = new Date(2026, 10, 20, 12, 0, 30);
    expect(nextAt("12:01", noon)).toEqual(new Date(2026, 10, 20, 12, 1));
    expect(nextAt("12:00", noon)).toEqual(new Date(2026, 10, 21, 12, 0));
    expect(nextAt("08:30", noon)).toEqual(new Date(2026, 10, 21, 8, 30));
  });

  it("is offered while no drill is open", () => {
    expect([running, done, undefined].map(isOpen)).toEqual([true, false, false]);
  });
});
