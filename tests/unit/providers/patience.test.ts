import { describe, expect, it } from "vitest";
import { maxTries, pauseBeforeRetry } from "../../../server/providers/patience.ts";

const now = Temporal.Instant.from("2026-03-10T16:00:00Z");
const pause = (tries: number, retryAfter: string | null = null, chance = 0.5) =>
  pauseBeforeRetry(tries, retryAfter, now, chance);

describe("pauseBeforeRetry", () => {
  it("doubles, and spreads those who were turned away together", () => {
    expect([pause(1, null, 0), pause(1, null, 1), pause(2, null, 0), pause(2, null, 1)]).toEqual([250, 500, 500, 1000]);
  });

  it("ends with the last try", () => {
    expect(pause(maxTries)).toBeNull();
  });

  it.each([
    ["2", 2375],
    ["0", 375],
    ["Tue, 10 Mar 2026 16:00:03 GMT", 3375],
    ["Tue, 10 Mar 2026 15:00:00 GMT", 375],
    ["soon", 375],
    ["5", 5375],
  ])("waits as long as Retry-After: %s asks", (retryAfter, milliseconds) => {
    expect(pause(1, retryAfter)).toBe(milliseconds);
  });

  it.each(["6", "3600", "Tue, 10 Mar 2026 17:00:00 GMT"])(
    "does not stay on the line for Retry-After: %s",
    (retryAfter) => {
      expect(pause(1, retryAfter)).toBeNull();
    },
  );
});
