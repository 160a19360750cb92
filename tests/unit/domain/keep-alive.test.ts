import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failed, type FailureReason } from "../../../server/domain/broker-answer.ts";
import type { Connection } from "../../../server/domain/connection.ts";
import {
  hasJustExpired,
  isCheckDue,
  nextCheckAt,
  retryAfter,
  warnAfterFailures,
} from "../../../server/domain/keep-alive.ts";
import { etradePolicy, idleAt } from "../../../server/domain/provider-policy.ts";
import { aConnection, at, aToken } from "../../support/builders.ts";

const policy = etradePolicy();
const longLived = etradePolicy(30);
const midnight = at("2026-03-11T04:00:00Z");
const renewedAt = at("2026-03-10T12:30:00Z");

function answered(connection: Connection, now: Temporal.Instant): Connection {
  return { ...connection, lastSuccess: { at: now, call: "accounts-list" }, lastFailure: null, consecutiveFailures: 0 };
}

function refused(connection: Connection, now: Temporal.Instant, reason: FailureReason): Connection {
  const { failure } = failed(reason);
  const consecutiveFailures = connection.consecutiveFailures + 1;
  return { ...connection, lastFailure: { at: now, call: "accounts-list", failure }, consecutiveFailures };
}

describe("retryAfter", () => {
  it.each<[FailureReason, number, number]>([
    ["server-error", 1, 30],
    ["server-error", 2, 90],
    ["server-error", 3, 180],
    ["server-error", 4, 300],
    ["server-error", 5, 600],
    ["server-error", 99, 600],
    ["rate-limited", 1, 120],
    ["rate-limited", 2, 300],
    ["rate-limited", 3, 600],
    ["rate-limited", 4, 900],
    ["rate-limited", 99, 900],
    ["clock-skew", 1, 300],
    ["clock-skew", 2, 600],
    ["clock-skew", 3, 900],
    ["clock-skew", 99, 900],
    ["server-error", 0, 30],
  ])("after %s number %i waits %i seconds", (reason, failures, seconds) => {
    expect(retryAfter(failed(reason).failure, failures)?.total("seconds")).toBe(seconds);
  });

  it("waits for nothing but the person when only the person can help", () => {
    expect(retryAfter(failed("token-rejected").failure, 1)).toBeNull();
  });

  it("reaches the warning within five minutes of the first transient failure", () => {
    const { failure } = failed("server-error");
    const waits = Array.from({ length: warnAfterFailures - 1 }, (_, index) => retryAfter(failure, index + 1));
    const seconds = waits.reduce((sum, wait) => sum + (wait?.total("seconds") ?? 0), 0);
    expect(seconds).toBeLessThanOrEqual(300);
  });
});

describe("nextCheckAt", () => {
  it("comes an hour after the last answered call", () => {
    expect(nextCheckAt(aConnection(), policy)).toEqual(at("2026-03-10T13:30:00Z"));
  });

  it("comes an hour after issue while no call was answered yet", () => {
    expect(nextCheckAt(aConnection({ lastSuccess: null }), policy)).toEqual(at("2026-03-10T13:30:00Z"));
  });

  it("comes sooner after a failure, counted from it", () => {
    const connection = refused(aConnection(), at("2026-03-10T13:30:00Z"), "unreachable");
    expect(nextCheckAt(connection, policy)).toEqual(at("2026-03-10T13:30:30Z"));
  });

  it("keeps to the hour after a refusal that was not yet taken for the end", () => {
    const connection = refused(aConnection(), at("2026-03-10T12:40:00Z"), "token-rejected");
    expect(nextCheckAt(connection, policy)).toEqual(at("2026-03-10T13:30:00Z"));
  });

  it.each([
    ["there is no token set", aConnection({ token: null })],
    ["it has ended", aConnection({ ended: { at: renewedAt, reason: "revoked" } })],
    ["it would come at midnight exactly", answered(aConnection(), at("2026-03-11T03:00:00Z"))],
    ["a retry would come after midnight", refused(aConnection(), at("2026-03-11T03:59:40Z"), "timed-out")],
  ])("never comes when %s", (_case, connection) => {
    expect(nextCheckAt(connection, policy)).toBeNull();
  });

  it("lies ahead, at most an hour off, whatever was answered before", () => {
    const reason = fc.constantFrom<FailureReason>("server-error", "unreachable", "rate-limited", "clock-skew");
    fc.assert(
      fc.property(fc.array(fc.option(reason), { maxLength: 40 }), (answers) => {
        let connection = aConnection();
        let now = renewedAt;
        for (const answer of answers) {
          connection = answer === null ? answered(connection, now) : refused(connection, now, answer);
          const due = nextCheckAt(connection, longLived) ?? now;
          expect(Temporal.Instant.compare(due, now)).toBe(1);
          expect(now.until(due).total("hours")).toBeLessThanOrEqual(1);
          now = due;
        }
      }),
    );
  });

  it("never lets a token set go idle when called every minute, unless the broker fails for longer than forty", () => {
    const outage = fc.record({
      quietMinutes: fc.integer({ min: 75, max: 300 }),
      minutes: fc.integer({ min: 1, max: 40 }),
      reason: fc.constantFrom<FailureReason>("server-error", "unreachable", "rate-limited", "clock-skew"),
    });
    fc.assert(
      fc.property(fc.array(outage, { maxLength: 6 }), (outages) => {
        let connection = aConnection();
        let now = renewedAt;
        const tick = (reason: FailureReason | null) => {
          now = now.add({ minutes: 1 });
          if (!isCheckDue(connection, longLived, now)) return;
          const idle = idleAt(longLived, null, connection.lastSuccess?.at ?? renewedAt) ?? now;
          if (reason === null) expect(Temporal.Instant.compare(now, idle)).toBe(-1);
          connection = reason === null ? answered(connection, now) : refused(connection, now, reason);
        };
        for (const { quietMinutes, minutes, reason } of outages) {
          for (let minute = 0; minute < quietMinutes; minute++) tick(null);
          for (let minute = 0; minute < minutes; minute++) tick(reason);
        }
        for (let minute = 0; minute < 75; minute++) tick(null);
      }),
      { numRuns: 25 },
    );
  });
});

describe("isCheckDue", () => {
  it.each([
    ["2026-03-10T13:29:59.999999999Z", false],
    ["2026-03-10T13:30:00Z", true],
    ["2026-03-10T18:00:00Z", true], // a laptop that slept catches up
    ["2026-03-11T03:59:59Z", true],
    ["2026-03-11T04:00:00Z", false],
  ])("at %s is %s", (now, due) => {
    expect(isCheckDue(aConnection(), policy, at(now))).toBe(due);
  });

  it("is false from expiry on, whatever happened before", () => {
    const seconds = fc.integer({ min: 0, max: 86_400 });
    const untilMidnight = fc.integer({ min: 0, max: renewedAt.until(midnight).total("seconds") - 1 });
    const reason = fc.option(fc.constantFrom<FailureReason>("server-error", "token-rejected", "clock-skew"));
    fc.assert(
      fc.property(untilMidnight, seconds, seconds, reason, (issued, last, after, failure) => {
        const token = aToken({ issuedAt: renewedAt.add({ seconds: issued }) });
        const lastCallAt = token.issuedAt.add({ seconds: last });
        const answeredOnce = answered(aConnection({ token }), lastCallAt);
        const connection = failure === null ? answeredOnce : refused(answeredOnce, lastCallAt, failure);
        expect(isCheckDue(connection, policy, midnight.add({ seconds: after }))).toBe(false);
      }),
    );
  });
});

describe("hasJustExpired", () => {
  it.each([
    ["does not hold before midnight", aConnection(), midnight.subtract({ nanoseconds: 1 }), false],
    ["holds from midnight on", aConnection(), midnight, true],
    ["ceases once recorded", aConnection({ ended: { at: midnight, reason: "expired" } }), midnight, false],
    ["never holds without a token set", aConnection({ token: null }), midnight, false],
  ])("%s", (_outcome, connection, now, expected) => {
    expect(hasJustExpired(connection, policy, now)).toBe(expected);
  });
});
