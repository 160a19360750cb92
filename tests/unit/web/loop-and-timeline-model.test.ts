import { describe, expect, it } from "vitest";
import { loopOf } from "../../../web/src/loop-model.ts";
import { marksOf } from "../../../web/src/timeline-model.ts";
import { aConnection, scenarios } from "../../support/web-scenarios.ts";

const runner = (current: boolean, confirmedAt = "2026-11-20T13:31:22Z") => ({
  consumer: "runner",
  version: current ? 4 : 3,
  confirmedAt,
  current,
});

const running = (...consumers: ReturnType<typeof runner>[]) => loopOf(aConnection({ consumers }))?.steps.at(-1)?.at;

describe("loopOf", () => {
  it("measures from the tap to the store", () => {
    expect(loopOf(aConnection())?.secondsFromTap).toBe(12);
  });

  it("is closed when the slowest trading system runs on the token", () => {
    expect(running(runner(true, "2026-11-20T13:31:40Z"), runner(true))).toBe("2026-11-20T13:31:40Z");
  });

  it("stays open while one of them is behind, or none has reported", () => {
    expect(running(runner(true), runner(false))).toBeNull();
    expect(running()).toBeNull();
  });

  it("shows the login and the refresh that brought this version, and counts no seconds from a tap days ago", () => {
    const [schwab] = scenarios["schwab"]?.status.connections ?? [];
    const loop = schwab && loopOf(schwab);
    expect(loop?.secondsFromTap).toBeNull();
    expect(loop?.steps.slice(0, 3)).toEqual([
      { name: "authorized", at: "2026-11-18T22:10:00Z" },
      { name: "refreshed", at: "2026-11-20T16:55:02Z" },
      { name: "verified", at: "2026-11-20T16:55:02Z" },
    ]);
  });

  it("does not exist without a token", () => {
    expect(loopOf(aConnection({ token: null }))).toBeNull();
  });
});

describe("marksOf", () => {
  const { market } = scenarios["active"]?.status ?? {};

  it("puts the day in order, from the open to the token's end at midnight", () => {
    if (market === undefined) throw new Error("No market.");
    expect(marksOf(aConnection(), market).map(({ kind }) => kind)).toEqual([
      "open",
      "kept-alive",
      "keep-alive",
      "close",
      "expiry",
    ]);
  });

  it("marks refreshes where there are some, and no end that is days away", () => {
    const [schwab] = scenarios["schwab"]?.status.connections ?? [];
    if (market === undefined || schwab === undefined) throw new Error("No market.");
    expect(marksOf(schwab, market).map(({ kind, at }) => [kind, at])).toEqual([
      ["open", "2026-11-20T14:30:00Z"],
      ["kept-alive", "2026-11-20T16:55:02Z"],
      ["keep-alive", "2026-11-20T17:20:00Z"],
      ["close", "2026-11-20T21:00:00Z"],
    ]);
  });
});
