// What the page learns of a connection: the two clocks apart, and what each broker wants of the person.
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../server/domain/connection.ts";
import type { PendingAuthorization } from "../../../server/domain/pending-authorization.ts";
import { etradePolicy, type ProviderPolicy, schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { statusOf } from "../../../server/domain/status.ts";
import { marketDay, nextTradingDay } from "../../../server/domain/trading-calendar.ts";
import type { ConnectionView } from "../../../server/http/contract.ts";
import { ceremonyView, statusReply } from "../../../server/http/views.ts";
import { aConnection, aPending, at, aToken, on } from "../../support/builders.ts";

function viewOf(
  connection: Connection,
  policy: ProviderPolicy,
  now: string,
  pending: PendingAuthorization | null = null,
): ConnectionView {
  const date = on("2026-03-10");
  const reply = statusReply(
    {
      now: at(now),
      today: marketDay(date),
      nextDay: nextTradingDay(date),
      connections: [
        {
          connection,
          policy,
          status: statusOf(connection, pending, policy, at(now)),
          pending,
          nextCheckAt: null,
          nextReminderAt: null,
          announcedAt: null,
          confirmations: [],
        },
      ],
      undelivered: [],
      eventBacklog: { count: 0, oldestAt: null },
      clockwork: { lastTickAt: null, lastTickOk: null, lastMorningAlertAt: null, late: false },
    },
    1,
    { chat: "panel", eventChannel: "stream", practiceOffsetSeconds: () => null },
    {
      id: "session-1",
      isLocked: false,
      seesWhole: true,
      reader: null,
      roleOn: () => "owner",
      nameOf: () => "Owner",
    },
    { channel: "panel", waiting: 0, lastError: null },
  );
  const [view] = reply.connections;
  if (view === undefined) throw new Error("The reply has no connection.");
  return view;
}

/** Logged in at 08:30 in New York. */
const schwab = (accessExpiresAt: string, storedAt = "2026-03-10T12:30:01Z"): Connection =>
  aConnection({
    id: "schwab-prod",
    provider: "schwab",
    token: aToken({ accessExpiresAt: at(accessExpiresAt), storedAt: at(storedAt) }),
  });

describe("the two clocks of a login whose access tokens lapse", () => {
  it("are told apart", () => {
    expect(viewOf(schwab("2026-03-10T13:00:00Z"), schwabPolicy(), "2026-03-10T12:40:00Z").token).toMatchObject({
      expiresAt: "2026-03-17T12:30:00.000Z",
      accessExpiresAt: "2026-03-10T13:00:00.000Z",
      refreshedAt: null,
    });
  });

  it("move apart: a refresh sets the short one on and leaves the long one", () => {
    const refreshed = schwab("2026-03-10T13:25:00Z", "2026-03-10T12:55:01Z");
    expect(viewOf(refreshed, schwabPolicy(), "2026-03-10T12:56:00Z").token).toMatchObject({
      issuedAt: "2026-03-10T12:30:00.000Z",
      expiresAt: "2026-03-17T12:30:00.000Z",
      accessExpiresAt: "2026-03-10T13:25:00.000Z",
      refreshedAt: "2026-03-10T12:55:01.000Z",
    });
  });

  it("make it idle, with the reason and the login's end, once the short one is over", () => {
    expect(viewOf(schwab("2026-03-10T13:00:00Z"), schwabPolicy(), "2026-03-10T13:00:00Z").status).toMatchObject({
      word: "idle",
      reason: "access-lapsed",
      expiresAt: "2026-03-17T12:30:00.000Z",
    });
  });

  it("are one at a broker whose token lives as long as the login", () => {
    expect(viewOf(aConnection(), etradePolicy(), "2026-03-10T12:40:00Z").token).toMatchObject({
      expiresAt: "2026-03-11T04:00:00.000Z",
      accessExpiresAt: null,
      refreshedAt: null,
    });
  });
});

function habitsOf({ newLoginEndsEarlier, revocable }: ConnectionView) {
  return { newLoginEndsEarlier, revocable };
}

describe("what a broker wants of the person", () => {
  it.each([
    ["etrade", "verifier", "verifier"],
    ["etrade", "redirect", "redirect"],
    ["schwab", "redirect", "redirect"],
    ["schwab", "verifier", "paste-address"],
  ] as const)("at %s with %s is %s", (provider, ceremony, shown) => {
    expect(ceremonyView(provider, ceremony)).toBe(shown);
  });

  it("is told with the authorization under way", () => {
    const pending = aPending({ connectionId: "schwab-prod" });
    const view = viewOf(schwab("2026-03-10T13:00:00Z"), schwabPolicy(), "2026-03-10T12:31:00Z", pending);
    expect(view.authorization).toMatchObject({ stage: "waiting", mine: true, ceremony: "paste-address" });
  });

  it("comes with what a new login ends, and whether this one can be revoked", () => {
    expect(habitsOf(viewOf(schwab("2026-03-10T13:00:00Z"), schwabPolicy(), "2026-03-10T12:40:00Z"))).toEqual({
      newLoginEndsEarlier: true,
      revocable: false,
    });
    expect(habitsOf(viewOf(aConnection(), etradePolicy(), "2026-03-10T12:40:00Z"))).toEqual({
      newLoginEndsEarlier: false,
      revocable: true,
    });
  });
});

describe("a login that opened other accounts", () => {
  const pin = { fingerprint: "hmac", accounts: ["••5188 Brokerage"], pinnedAt: at("2026-03-02T13:30:00Z") };
  const offered = { fingerprint: "hmac", accounts: ["••0000 Brokerage"], pinnedAt: at("2026-03-10T12:30:00Z") };
  const turnedAway = aPending({ stage: "failed", end: "account-mismatch", candidatePin: offered });

  it("shows whose they were beside the pinned ones, to who made it", () => {
    const view = viewOf(aConnection({ pin }), etradePolicy(), "2026-03-10T12:31:00Z", turnedAway);
    expect([view.authorization?.accounts, view.accounts]).toEqual([offered.accounts, pin.accounts]);
  });

  it("shows them to nobody else", () => {
    const elsewhere = { ...turnedAway, sessionId: "session-2" };
    const view = viewOf(aConnection({ pin }), etradePolicy(), "2026-03-10T12:31:00Z", elsewhere);
    expect(view.authorization).toMatchObject({ mine: false, end: "account-mismatch", accounts: [] });
  });
});
