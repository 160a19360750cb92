import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortened, utf8Length } from "../../../server/domain/shortened.ts";

describe("shortened", () => {
  it.each([
    ["as it is where it fits", "The market opens.", 17, "The market opens."],
    ["at a word's end", "The market opens at nine thirty.", 28, "The market opens at nine…"],
    ["within an endless word", "x".repeat(30), 10, `${"x".repeat(9)}…`],
    ["without tearing a letter", "👩‍👩‍👧👩‍👩‍👧", 12, "👩‍👩‍👧…"],
    ["to nothing where there is no room", "text", 0, ""],
  ])("%s", (_what, text, limit, expected) => {
    expect(shortened(text, limit)).toBe(expected);
  });

  it("never costs more than the limit, and begins as the text does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 60 }), (text, limit) => {
        const kept = shortened(text, limit, utf8Length);
        expect(utf8Length(kept)).toBeLessThanOrEqual(limit);
        expect(kept === text || text.startsWith(kept.replace(/…$/, ""))).toBe(true);
      }),
    );
  });
});
