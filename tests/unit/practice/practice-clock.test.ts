import { describe, expect, it } from "vitest";
import { createPracticeClock } from "../../../server/practice/practice-clock.ts";
import { at } from "./trader.ts";

function clockOver(start: string) {
  let base = at(start);
  const pass = (duration: Temporal.DurationLike) => {
    base = base.add(duration);
  };
  return { clock: createPracticeClock(() => base), pass };
}

describe("createPracticeClock", () => {
  it("shows the clock beneath it until it is moved", () => {
    const { clock, pass } = clockOver("2026-06-10T15:00:00Z");
    pass({ seconds: 5 });
    expect(clock.now().toString()).toBe("2026-06-10T15:00:05Z");
    expect(clock.offset().total("seconds")).toBe(0);
  });

  it("keeps running after it was moved ahead, back or to an instant", () => {
    const { clock, pass } = clockOver("2026-06-10T15:00:00Z");
    clock.advance(Temporal.Duration.from({ hours: 30 }));
    clock.advance(Temporal.Duration.from({ minutes: -30 }));
    pass({ seconds: 1 });
    expect(clock.now().toString()).toBe("2026-06-11T20:30:01Z");
    clock.setTo(at("2026-03-08T06:59:00Z"));
    pass({ minutes: 1 });
    expect(clock.now().toString()).toBe("2026-03-08T07:00:00Z");
  });

  it("takes a day for 24 hours and returns to the clock beneath on reset", () => {
    const { clock } = clockOver("2026-03-08T00:00:00Z");
    clock.advance(Temporal.Duration.from({ days: 1 }));
    expect(clock.now().toString()).toBe("2026-03-09T00:00:00Z");
    clock.reset();
    expect(clock.now().toString()).toBe("2026-03-08T00:00:00Z");
  });

  it("starts ahead by the given offset and tells it exactly", () => {
    const offset = Temporal.Duration.from({ hours: 26, milliseconds: 5 });
    const clock = createPracticeClock(() => at("2026-06-10T15:00:00Z"), offset);
    expect(clock.now().toString()).toBe("2026-06-11T17:00:00.005Z");
    expect(clock.offset().toString()).toBe("PT26H0.005S");
  });
});
