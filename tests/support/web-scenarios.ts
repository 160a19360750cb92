// One scripted server per state of the page. `now` moves on from the scenario's own start, so countdowns run.
import type {
  AuthorizationView,
  ConnectionView,
  ConsumerView,
  JournalReply,
  MarketView,
  MessagesReply,
  StatusReply,
} from "../../server/http/contract.ts";

export interface Scenario {
  /** "signed-out": 401 everywhere. "down": the connection breaks. */
  answer: "ok" | "signed-out" | "down";
  status: StatusReply;
  journal: JournalReply["entries"];
  messages: MessagesReply;
  /** Server time when the scenario starts. */
  startsAt: string;
}

const fridayMarket: MarketView = {
  date: "2026-11-20",
  phase: "before-open",
  today: { date: "2026-11-20", open: "2026-11-20T14:30:00Z", close: "2026-11-20T21:00:00Z", earlyClose: false },
  occasion: null,
  next: { date: "2026-11-23", open: "2026-11-23T14:30:00Z", close: "2026-11-23T21:00:00Z", earlyClose: false },
};

// 08:32 in New York, two minutes after the first reminder.
const morning = "2026-11-20T13:32:18Z";
const noon = "2026-11-20T17:04:09Z";

const runner = (version: number, current: boolean): ConsumerView => ({
  consumer: "opening-range-bot",
  version,
  confirmedAt: current ? "2026-11-20T13:31:22Z" : "2026-11-19T13:12:44Z",
  current,
});

/** A valid, active connection; each scenario overrides what it is about. */
export function aConnection(change: Partial<ConnectionView> = {}): ConnectionView {
  return {
    id: "etrade-prod",
    provider: "etrade",
    environment: "prod",
    label: "E*TRADE production",
    role: "owner",
    ownerName: "Max",
    status: {
      word: "active",
      reason: null,
      evidence: "E*TRADE answered the account list.",
      evidenceAt: "2026-11-20T17:01:00Z",
      expiresAt: "2026-11-21T05:00:00Z",
      action: "none",
    },
    token: {
      version: 4,
      startedAt: "2026-11-20T13:31:02Z",
      issuedAt: "2026-11-20T13:31:13Z",
      verifiedAt: "2026-11-20T13:31:13Z",
      storedAt: "2026-11-20T13:31:14Z",
      announcedAt: "2026-11-20T13:31:15Z",
      refreshedAt: null,
      expiresAt: "2026-11-21T05:00:00Z",
      accessExpiresAt: null,
      idleAt: "2026-11-20T19:01:00Z",
    },
    keepAlive: {
      lastCallAt: "2026-11-20T17:01:00Z",
      lastCall: "account list",
      nextCallAt: "2026-11-20T18:01:00Z",
      consecutiveFailures: 0,
      lastFailure: null,
    },
    authorization: null,
    accounts: ["••5145 Brokerage", "••0932 IRA"],
    consumers: [runner(4, true)],
    newLoginEndsEarlier: false,
    revocable: true,
    nextReminderAt: "2026-11-23T13:30:00Z",
    ...change,
  };
}

const sandbox = aConnection({
  id: "etrade-sandbox",
  environment: "sandbox",
  label: "E*TRADE sandbox",
  consumers: [],
  accounts: ["••8820 Individual"],
});

const schwab = aConnection({
  id: "schwab-prod",
  provider: "schwab",
  label: "Schwab production",
  status: {
    word: "active",
    reason: null,
    evidence: "Schwab answered the account list.",
    evidenceAt: "2026-11-20T17:02:00Z",
    expiresAt: "2026-11-25T22:10:00Z",
    action: "none",
  },
  token: {
    version: 61,
    startedAt: "2026-11-18T22:09:31Z",
    issuedAt: "2026-11-18T22:10:00Z",
    verifiedAt: "2026-11-20T16:55:02Z",
    storedAt: "2026-11-20T16:55:02Z",
    announcedAt: "2026-11-20T16:55:03Z",
    refreshedAt: "2026-11-20T16:55:02Z",
    expiresAt: "2026-11-25T22:10:00Z",
    accessExpiresAt: "2026-11-20T17:25:00Z",
    idleAt: "2026-11-20T17:25:00Z",
  },
  keepAlive: {
    lastCallAt: "2026-11-20T16:55:02Z",
    lastCall: "accounts-list",
    nextCallAt: "2026-11-20T17:20:00Z",
    consecutiveFailures: 0,
    lastFailure: null,
  },
  accounts: ["••3071 Individual", "••8844 Roth IRA"],
  consumers: [{ ...runner(61, true), confirmedAt: "2026-11-20T16:55:09Z" }],
  newLoginEndsEarlier: true,
  revocable: false,
  nextReminderAt: "2026-11-24T13:30:00Z",
});

/** Before the open: yesterday's access token lapsed, the login lives. */
const schwabLapsed: ConnectionView = {
  ...schwab,
  status: {
    word: "idle",
    reason: "access-lapsed",
    evidence: "The access token lapsed. It is refreshed before the open, or when it is asked for.",
    evidenceAt: "2026-11-19T20:55:02Z",
    expiresAt: "2026-11-25T22:10:00Z",
    action: "keep-alive",
  },
  token: {
    ...tokenOf(schwab),
    verifiedAt: "2026-11-19T20:55:02Z",
    storedAt: "2026-11-19T20:55:02Z",
    announcedAt: "2026-11-19T20:55:03Z",
    refreshedAt: "2026-11-19T20:55:02Z",
    accessExpiresAt: "2026-11-19T21:25:00Z",
    idleAt: "2026-11-19T21:25:00Z",
  },
  keepAlive: { ...schwab.keepAlive, lastCallAt: "2026-11-19T20:55:02Z", nextCallAt: "2026-11-20T14:20:00Z" },
  consumers: [{ ...runner(61, true), confirmedAt: "2026-11-19T20:55:09Z" }],
};

const expired: Partial<ConnectionView> = {
  status: {
    word: "needs-authorization",
    reason: "expired",
    evidence: "Expired. Only a login at E*TRADE brings a new token.",
    evidenceAt: "2026-11-20T05:00:00Z",
    expiresAt: null,
    action: "renew",
  },
  token: {
    version: 3,
    startedAt: "2026-11-19T13:11:51Z",
    issuedAt: "2026-11-19T13:12:20Z",
    verifiedAt: "2026-11-19T13:12:21Z",
    storedAt: "2026-11-19T13:12:21Z",
    announcedAt: "2026-11-19T13:12:22Z",
    refreshedAt: null,
    accessExpiresAt: null,
    expiresAt: "2026-11-20T05:00:00Z",
    idleAt: null,
  },
  keepAlive: {
    lastCallAt: "2026-11-20T04:12:00Z",
    lastCall: "account list",
    nextCallAt: null,
    consecutiveFailures: 0,
    lastFailure: null,
  },
  consumers: [runner(3, true)],
  nextReminderAt: "2026-11-20T14:00:00Z",
};

const waiting: AuthorizationView = {
  stage: "waiting",
  mine: true,
  ceremony: "verifier",
  authorizeUrl: "/stub-broker",
  startedAt: "2026-11-20T13:31:40Z",
  expiresAt: "2026-11-20T13:36:40Z",
  triesLeft: 3,
  accounts: [],
  end: null,
};

const authorizing = (change: Partial<AuthorizationView> = {}): ConnectionView =>
  aConnection({
    ...expired,
    status: {
      word: "authorizing",
      reason: null,
      evidence: "Waiting for you to finish at E*TRADE.",
      evidenceAt: "2026-11-20T13:31:40Z",
      expiresAt: null,
      action: "finish-authorization",
    },
    authorization: { ...waiting, ...change },
  });

/** Renewing early, while the login before still works. */
const schwabRenewing = (ceremony: AuthorizationView["ceremony"]): ConnectionView => ({
  ...schwabLapsed,
  authorization: { ...waiting, ceremony, startedAt: "2026-11-20T13:31:40Z", expiresAt: "2026-11-20T13:41:40Z" },
});

const journal: JournalReply["entries"] = Array.from({ length: 30 }, (_unused, index) => ({
  outcome: "done",
  id: 90 - index,
  at: new Date(Date.parse("2026-11-20T13:31:22Z") - index * 47 * 60_000).toISOString(),
  kind: ["consumer-confirmed", "event-delivered", "token-stored", "keep-alive"][index % 4] ?? "keep-alive",
  connection: "etrade-prod",
  text:
    [
      "opening-range-bot runs on v4 of E*TRADE production.",
      "The trading system was told about v4 of E*TRADE production.",
      "E*TRADE production was renewed in 12 s and stored as v4.",
      "Keep-alive of E*TRADE production: the account list answered in 212 ms.",
    ][index % 4] ?? "",
  by:
    [{ name: "opening-range-bot", door: "program" } as const, null, { name: "Owner", door: "passkey" } as const, null][
      index % 4
    ] ?? null,
}));

const telegramLabel = "Telegram chat ••21";

function byTelegram(seconds: number) {
  return { to: "Owner", channel: telegramLabel, seconds, tries: [] };
}

const messages: MessagesReply = {
  channel: "telegram",
  messages: [
    {
      id: 12,
      at: "2026-11-20T13:31:15Z",
      kind: "renewed",
      state: "sent",
      sentAt: "2026-11-20T13:31:16Z",
      text: "✅ E*TRADE production is renewed (v4), 12 s after your tap.\nopening-range-bot confirmed at 8:31 AM ET.",
      ...byTelegram(1.2),
    },
    {
      id: 11,
      at: "2026-11-20T13:30:00Z",
      kind: "renewal-required",
      state: "sent",
      sentAt: "2026-11-20T13:30:01Z",
      text: "⏰ E*TRADE production needs you before the market opens at 9:30 AM ET.",
      ...byTelegram(0.4),
    },
  ],
};

function scenario(
  connections: ConnectionView[],
  change: Partial<StatusReply> = {},
  rest: Partial<Scenario> = {},
): Scenario {
  return {
    answer: "ok",
    startsAt: morning,
    journal,
    messages,
    status: {
      now: morning,
      changes: 1,
      practice: null,
      locked: false,
      market: fridayMarket,
      connections,
      chat: { channel: "telegram", waiting: 0, lastError: null },
      events: { channel: "webhook", waiting: 0, oldestWaitingAt: null },
      clockwork: clockworkAt(rest.startsAt ?? morning),
      ...change,
    },
    ...rest,
  };
}

/** Ran about a minute before. */
function clockworkAt(now: string): StatusReply["clockwork"] {
  const ago = (milliseconds: number) => new Date(Date.parse(now) - milliseconds).toISOString();
  const lastMorningAlertAt = `${now.slice(0, 11)}13:30:01Z`;
  return { lastTickAt: ago(66_000), lastTickOk: true, lastMorningAlertAt, late: false };
}

const openMarket = { market: { ...fridayMarket, phase: "open" as const } };
const atNoon = { startsAt: noon };
const due = aConnection({ ...expired });

export const scenarios: Record<string, Scenario> = {
  active: scenario([aConnection(), sandbox, schwab], openMarket, atNoon),
  due: scenario([due, aConnection({ ...expired, ...idOf(sandbox) }), schwab]),
  "due-open": scenario([due, sandbox], openMarket, atNoon),
  never: scenario([
    aConnection({
      status: {
        word: "needs-authorization",
        reason: "never",
        evidence: "No login has been made for this connection yet.",
        evidenceAt: null,
        expiresAt: null,
        action: "renew",
      },
      token: null,
      keepAlive: { lastCallAt: null, lastCall: null, nextCallAt: null, consecutiveFailures: 0, lastFailure: null },
      consumers: [],
      accounts: [],
      nextReminderAt: "2026-11-20T14:00:00Z",
    }),
  ]),
  "due-ahead": scenario([schwabUntil("2026-11-23T18:10:00Z"), aConnection()], openMarket, atNoon),
  schwab: scenario([schwab, aConnection()], openMarket, atNoon),
  "schwab-lapsed": scenario([schwabLapsed]),
  "schwab-two-days": scenario([schwabUntil("2026-11-22T17:10:00Z"), aConnection()], openMarket, atNoon),
  "schwab-redirect": scenario([schwabRenewing("redirect"), due]),
  "schwab-paste": scenario([schwabRenewing("paste-address"), due]),
  "schwab-stored": scenario([
    {
      ...schwab,
      status: { ...schwab.status, evidenceAt: "2026-11-20T13:32:18Z", expiresAt: "2026-11-27T13:32:17Z" },
      authorization: { ...waiting, stage: "completed", ceremony: "paste-address", authorizeUrl: null },
      token: {
        ...tokenOf(schwab),
        version: 62,
        startedAt: "2026-11-20T13:31:40Z",
        issuedAt: "2026-11-20T13:32:17Z",
        verifiedAt: "2026-11-20T13:32:18Z",
        storedAt: "2026-11-20T13:32:18Z",
        announcedAt: "2026-11-20T13:32:19Z",
        refreshedAt: null,
        expiresAt: "2026-11-27T13:32:17Z",
        accessExpiresAt: "2026-11-20T14:02:17Z",
        idleAt: "2026-11-20T14:02:17Z",
      },
      keepAlive: { ...schwab.keepAlive, lastCallAt: "2026-11-20T13:32:18Z", nextCallAt: "2026-11-20T14:20:00Z" },
      consumers: [runner(61, false)],
    },
    due,
  ]),
  authorizing: scenario([authorizing(), sandbox, schwab]),
  "authorizing-redirect": scenario([authorizing({ ceremony: "redirect" }), schwab]),
  "authorizing-elsewhere": scenario([authorizing({ mine: false, authorizeUrl: null }), sandbox]),
  "authorizing-lapsed": scenario([
    authorizing({ startedAt: "2026-11-20T13:26:00Z", expiresAt: "2026-11-20T13:32:21Z", triesLeft: 2 }),
    sandbox,
  ]),
  stored: scenario([
    aConnection({
      authorization: { ...waiting, stage: "completed", authorizeUrl: null },
      token: { ...tokenOf(aConnection()), startedAt: "2026-11-20T13:32:07Z", storedAt: "2026-11-20T13:32:19Z" },
      consumers: [runner(3, false)],
    }),
    sandbox,
    schwab,
  ]),
  verifying: scenario([authorizing({ stage: "verifying", authorizeUrl: null })]),
  "confirming-accounts": scenario([
    authorizing({ stage: "confirming-accounts", authorizeUrl: null, accounts: ["••5145 Brokerage", "••0932 IRA"] }),
    sandbox,
  ]),
  "other-accounts": scenario([
    authorizing({
      stage: "failed",
      end: "account-mismatch",
      accounts: ["••0932 IRA", "••7741 Margin"],
      authorizeUrl: null,
    }),
    schwab,
  ]),
  locked: scenario([due, schwab], { locked: true }),
  unknown: scenario(
    [
      aConnection({
        status: {
          word: "unknown",
          reason: "maintenance",
          evidence:
            "The broker is under maintenance since 12:01 PM ET. The token is untouched; last verified at 11:01 AM ET.",
          evidenceAt: "2026-11-20T17:01:00Z",
          expiresAt: "2026-11-21T05:00:00Z",
          action: "wait",
        },
        keepAlive: {
          lastCallAt: "2026-11-20T16:01:00Z",
          lastCall: "account list",
          nextCallAt: "2026-11-20T17:06:00Z",
          consecutiveFailures: 3,
          lastFailure: {
            at: "2026-11-20T17:01:00Z",
            reason: "maintenance",
            sentence: "The broker answered that it is under maintenance.",
          },
        },
        consumers: [runner(4, true), { ...runner(3, false), consumer: "risk-monitor" }],
      }),
      schwab,
    ],
    openMarket,
    atNoon,
  ),
  misconfigured: scenario([
    aConnection({
      status: {
        word: "misconfigured",
        reason: "consumer-key",
        evidence: "The broker does not know the consumer key. Check ETRADE_PROD_CONSUMER_KEY and restart.",
        evidenceAt: "2026-11-20T13:30:40Z",
        expiresAt: null,
        action: "fix-configuration",
      },
    }),
    sandbox,
  ]),
  idle: scenario(
    [
      aConnection({
        status: {
          word: "idle",
          reason: "no-call",
          evidence: "No call since 10:01 AM ET, so the broker has put the token to sleep. One keep-alive wakes it.",
          evidenceAt: "2026-11-20T15:01:00Z",
          expiresAt: "2026-11-21T05:00:00Z",
          action: "keep-alive",
        },
      }),
      schwab,
    ],
    openMarket,
    atNoon,
  ),
  holiday: scenario(
    [moved(aConnection({ nextReminderAt: "2026-11-21T13:30:00Z" }), 6)],
    {
      market: {
        date: "2026-11-26",
        phase: "closed",
        today: null,
        occasion: "Thanksgiving Day",
        next: { date: "2026-11-27", open: "2026-11-27T14:30:00Z", close: "2026-11-27T18:00:00Z", earlyClose: true },
      },
    },
    { startsAt: "2026-11-26T17:20:00Z" },
  ),
  "early-close": scenario(
    [moved(aConnection(), 7)],
    {
      market: {
        date: "2026-11-27",
        phase: "open",
        today: { date: "2026-11-27", open: "2026-11-27T14:30:00Z", close: "2026-11-27T18:00:00Z", earlyClose: true },
        occasion: "Day after Thanksgiving",
        next: { date: "2026-11-30", open: "2026-11-30T14:30:00Z", close: "2026-11-30T21:00:00Z", earlyClose: false },
      },
    },
    { startsAt: "2026-11-27T17:10:00Z" },
  ),
  practice: scenario(
    [due, schwab],
    { practice: { clockOffsetSeconds: 13_320 }, chat: { channel: "panel", waiting: 0, lastError: null } },
    {
      messages: { ...messages, channel: "panel" },
    },
  ),
  undelivered: scenario(
    [aConnection({ token: { ...tokenOf(aConnection()), announcedAt: null }, consumers: [runner(3, false)] }), schwab],
    {
      ...openMarket,
      chat: { channel: "telegram", waiting: 2, lastError: "Telegram refuses the bot token. Check TELEGRAM_BOT_TOKEN." },
      events: { channel: "webhook", waiting: 1, oldestWaitingAt: "2026-11-20T13:31:14Z" },
    },
    {
      ...atNoon,
      messages: {
        channel: "telegram",
        messages: messages.messages.map((message) => ({ ...message, state: "waiting", sentAt: null })),
      },
    },
  ),
  late: scenario(
    [aConnection(), schwab],
    {
      ...openMarket,
      clockwork: {
        lastTickAt: "2026-11-20T16:10:03Z",
        lastTickOk: true,
        lastMorningAlertAt: "2026-11-20T13:30:01Z",
        late: true,
      },
    },
    atNoon,
  ),
  renewer: scenario([aConnection({ role: "renewer", accounts: [] })], openMarket, atNoon),
  viewer: scenario([{ ...due, role: "viewer", accounts: [] }]),
  empty: scenario([], {}, { journal: [], messages: { channel: "panel", messages: [] } }),
  "signed-out": scenario([], {}, { answer: "signed-out" }),
  down: scenario([aConnection(), schwab], {}, { answer: "down" }),
};

/** Issued a week before. */
function schwabUntil(expiresAt: string): ConnectionView {
  const issuedAt = new Date(Date.parse(expiresAt) - 7 * 86_400_000).toISOString();
  return {
    ...schwab,
    status: { ...schwab.status, expiresAt },
    token: { ...tokenOf(schwab), startedAt: issuedAt, issuedAt, expiresAt },
    nextReminderAt: "2026-11-23T13:30:00Z",
  };
}

/** The same connection so many days later. */
function moved(connection: ConnectionView, days: number): ConnectionView {
  const later = (_key: string, value: unknown): unknown =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)
      ? new Date(Date.parse(value) + days * 86_400_000).toISOString()
      : value;
  const copy: ConnectionView = JSON.parse(JSON.stringify(connection, later));
  return copy;
}

function idOf({ id, environment, label }: ConnectionView): Pick<ConnectionView, "id" | "environment" | "label"> {
  return { id, environment, label };
}

function tokenOf({ token }: ConnectionView): NonNullable<ConnectionView["token"]> {
  if (token === null) throw new Error("This connection has no token.");
  return token;
}
