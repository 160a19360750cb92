// Two years of mornings, each with troubles and answers of its own.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { simulatedDays } from "../../support/simulation-calendar.ts";
import { aHousehold, liveThrough, morningScript } from "./random-mornings.ts";

const days = simulatedDays("2026-01-01", "2027-12-31");
const fortnights = Array.from({ length: Math.ceil(days.length / 14) }, (_, index) =>
  days.slice(index * 14, index * 14 + 14),
);

it("over two years nobody is left in silence while a renewal is needed, rung twice for one slot, or rung on a closed day or after the success", async () => {
  for (const fortnight of fortnights)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await fc.assert(
      fc.asyncProperty(fc.array(morningScript, { minLength: 14, maxLength: 14 }), async (scripts) => {
        const bench = await aHousehold();
        for (const [index, day] of fortnight.entries()) {
          const script = scripts[index];
          // oxlint-disable-next-line no-await-in-loop -- one day after the other
          if (script !== undefined) expect(await liveThrough(bench, day, script)).toEqual([]);
        }
      }),
      { numRuns: 1 },
    );
}, 120_000);
