import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  etradePolicy,
  expiresAt,
  idleAt,
  type ProviderPolicy,
  schwabPolicy,
} from "../../../server/domain/provider-policy.ts";
import { newYorkDate } from "../../../server/domain/trading-calendar.ts";
import { at } from "../../support/builders.ts";

const etrade = etradePolicy();
const sevenDays: ProviderPolicy = {
  ...etrade,
  expiry: { kind: "ttl", lifetime: Temporal.Duration.from({ hours: 168 }) },
  idleAfter: null,
};

describe("expiresAt", () => {
  it.each([
    ["2026-03-07T15:00:00Z", "2026-03-08T05:00:00Z"], // the night before clocks go forward
    ["2026-03-08T15:00:00Z", "2026-03-09T04:00:00Z"],
    ["2026-11-01T12:00:00Z", "2026-11-02T05:00:00Z"], // the day of 25 hours
    ["2026-11-02T04:30:00Z", "2026-11-02T05:00:00Z"],
    ["2026-11-20T15:00:00Z", "2026-11-21T05:00:00Z"], // Friday to Saturday: weekends don't spare it
    ["2028-02-28T15:00:00Z", "2028-02-29T05:00:00Z"],
    ["2026-12-31T15:00:00Z", "2027-01-01T05:00:00Z"],
  ])("kills a token set of %s at New York's next midnight, %s", (issued, expires) => {
    expect(expiresAt(etrade, at(issued))).toEqual(at(expires));
  });

  it("kills one issued at 23:50 New York ten minutes later", () => {
    const issued = at("2026-07-02T03:50:00Z");
    expect(expiresAt(etrade, issued)).toEqual(issued.add({ minutes: 10 }));
  });

  it("gives one issued at midnight the whole day", () => {
    expect(expiresAt(etrade, at("2026-03-08T05:00:00Z"))).toEqual(at("2026-03-09T04:00:00Z"));
  });

  it("counts a longer life in dates, over the change of clocks", () => {
    expect(expiresAt(etradePolicy(30), at("2026-02-20T15:00:00Z"))).toEqual(at("2026-03-22T04:00:00Z"));
  });

  it("counts a fixed lifetime in hours, over the change of clocks", () => {
    expect(expiresAt(sevenDays, at("2026-03-05T12:00:00Z"))).toEqual(at("2026-03-12T12:00:00Z"));
  });

  it("is the very first instant of another New York date", () => {
    const anyInstant = fc
      .integer({ min: 0, max: 20 * 366 * 86_400 })
      .map((seconds) => at("2020-01-01T00:00:00Z").add({ seconds }));
    fc.assert(
      fc.property(anyInstant, (issued) => {
        const expires = expiresAt(etrade, issued);
        expect(newYorkDate(expires)).not.toEqual(newYorkDate(issued));
        expect(newYorkDate(expires.subtract({ nanoseconds: 1 }))).toEqual(newYorkDate(issued));
      }),
    );
  });
});

describe("idleAt", () => {
  it("comes two hours after the last call", () => {
    expect(idleAt(etrade, null, at("2026-03-10T13:00:00Z"))).toEqual(at("2026-03-10T15:00:00Z"));
  });

  it("comes when the access token lapses, where it does so by itself", () => {
    const lapses = at("2026-03-10T13:30:00Z");
    expect(idleAt(schwabPolicy(), lapses, at("2026-03-10T13:10:00Z"))).toEqual(lapses);
  });

  it("never comes where the provider has no idle limit", () => {
    expect(idleAt(sevenDays, null, at("2026-03-10T13:00:00Z"))).toBeNull();
  });
});
