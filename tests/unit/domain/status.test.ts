import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failed, type FailureReason } from "../../../server/domain/broker-answer.ts";
import type { Connection, EndReason } from "../../../server/domain/connection.ts";
import type { AuthorizationStage } from "../../../server/domain/pending-authorization.ts";
import { etradePolicy } from "../../../server/domain/provider-policy.ts";
import { deadlineOf, needsPerson, nextAction, statusOf, type Status } from "../../../server/domain/status.ts";
import { aConnection, aPending, at } from "../../support/builders.ts";

const policy = etradePolicy();
const midnight = at("2026-03-11T04:00:00Z");
const now = at("2026-03-10T13:00:00Z");

function aFailure(reason: FailureReason): NonNullable<Connection["lastFailure"]> {
  return { at: at("2026-03-10T12:59:00Z"), call: "accounts-list", failure: failed(reason).failure };
}

const ended = (reason: EndReason) => aConnection({ ended: { at: at("2026-03-10T12:45:00Z"), reason } });

describe("statusOf", () => {
  it("is active, with its proof and its deadline, while calls are answered", () => {
    expect(statusOf(aConnection(), null, policy, now)).toEqual({
      word: "active",
      verified: { at: at("2026-03-10T12:30:00Z"), call: "accounts-list" },
      expiresAt: midnight,
    });
  });

  it("turns idle exactly two hours after the last answered call", () => {
    const idleFrom = at("2026-03-10T14:30:00Z");
    expect(statusOf(aConnection(), null, policy, idleFrom.subtract({ nanoseconds: 1 })).word).toBe("active");
    expect(statusOf(aConnection(), null, policy, idleFrom)).toEqual({
      word: "idle",
      reason: "no-call",
      lastCall: { at: at("2026-03-10T12:30:00Z"), call: "accounts-list" },
      expiresAt: midnight,
    });
  });

  it("expires exactly at New York's midnight", () => {
    const busy = aConnection({ lastSuccess: { at: at("2026-03-11T03:30:00Z"), call: "accounts-list" } });
    expect(statusOf(busy, null, policy, midnight.subtract({ nanoseconds: 1 })).word).toBe("active");
    expect(statusOf(busy, null, policy, midnight)).toEqual({
      word: "needs-authorization",
      reason: "expired",
      since: midnight,
    });
  });

  it("needs its first authorization while there was never a token set", () => {
    expect(statusOf(aConnection({ token: null, lastSuccess: null }), null, policy, now)).toEqual({
      word: "needs-authorization",
      reason: "never",
      since: null,
    });
  });

  it.each(["revoked", "rejected", "expired"] as const)("needs the person from the moment it was %s", (reason) => {
    expect(statusOf(ended(reason), null, policy, now)).toEqual({
      word: "needs-authorization",
      reason,
      since: at("2026-03-10T12:45:00Z"),
    });
  });

  it("keeps the recorded end after midnight as well", () => {
    expect(statusOf(ended("revoked"), null, policy, midnight)).toMatchObject({ reason: "revoked" });
  });

  it.each(["server-error", "rate-limited", "unreachable"] as const)(
    "is unknown after %s, and keeps the last proof and the deadline",
    (reason) => {
      expect(statusOf(aConnection({ lastFailure: aFailure(reason) }), null, policy, now)).toEqual({
        word: "unknown",
        failed: aFailure(reason),
        verified: { at: at("2026-03-10T12:30:00Z"), call: "accounts-list" },
        expiresAt: midnight,
      });
    },
  );

  it("stays unknown, not idle, when failures outlast the two hours", () => {
    const connection = aConnection({ lastFailure: aFailure("maintenance") });
    expect(statusOf(connection, null, policy, at("2026-03-10T15:00:00Z")).word).toBe("unknown");
  });

  it("does not stay unknown beyond death", () => {
    const connection = aConnection({ lastFailure: aFailure("maintenance") });
    expect(statusOf(connection, null, policy, midnight)).toMatchObject({ reason: "expired" });
  });

  it.each([
    ["a usable token set", aConnection()],
    ["a dead one", ended("rejected")],
    ["none at all", aConnection({ token: null, lastSuccess: null })],
  ])("is misconfigured before anything else, with %s", (_case, connection) => {
    const broken = { ...connection, lastFailure: aFailure("signature-invalid") };
    expect(statusOf(broken, aPending({ stage: "exchanging" }), policy, now)).toEqual({
      word: "misconfigured",
      failed: aFailure("signature-invalid"),
    });
  });

  it.each([
    ["never authorized", aConnection({ token: null, lastSuccess: null })],
    ["dead", ended("rejected")],
  ])("is authorizing while the person is at the broker and the token set is %s", (_case, connection) => {
    const pending = aPending();
    expect(statusOf(connection, pending, policy, at("2026-03-10T12:34:29Z"))).toEqual({
      word: "authorizing",
      stage: "waiting",
      startedAt: pending.startedAt,
      expiresAt: pending.expiresAt,
    });
  });

  it.each(["waiting", "confirming-accounts", "completed", "failed"] as const)(
    "says no less of a usable token set while a new authorization is %s",
    (stage) => {
      expect(statusOf(aConnection(), aPending({ stage }), policy, now).word).toBe("active");
    },
  );

  it.each(["exchanging", "verifying"] as const)(
    "claims nothing of a usable token set while a new one is %s, because that login may have ended it",
    (stage) => {
      expect(statusOf(aConnection(), aPending({ stage }), policy, now).word).toBe("authorizing");
    },
  );

  it.each(["exchanging", "verifying", "confirming-accounts"] as const)(
    "stays authorizing while %s, however long ago the request token lapsed",
    (stage) => {
      expect(statusOf(ended("expired"), aPending({ stage }), policy, now).word).toBe("authorizing");
    },
  );

  it.each(["waiting", "completed", "failed"] as const)("needs the person again once a lapsed one is %s", (stage) => {
    expect(statusOf(ended("expired"), aPending({ stage }), policy, now).word).toBe("needs-authorization");
  });

  it("has a word for everything, and no word of life at or after death", () => {
    fc.assert(
      fc.property(anyConnection, anyPending, anyInstant, (connection, pending, instant) => {
        const status = statusOf(connection, pending, policy, instant);
        expect(["active", "idle", "needs-authorization", "unknown", "misconfigured", "authorizing"]).toContain(
          status.word,
        );
        if (["active", "idle", "unknown"].includes(status.word)) {
          const deadline = deadlineOf(status);
          expect(connection.ended).toBeNull();
          expect(deadline !== null && Temporal.Instant.compare(instant, deadline) < 0).toBe(true);
        }
      }),
    );
  });
});

const evidence = { at: now, call: "accounts-list" } as const;
const failure = aFailure("server-error");

describe("nextAction, needsPerson and deadlineOf", () => {
  it.each<[Status, string, boolean, Temporal.Instant | null]>([
    [{ word: "active", verified: evidence, expiresAt: midnight }, "none", false, midnight],
    [{ word: "idle", reason: "no-call", lastCall: evidence, expiresAt: midnight }, "keep-alive", false, midnight],
    [{ word: "unknown", failed: failure, verified: null, expiresAt: midnight }, "wait", false, midnight],
    [{ word: "needs-authorization", reason: "expired", since: midnight }, "renew", true, null],
    [{ word: "misconfigured", failed: failure }, "fix-configuration", true, null],
    [
      { word: "authorizing", stage: "waiting", startedAt: now, expiresAt: midnight },
      "finish-authorization",
      true,
      null,
    ],
    [{ word: "authorizing", stage: "verifying", startedAt: now, expiresAt: midnight }, "wait", false, null],
  ])("agree on $word", (status, action, person, deadline) => {
    expect([nextAction(status), needsPerson(status), deadlineOf(status)]).toEqual([action, person, deadline]);
  });
});

const anyInstant = fc.integer({ min: 0, max: 172_800 }).map((seconds) => at("2026-03-10T12:30:00Z").add({ seconds }));

const anyConnection = fc
  .record({
    authorized: fc.boolean(),
    successAt: fc.option(anyInstant),
    failure: fc.option(
      fc.record({
        at: anyInstant,
        reason: fc.constantFrom<FailureReason>("server-error", "clock-skew", "token-rejected"),
      }),
    ),
    ended: fc.option(
      fc.record({ at: anyInstant, reason: fc.constantFrom<EndReason>("expired", "rejected", "revoked") }),
    ),
  })
  .map((facts) =>
    aConnection({
      ...(facts.authorized ? {} : { token: null }),
      lastSuccess: facts.successAt === null ? null : { at: facts.successAt, call: "accounts-list" },
      lastFailure:
        facts.failure === null
          ? null
          : { at: facts.failure.at, call: "accounts-list", failure: failed(facts.failure.reason).failure },
      ended: facts.ended,
    }),
  );

const anyPending = fc.option(
  fc
    .constantFrom<AuthorizationStage>(
      "waiting",
      "exchanging",
      "verifying",
      "confirming-accounts",
      "completed",
      "failed",
    )
    .map((stage) => aPending({ stage })),
);
