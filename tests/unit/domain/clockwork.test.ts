import { describe, expect, it } from "vitest";
import { clockworkOf } from "../../../server/domain/clockwork.ts";
import { at } from "../../support/builders.ts";

const now = at("2026-03-10T12:30:00Z");
const tick = { kind: "tick", at: at("2026-03-10T12:29:00Z"), ok: true } as const;
const alert = { kind: "morning-alert", at: at("2026-03-10T12:30:00Z"), ok: true } as const;

describe("clockworkOf", () => {
  it("tells the last run of each kind and whether the tick went well", () => {
    expect(clockworkOf([{ ...tick, ok: false }, alert], [], now)).toEqual({
      lastTickAt: tick.at,
      lastTickOk: false,
      lastMorningAlertAt: alert.at,
      late: false,
    });
  });

  it.each([
    ["15 minutes", "2026-03-10T12:15:00Z", false],
    ["15 minutes and a second", "2026-03-10T12:14:59Z", true],
    ["a night", "2026-03-10T01:00:00Z", true],
  ])("that ticked last %s ago is late: %s → %s", (_ago, tickedAt, late) => {
    expect(clockworkOf([alert, { ...tick, at: at(tickedAt) }], [], now).late).toBe(late);
  });

  it("is late, however the token's age, by its own last tick", () => {
    expect(clockworkOf([tick], [at("2026-03-01T12:00:00Z")], now).late).toBe(false);
  });

  it("that never ran is not late while there is no token to look after", () => {
    expect(clockworkOf([], [], now)).toEqual({
      lastTickAt: null,
      lastTickOk: null,
      lastMorningAlertAt: null,
      late: false,
    });
  });

  it("that never ran is late once a token has waited for it a quarter of an hour", () => {
    const [old, fresh] = [at("2026-03-10T12:14:00Z"), at("2026-03-10T12:29:00Z")];
    expect([clockworkOf([], [fresh], now).late, clockworkOf([], [fresh, old], now).late]).toEqual([false, true]);
  });
});
