import { describe, expect, it } from "vitest";
import { clockJump, measuredOffset, settledOffset, untilNextSecond } from "../../../web/src/server-clock-model.ts";

describe("measuredOffset", () => {
  it("takes the answer to be made halfway through the round trip", () => {
    expect(measuredOffset(1_000_000, 200, 600)).toBe(1_000_000 - 400);
  });
});

describe("settledOffset", () => {
  it("takes the first measurement as it is", () => {
    expect(settledOffset(null, 5000, 300)).toBe(5000);
  });

  it("keeps the old offset while the new one agrees within its own error", () => {
    expect(settledOffset(5000, 5140, 300)).toBe(5000);
  });

  it("follows a server clock that was set", () => {
    expect(settledOffset(5000, 65_000, 300)).toBe(65_000);
  });
});

describe("clockJump", () => {
  const before = { monotonic: 10_000, wall: 1_000_000 };

  it("ignores ordinary drift", () => {
    expect(clockJump(before, { monotonic: 11_000, wall: 1_001_700 })).toBe(0);
  });

  it("measures a sleep during which the monotonic clock stood still", () => {
    expect(clockJump(before, { monotonic: 11_000, wall: 1_601_000 })).toBe(600_000);
  });

  it("measures a device clock that was set back", () => {
    expect(clockJump(before, { monotonic: 11_000, wall: 401_000 })).toBe(-600_000);
  });
});

describe("untilNextSecond", () => {
  it("waits for the boundary and never not at all", () => {
    expect(untilNextSecond(1_000_250)).toBe(750);
    expect(untilNextSecond(1_000_000)).toBe(1000);
  });
});
