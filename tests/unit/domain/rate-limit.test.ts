import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bucket, secondsShut, withFailure } from "../../../server/domain/rate-limit.ts";
import { at } from "../../support/builders.ts";

const limit = { failures: 3, per: Temporal.Duration.from({ minutes: 10 }) };
const start = at("2026-03-10T12:30:00Z");
const later = (seconds: number) => start.add({ milliseconds: Math.round(seconds * 1000) });

function after(seconds: readonly number[]): Bucket | null {
  return seconds.reduce<Bucket | null>((bucket, second) => withFailure(bucket, limit, later(second)), null);
}

describe("a door", () => {
  it("looks until so many failed, then not until the time since the first of them is over", () => {
    expect(secondsShut(null, limit, start)).toBe(0);
    expect(secondsShut(after([0, 1]), limit, later(2))).toBe(0);
    expect(secondsShut(after([0, 1, 2]), limit, later(2))).toBe(598);
    expect(secondsShut(after([0, 1, 2]), limit, later(599.5))).toBe(1);
    expect(secondsShut(after([0, 1, 2]), limit, later(600))).toBe(0);
  });

  it("counts anew afterwards", () => {
    expect(secondsShut(after([0, 1, 2, 600]), limit, later(601))).toBe(0);
  });

  it("never lets more failures through in any ten minutes than twice the limit", () => {
    const seconds = fc
      .array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(seconds, (times) => {
        let bucket: Bucket | null = null;
        const looked: number[] = [];
        for (const time of times) {
          if (secondsShut(bucket, limit, later(time)) > 0) continue;
          looked.push(time);
          bucket = withFailure(bucket, limit, later(time));
        }
        for (const from of looked)
          expect(looked.filter((time) => time >= from && time < from + 600).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});
