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
});
