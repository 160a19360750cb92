import { describe, expect, it } from "vitest";
import { messageFor } from "../../../server/bot/messages.ts";
import { failed } from "../../../server/domain/broker-answer.ts";
import type { ConnectionIdentity } from "../../../server/domain/connection.ts";
import type { Notice } from "../../../server/domain/notice.ts";
import type { Status } from "../../../server/domain/status.ts";
import type { ChatMessage } from "../../../server/ports.ts";
import { at } from "../../support/builders.ts";

const pageUrl = "https://prebell.example";
const renew = { label: "Renew", url: pageUrl, miniApp: `${pageUrl}/mini` };
const open = { label: "Open Prebell", url: pageUrl };
const prod: ConnectionIdentity = { id: "etrade-prod", provider: "etrade", environment: "prod" };
const sandbox: ConnectionIdentity = { id: "etrade-sandbox", provider: "etrade", environment: "sandbox" };
const schwab: ConnectionIdentity = { id: "schwab-prod", provider: "schwab", environment: "prod" };
const { failure } = failed("maintenance", 500);

/** Tuesday 10 March 2026; the open is at 13:30Z, 09:30 New York. */
const hourBefore = "2026-03-10T12:30:00Z";

function say(notice: Notice, now = hourBefore, statuses: Record<string, Status> = {}): ChatMessage {
  const identities = new Map([prod, sandbox, schwab].map((identity) => [identity.id, identity]));
  const known = { identities, statuses: new Map(Object.entries(statuses)), connections: new Map() };
  return messageFor(notice, { now: at(now), ...known, confirmations: [], reader: null }, pageUrl);
}

const reminder = (
  slot: 60 | 30 | 15 | 0,
  overrides: Partial<Extract<Notice, { kind: "renewal-required" }>> = {},
): Notice => ({
  kind: "renewal-required",
  tradingDay: "2026-03-10",
  slot,
  connections: ["etrade-prod"],
  ...overrides,
});

describe("a reminder", () => {
  it.each([
    [60, "2026-03-10T12:30:00Z", "🔔 The market opens at 09:30 New York time. Renewal required:"],
    [30, "2026-03-10T13:00:00Z", "🔔 The market opens at 09:30 New York time. Renewal required:"],
    [15, "2026-03-10T13:15:00Z", "🔔 Last call: the market opens at 09:30 New York time. Renewal required:"],
    [0, "2026-03-10T13:30:00Z", "🔔 The market is open and your trading system has no valid token. Renewal required:"],
    [0, "2026-03-10T17:00:00Z", "🔔 The market is open and your trading system has no valid token. Renewal required:"],
  ] as const)("of slot %i sent at %s says what is at stake", (slot, now, head) => {
    const message = say(reminder(slot), now);
    expect([message.text, message.action, message.silent]).toEqual([`${head}\n• E*TRADE production`, renew, false]);
  });

  it("lists every connection that needs the person", () => {
    const { text } = say(reminder(60, { connections: ["etrade-prod", "etrade-sandbox"] }));
    expect(text.split("\n").slice(1)).toEqual(["• E*TRADE production", "• E*TRADE sandbox"]);
  });

  it("names the remedy where a login would not help", () => {
    const failedCheck = { ...failed("consumer-key-rejected", 401), at: at(hourBefore), call: "accounts-list" as const };
    const statuses: Record<string, Status> = { "etrade-prod": { word: "misconfigured", failed: failedCheck } };
    expect(say(reminder(60), hourBefore, statuses).text.split("\n")[1]).toBe(
      "• E*TRADE production: E*TRADE rejected the consumer key. Check the _CONSUMER_KEY variable, or the key in the page's settings; an expired key takes E*TRADE 2–3 days to replace.",
    );
  });

  it("mentions an early close", () => {
    const { text } = say(reminder(60, { tradingDay: "2026-11-27" }), "2026-11-27T13:30:00Z");
    expect(text.split("\n").at(-1)).toBe("Today the market closes early, at 13:00.");
  });
});

describe("a login that will end", () => {
  const living = { connection: "schwab-prod", endsAt: "2026-03-14T16:00:00Z", replaced: true };
  const warning = "A new login replaces the old one at once, for every program that uses it.";
  const line = "• Schwab production: ends Sat 14 Mar, 12:00 New York time";
  const ending = (...steps: (number | "before-break")[]): Notice => ({
    kind: "login-ending",
    logins: steps.map((step) => ({ ...living, step })),
  });

  it("is told of without a sound: when it ends, and what a new login does to the old one", () => {
    expect(say(ending(3))).toEqual({
      text: `📅 A login is about to end. Renew it when it suits you:\n${line}\n${warning}`,
      action: renew,
      buttons: [[{ label: "Renew in this chat", data: "renew:schwab-prod" }]],
      silent: true,
    });
  });

  it("is offered for renewal before a weekend, with the next open", () => {
    const { text, silent } = say(ending("before-break"), "2026-03-13T20:00:00Z");
    expect(text.split("\n")[0]).toBe(
      "📅 The market is closed until Mon 16 Mar, 09:30 New York time. Renew before that, best now:",
    );
    expect(silent).toBe(true);
  });

  it("is not said to be replaced where logins live side by side", () => {
    expect(say({ kind: "login-ending", logins: [{ ...living, replaced: false, step: 1 }] }).text).not.toContain(
      warning,
    );
  });

  const mornings = {
    connections: ["etrade-prod", "schwab-prod"],
    living: [{ ...living, endsAt: "2026-03-10T15:00:00Z" }],
  };
  const ends = "• Schwab production: ends Tue 10 Mar, 11:00 New York time";

  it("is named with its end on its last morning, beside what is dead already", () => {
    const head = "🔔 The market opens at 09:30 New York time. Renewal required:";
    expect(say(reminder(60, mornings)).text).toBe([head, "• E*TRADE production", ends, warning].join("\n"));
  });

  it("is not called invalid while the market is open and it lives", () => {
    const alone = reminder(0, { ...mornings, connections: ["schwab-prod"] });
    expect(say(alone, "2026-03-10T13:30:00Z").text.split("\n").slice(0, 2)).toEqual([
      "🔔 The market is open and your login will not last to the close. Renewal required:",
      ends,
    ]);
    expect(say(reminder(0, mornings), "2026-03-10T13:30:00Z").text).toContain("has no valid token");
  });

  it("is called dead once its end has come", () => {
    const alone = reminder(0, { ...mornings, connections: ["schwab-prod"] });
    expect(say(alone, "2026-03-10T15:00:00Z").text).toBe(
      "🔔 The market is open and your trading system has no valid token. Renewal required:\n• Schwab production",
    );
  });
});

describe("every other notice", () => {
  const connection = "etrade-prod";
  const wordings: [Notice, ChatMessage][] = [
    [
      { kind: "renewed", connection, version: 7 },
      { text: "✅ E*TRADE production renewed: version 7, verified by a real call.", action: null, silent: true },
    ],
    [
      { kind: "renewal-failed", connection, reason: "interrupted" },
      {
        text: "❌ E*TRADE production: the renewal failed. It was interrupted while the code was on its way. Start again for a new code. Whether the token before it survived is being checked.",
        action: renew,
        silent: false,
      },
    ],
    [
      { kind: "renewal-failed", connection, reason: "verifier-rejected" },
      {
        text: "❌ E*TRADE production: the renewal failed. The broker refused the code three times. Start again for a new code. The token before it is untouched.",
        action: renew,
        silent: false,
      },
    ],
    [
      { kind: "renewal-failed", connection, reason: "candidate-rejected" },
      {
        text: "❌ E*TRADE production: the renewal failed. The broker rejected the token it had just given. Start again. Whether the token before it survived is being checked.",
        action: renew,
        silent: false,
      },
    ],
    [
      { kind: "renewal-failed", connection, reason: "no-accounts" },
      {
        text: "❌ E*TRADE production: the renewal failed. The login lists no open account, so nothing was stored. Log in with the account your system trades.",
        action: renew,
        silent: false,
      },
    ],
    [
      {
        kind: "account-mismatch",
        connection,
        offered: ["••4463 Brokerage"],
        pinned: ["••5145 Brokerage", "••2718 IRA"],
        revoked: true,
      },
      {
        text: "🚨 E*TRADE production: a login opened OTHER accounts.\nOffered: ••4463 Brokerage. Pinned: ••5145 Brokerage, ••2718 IRA.\nNothing was stored; what was there before stays. The new token was revoked.\nDid you open or close an account? Then run: npm run prebell -- unpin etrade-prod, and renew.\nIf this was not you, sign every device out and check who can reach Prebell.",
        action: open,
        silent: false,
      },
    ],
    [
      { kind: "account-mismatch", connection, offered: ["••4463"], pinned: ["••5145"], revoked: false },
      {
        text: "🚨 E*TRADE production: a login opened OTHER accounts.\nOffered: ••4463. Pinned: ••5145.\nNothing was stored; what was there before stays. The new token was thrown away; the broker did not confirm its revocation.\nDid you open or close an account? Then run: npm run prebell -- unpin etrade-prod, and renew.\nIf this was not you, sign every device out and check who can reach Prebell.",
        action: open,
        silent: false,
      },
    ],
    [
      { kind: "expired", connection },
      {
        text: "E*TRADE production expired at midnight, as it must. You will be reminded before the open.",
        action: null,
        silent: true,
      },
    ],
    [
      { kind: "expired", connection: "schwab-prod", ruleSeconds: 7 * 24 * 3600 },
      {
        text: "Schwab production ended 7 d after its login, as it must. You will be reminded before the open.",
        action: null,
        silent: true,
      },
    ],
    [
      { kind: "died-early", connection: "schwab-prod", livedSeconds: 525_659, ruleSeconds: 7 * 24 * 3600 },
      {
        text: "❌ Schwab production: the login died early. It lived 6 d 2 h, the rule says 7 d. A new login in another program or a changed password does that. Your trading system is blind until you log in.",
        action: renew,
        silent: false,
      },
    ],
    [
      { kind: "token-lost", connection, reason: "rejected" },
      {
        text: "❌ E*TRADE production: E*TRADE rejected the token before its time, and renewing it did not help. Your trading system is blind until you log in.",
        action: renew,
        silent: false,
      },
    ],
    [
      { kind: "token-lost", connection, reason: "revoked" },
      { text: "E*TRADE production was revoked. It needs a new authorization.", action: renew, silent: false },
    ],
    [
      { kind: "misconfigured", connection, failure: failed("clock-skew", 401).failure },
      {
        text: "⚠️ E*TRADE production is misconfigured. E*TRADE refused our time: this machine's clock is more than five minutes off. Switch on time synchronisation. Logging in again would not help.",
        action: open,
        silent: false,
      },
    ],
    [
      { kind: "keepalive-failing", connection, failures: 3, failure },
      {
        text: "⚠️ E*TRADE production: 3 checks in a row failed. E*TRADE is under maintenance. The token is untouched. Prebell keeps trying.",
        action: open,
        silent: false,
      },
    ],
    [
      { kind: "keepalive-recovered", connection },
      { text: "✅ E*TRADE production answers again.", action: null, silent: true },
    ],
  ];

  const named = wordings.map(([notice, message]) => {
    const variant = "reason" in notice ? ` (${notice.reason})` : "";
    return [`${notice.kind}${variant}`, notice, message] as const;
  });

  it.each(named)("%s says what happened, what is safe and what helps", (_kind, notice, message) => {
    expect(say(notice)).toEqual(message);
  });

  it("of a connection that is no longer configured is still told, by its id", () => {
    expect(say({ kind: "keepalive-recovered", connection: "etrade-old" }).text).toBe("✅ etrade-old answers again.");
  });

  it("fits a Telegram message", () => {
    for (const [notice] of wordings) expect(say(notice).text.length).toBeLessThan(1000);
  });
});

describe("what concerns a channel", () => {
  const label = "Telegram chat ••21";
  const sentence = "Telegram refused: 403 Forbidden.";
  it("a test says that it is one, from when, and that nothing is wrong", () => {
    expect(say({ kind: "channel-test", label })).toEqual({
      text: "🔔 A test from Prebell by Telegram chat ••21, asked for at Tue 10 Mar, 08:30 New York time. Nothing is wrong, and nothing needs you.",
      action: open,
      silent: false,
    });
  });

  it("one that brings nothing, and one that only brings no answers, are told apart", () => {
    const texts = [{}, { isDeaf: true } as const].map(
      (how) => say({ kind: "channel-broken", label, sentence, ...how }).text,
    );
    expect(texts).toEqual([
      `⚠️ Messages no longer reach you by Telegram chat ••21. ${sentence} Until that is mended they come here.`,
      `⚠️ What you tap and write in the Telegram chat ••21 does not arrive. ${sentence}`,
    ]);
  });
});
