// Types only: what the server answers and the page reads. All instants are ISO 8601 strings in UTC.
import type { ChannelName, TryView } from "./contract-channels.ts";
import type { RoleName } from "./contract-people.ts";

export type * from "./contract-channels.ts";
export type * from "./contract-people.ts";

export type StatusWord = "active" | "idle" | "needs-authorization" | "unknown" | "misconfigured" | "authorizing";
/**
 * What the person does at the broker. `verifier`: bring back the code it shows. `redirect`: nothing, it sends the browser to
 * our callback page. `paste-address`: bring back the whole address of the page that could not be opened.
 */
export type CeremonyView = "verifier" | "redirect" | "paste-address";
export type NextAction = "none" | "keep-alive" | "renew" | "finish-authorization" | "wait" | "fix-configuration";

/** Where the person is told first. */
export type ChatChannel = ChannelName;

/** `GET /status` */
export interface StatusReply {
  /** Server time when the answer was made; countdowns run on it, not on the device's clock. */
  now: string;
  /** Rises with every change of the records; `/api/events` tells the same number. */
  changes: number;
  /** Practice brokers instead of real ones. `clockOffsetSeconds`: how far their clock was moved. */
  practice: { clockOffsetSeconds: number } | null;
  /** Whether the person who asks locked everything: nothing of theirs is renewed until a passkey unlocks it. */
  locked: boolean;
  market: MarketView;
  connections: ConnectionView[];
  chat: { channel: ChatChannel; waiting: number; lastError: string | null };
  /** How the trading system is told; "stream": only if it listens at `/api/events`. */
  events: { channel: "webhook" | "pubsub" | "stream"; waiting: number; oldestWaitingAt: string | null };
  clockwork: ClockworkView;
}

/** The scheduled work: reminders and keep-alives depend on it. */
export interface ClockworkView {
  lastTickAt: string | null;
  /** Whether the last tick left nothing that has to be tried again; null before the first. */
  lastTickOk: boolean | null;
  lastMorningAlertAt: string | null;
  /** It should have run by now and has not. */
  late: boolean;
}

export interface MarketDayView {
  /** New York date, for example "2026-11-27". */
  date: string;
  open: string;
  close: string;
  earlyClose: boolean;
}

export interface MarketView {
  date: string;
  phase: "before-open" | "open" | "after-close" | "closed";
  /** Null on a day without trading. */
  today: MarketDayView | null;
  /** Why there is no trading, or why it ends early: "Thanksgiving Day", "Weekend"; null on an ordinary day. */
  occasion: string | null;
  /** The next trading day after `date`. */
  next: MarketDayView;
}

export interface ConnectionView {
  id: string;
  provider: "etrade" | "schwab";
  environment: "prod" | "sandbox";
  /** "E*TRADE production" */
  label: string;
  /** What the reader may do to it. Renewers see no accounts, viewers only look. */
  role: RoleName;
  ownerName: string;
  status: StatusView;
  token: TokenView | null;
  keepAlive: KeepAliveView;
  authorization: AuthorizationView | null;
  /** Pinned accounts, masked: "••5145 Brokerage". For the owner only, as all accounts below. */
  accounts: string[];
  consumers: ConsumerView[];
  /** A new login ends the one before, for every program that uses it: said before the person starts one. */
  newLoginEndsEarlier: boolean;
  /** Whether the broker ends a token when asked; if not, `DELETE …/token` only forgets it here. */
  revocable: boolean;
  /** Next time the person would be asked if nothing changes; null while the token lives through the next trading day. */
  nextReminderAt: string | null;
}

export interface StatusView {
  word: StatusWord;
  /**
   * "never", "expired", "revoked", "rejected"; when idle "no-call" or "access-lapsed"; or a broker's failure reason such as
   * "maintenance"; null when active.
   */
  reason: string | null;
  /** One sentence: when and by which call this is known. */
  evidence: string;
  /** When the evidence was taken. */
  evidenceAt: string | null;
  /** When the login ends and with it everything: only the person moves it. Null when there is none alive. */
  expiresAt: string | null;
  action: NextAction;
}

export interface TokenView {
  version: number;
  /** The person's tap. */
  startedAt: string;
  /** The login. No refresh moves it. */
  issuedAt: string;
  verifiedAt: string;
  storedAt: string;
  /** When the event that announces this version was delivered; null while it is waiting. */
  announcedAt: string | null;
  /** When this version came of a refresh; null where it is the login's own, or the broker refreshes nothing. */
  refreshedAt: string | null;
  /** When the login ends: the clock that needs the person. */
  expiresAt: string;
  /** When the access token lapses: the clock that runs again by itself. Null where it lives as long as the login (E*TRADE). */
  accessExpiresAt: string | null;
  /** When the token turns idle without a call. */
  idleAt: string | null;
}

export interface KeepAliveView {
  lastCallAt: string | null;
  lastCall: string | null;
  nextCallAt: string | null;
  consecutiveFailures: number;
  lastFailure: { at: string; reason: string; sentence: string } | null;
}

/** The newest authorization that is open, or ended within the last minutes. */
export interface AuthorizationView {
  stage: "waiting" | "exchanging" | "verifying" | "confirming-accounts" | "completed" | "failed";
  /** Whether this browser started it and so may finish it. */
  mine: boolean;
  ceremony: CeremonyView;
  /** Only for the browser that started it, and only while waiting. */
  authorizeUrl: string | null;
  startedAt: string;
  expiresAt: string;
  triesLeft: number;
  /**
   * Masked: while `confirming-accounts` those to confirm; where this browser's login ended in `account-mismatch`, those it
   * offered instead of the pinned ones.
   */
  accounts: string[];
  /** Why it ended: a code of `Problem`; null while open or completed. */
  end: string | null;
}

export interface ConsumerView {
  consumer: string;
  version: number;
  confirmedAt: string;
  /** Whether it runs on the stored version. */
  current: boolean;
}

/** `POST /api/connections/:id/authorizations` `{restart?: true}` */
export interface AuthorizationReply {
  authorizeUrl: string;
  ceremony: CeremonyView;
  expiresAt: string;
}

/**
 * `POST …/authorizations/complete` `{callbackUrl}` (the callback page) or `{verifier}` (what a person pasted: the code, or the
 * whole address it came in); and `POST …/authorizations/confirm-accounts` `{accept}`
 */
export interface CompletionReply {
  /** `confirm-accounts`: proven, but the owner has to say that these accounts are the right ones. */
  outcome: "stored" | "confirm-accounts" | "verifying" | "discarded";
  status: StatusView;
  /** The version now in the store; null if none. */
  version: number | null;
  /** Masked accounts the new token opens. */
  accounts: string[];
}

/** `POST /api/connections/:id/keepalive` */
export interface KeepAliveReply {
  outcome: "ok" | "revived" | "refreshed" | "failed" | "ended" | "nothing-to-keep-alive" | "busy";
  status: StatusView;
  keepAlive: KeepAliveView;
}

/** `GET /keepalive/status` and `POST /keepalive/force` (which also gives each `outcome`) */
export interface KeepAliveStatusReply {
  now: string;
  connections: (KeepAliveView & { id: string; status: StatusWord; outcome?: KeepAliveReply["outcome"] })[];
}

/** `GET /api/journal?limit=&before=` */
export interface JournalReply {
  entries: {
    id: number;
    at: string;
    kind: string;
    connection: string | null;
    text: string;
    outcome: "done" | "refused" | "failed";
    /** Who did it and by which door; null: Prebell by itself. */
    by: { name: string; door: "link" | "passkey" | "telegram" | "chat" | "terminal" | "program" } | null;
  }[];
}

/** `GET /api/messages`: those to oneself */
export interface MessagesReply {
  channel: ChatChannel;
  messages: {
    id: number;
    at: string;
    kind: string;
    state: "waiting" | "sending" | "sent" | "dropped";
    sentAt: string | null;
    text: string;
    /** The reader's name. */
    to: string;
    /** The label of the channel that took it, or is tried next; null before the first try. */
    channel: string | null;
    /** From the moment it was due to the moment a channel took it. */
    seconds: number | null;
    /** Oldest first, at most the newest ten. */
    tries: TryView[];
  }[];
}

// Proof that the token works, in one shape for every broker: asked of the broker at that moment, stored nowhere. `account` is
// masked as in `ConnectionView.accounts`. Amounts are plain numbers in `currency`, not cents; what a broker does not say is null.

/** `GET /api/connections/:id/accounts` */
export interface AccountsReply {
  /** Every account the token opens, in the broker's order. */
  accounts: string[];
  /** Pinned at the first login and no longer opened: left unticked at the newest login, or closed. */
  missing: string[];
}

/** `GET /api/connections/:id/balances`: one row for each account */
export interface BalancesReply {
  balances: {
    account: string;
    currency: "USD";
    /** Cash and positions at market; short positions count against it. */
    totalValue: number | null;
    /** Negative where money is borrowed. */
    cash: number | null;
    buyingPower: number | null;
  }[];
}

/** `GET /api/connections/:id/positions`: of each account the first 50 */
export interface PositionsReply {
  positions: {
    account: string;
    symbol: string;
    assetType: "equity" | "option" | "fund" | "fixed-income" | "cash" | "other";
    /** Shares or contracts; negative when short. */
    quantity: number;
    /** For one share or one contract's unit. */
    averagePrice: number | null;
    /** Of the whole position; negative when short. */
    marketValue: number | null;
    currency: "USD";
  }[];
}

/** `GET /api/connections/:id/token?minValidSeconds=` */
export interface TokenReply {
  connection: string;
  version: number;
  accessToken: string;
  /** The other half in OAuth 1.0a (E*TRADE); null where the access token is a bearer token (Schwab). */
  accessTokenSecret: string | null;
  /** Only where SCHWAB_EXPORT_REFRESH_TOKEN is set: two programs that refresh, or log in, end each other's tokens. */
  refreshToken?: string;
  /** The login. */
  issuedAt: string;
  /** When the access token lapses, or the login ends, whichever comes first. */
  expiresAt: string;
  /** When the login ends. Nothing but the person moves it; a refresh does not. */
  reauthorizeBy: string;
  /** Until `expiresAt`. */
  validForSeconds: number;
}

// Passkeys. The options are what `navigator.credentials` takes, the credentials what it gives, both as WebAuthn's own JSON.

/** `POST /api/passkeys/options` */
export interface PasskeyCreationOptions {
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  challenge: string;
  pubKeyCredParams: { type: "public-key"; alg: number }[];
  timeout: number;
  excludeCredentials: PasskeyDescriptor[];
  authenticatorSelection: { residentKey: "required"; requireResidentKey: true; userVerification: "required" };
  attestation: "none";
}

/** `POST /api/sessions/passkey/options` (any passkey of this site) and `POST /api/sessions/proof/options` (one's own) */
export interface PasskeyRequestOptions {
  rpId: string;
  challenge: string;
  timeout: number;
  allowCredentials: PasskeyDescriptor[];
  userVerification: "required";
}

export interface PasskeyDescriptor {
  type: "public-key";
  id: string;
  transports: string[];
}

/** `POST /api/passkeys` `{credential, name?}`: `name` null or absent is chosen by the kind of device */
export interface CreatedPasskey {
  id: string;
  rawId: string;
  type: "public-key";
  response: { clientDataJSON: string; attestationObject: string; transports?: string[] };
}

/** `POST /api/sessions/passkey` and `POST /api/sessions/proof` `{credential}` */
export interface AssertedPasskey {
  id: string;
  rawId: string;
  type: "public-key";
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null };
}

/** `GET /api/passkeys`: one's own */
export interface PasskeysReply {
  passkeys: PasskeyView[];
}

/** Also the answer to `POST /api/passkeys` and, with the new `{name}`, to `POST /api/passkeys/:id`. */
export interface PasskeyView {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
  /** Kept beyond one device, by whoever synchronises its passkeys. */
  backedUp: boolean;
}

/** `DELETE /api/passkeys/:id` */
export interface PasskeyRemovedReply {
  /** How many are left. */
  left: number;
  /** What that means, where it means something. */
  warning: string | null;
}

/** `POST /api/telegram/open` `{initData}`: what the Mini App shows */
export interface MiniAppReply {
  person: string;
  /** What this person may renew. */
  connections: {
    id: string;
    label: string;
    status: StatusView;
    /** A link into the system's own browser, good once and for `validSeconds`; null while everything is locked. */
    handOver: string | null;
  }[];
  validSeconds: number;
}

/** `POST /api/sessions/hand-over` `{token}`: spends the link, and says how the person proves that it is them */
export interface HandOverReply {
  person: string;
  connection: { id: string; label: string };
  proof: PasskeyProof | NumberProof;
}

/** To be answered at `POST /api/sessions/hand-over/passkey` `{connection, credential}`. */
export interface PasskeyProof {
  by: "passkey";
  options: PasskeyRequestOptions;
}

/** Asked for in the chat of a person who has no passkey. */
export interface NumberProof {
  by: "number";
  /** The two digits to be tapped there. */
  number: number;
  /** By which this page, and no other, asks what became of it. */
  secret: string;
  validSeconds: number;
}

/** `POST /api/sessions/hand-over/passkey` and `POST /api/sessions/match` `{secret}` */
export interface EnteredReply {
  /** The connection whose renewal this page is signed in for; null: nothing was tapped yet. */
  enteredFor: string | null;
}

/** `application/problem+json` (RFC 9457). `code` is stable, `detail` is a sentence for the person with the remedy. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  code: string;
  detail: string;
}
