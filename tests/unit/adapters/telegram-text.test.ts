import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { telegramText } from "../../../server/adapters/telegram-text.ts";
import type { TextEntity } from "../../../server/ports.ts";
import { at } from "../../support/builders.ts";
import { contentFault } from "../../support/telegram-message-rules.ts";

const opening = at("2026-06-10T13:30:00Z");

describe("a text of any length", () => {
  const text = fc
    .array(fc.constantFrom("a", " ", "\n", "🔔", "é", "x".repeat(997), "🇺🇸".repeat(211)), {
      minLength: 1,
      maxLength: 12,
    })
    .map((pieces) => `•${pieces.join("")}•`);

  it("is one that Telegram takes, with the parts that are left of it, and keeps its tail", () => {
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.nat(),
        fc.constantFrom("", "\n\nRenew: http://127.0.0.1"),
        (words, from, to, tail) => {
          const [start, end] = [from % words.length, to % words.length].toSorted((a, b) => a - b);
          if (start === undefined || end === undefined || start === end) return;
          // Whoever makes parts splits no character.
          fc.pre(words.slice(start, end).isWellFormed());
          for (const kind of ["bold", "countdown"] as const) {
            const part: TextEntity = { kind, offset: start, length: end - start, at: opening };
            const made = telegramText(words, [part], tail);
            expect(contentFault(made.text, made.entities)).toBeNull();
            expect(made.text.endsWith(tail)).toBe(true);
            const whole = words.length + tail.length <= 4096;
            expect(made.text.includes("…")).toBe(!whole);
            if (whole) expect(made.entities).toHaveLength(1);
            if (kind === "countdown") expect(made.entities.every(({ length }) => length === end - start)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it("a countdown that does not fit is left out whole, with what comes after it", () => {
  const words = `${"x".repeat(4090)} in 58 minutes, hurry`;
  const made = telegramText(words, [{ kind: "countdown", offset: 4091, length: 13, at: opening }]);
  expect([made.text, made.entities]).toEqual([`${"x".repeat(4090)}…`, []]);
});
