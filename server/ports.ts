// Every interface the core needs from the outside. Implemented in providers/ and adapters/, wired in composition.ts.
import type { ApiToken } from "./domain/api-token.ts";
import type { BrokerKeys } from "./domain/broker-keys.ts";
import type { Run } from "./domain/clockwork.ts";
import type { BrokerAnswer } from "./domain/broker-answer.ts";
import type {
  Account,
  Connection,
  ConnectionIdentity,
  Environment,
  IssuedTokens,
  TokenSet,
} from "./domain/connection.ts";
import type { InitData } from "./domain/init-data.ts";
import type { Drill } from "./domain/drill.ts";
import type { JournalEntry } from "./domain/journal.ts";
import type { JournalHead, JournalLine } from "./domain/journal-chain.ts";
import type { Message, MessageDraft, Passage } from "./domain/notice.ts";
import type { AssertedCredential, CreatedCredential, CreationOptions, RequestOptions } from "./domain/passkey.ts";
import type { Ceremony, PendingAuthorization } from "./domain/pending-authorization.ts";
import type { Passkey, Person } from "./domain/person.ts";
import type { ProviderPolicy } from "./domain/provider-policy.ts";
import type { Secret } from "./domain/secret.ts";
import type { TokenEvent, TokenEventDraft } from "./domain/token-event.ts";
import type { WebSession } from "./domain/web-session.ts";

/** Answers the current instant in whole milliseconds, which is what stores keep. Read once per request or run and passed down. */
export type Clock = () => Temporal.Instant;

/** Unpredictable identifiers and the keyed hash that pins accounts. */
export interface Randomness {
  /** A fresh identifier, URL-safe, 128 bits or more. */
  id(): string;
  /** A fresh bearer secret, URL-safe, 256 bits. */
  bearer(): Secret;
  /** A whole number from 0 to `count` − 1, each as likely. */
  below(count: number): number;
  /** SHA-256 in hex: how bearer secrets are looked up without being kept. */
  digest(text: string): string;
  /** HMAC-SHA256 in hex under the installation's own key. */
  fingerprint(text: string): string;
}

export interface BegunAuthorization {
  /** What the broker's answer has to name again: OAuth 1.0a's request token, OAuth 2.0's state. */
  readonly requestToken: Secret;
  /** Empty in OAuth 2.0. */
  readonly requestTokenSecret: Secret;
  readonly authorizeUrl: string;
}

/** One broker in one environment. Every method makes real calls, returns the classified answer and never logs it. */
export interface Provider {
  readonly identity: ConnectionIdentity;
  readonly policy: ProviderPolicy;
  readonly ceremony: Ceremony;
  /** Fetches a request token and says where to send the person. Safe to repeat. */
  beginAuthorization(): Promise<BrokerAnswer<BegunAuthorization>>;
  /** Trades request token and verifier for an access token. Never repeat blindly: a verifier works once. */
  exchange(requestToken: Secret, requestTokenSecret: Secret, verifier: Secret): Promise<BrokerAnswer<IssuedTokens>>;
  /** Lists the open accounts: the call that proves a token set and resets its idle clock. */
  listAccounts(tokenSet: TokenSet): Promise<BrokerAnswer<readonly Account[]>>;
  readonly renewal: Renewal;
  /** Kills the token set at the broker, for good; null where the broker has no way to. */
  readonly revoke: ((tokenSet: TokenSet) => Promise<BrokerAnswer<void>>) | null;
  /** The broker's own time, from any answer it gives; null if it gives none. Tells whether this machine's clock is right. */
  readClock(): Promise<Temporal.Instant | null>;
  /** Read-only proof for the eye: one account's money. */
  balance(tokenSet: TokenSet, account: Account): Promise<BrokerAnswer<AccountBalance>>;
  /** Read-only proof for the eye: one account's positions, at most the first 50. */
  positions(tokenSet: TokenSet, account: Account): Promise<BrokerAnswer<readonly Position[]>>;
}

/** How a token set is kept usable without the person. */
export type Renewal =
  /** Revives an idle token set; the tokens stay the same. Safe to repeat. */
  | { readonly kind: "revive"; readonly renew: (tokenSet: TokenSet) => Promise<BrokerAnswer<void>> }
  /** Trades the refresh token for new tokens; the answer has to be stored before anything else. Never two at once. */
  | { readonly kind: "refresh"; readonly refresh: (tokenSet: TokenSet) => Promise<BrokerAnswer<IssuedTokens>> };

/** One account's money, in `currency`; what a broker does not say is null. */
export interface AccountBalance {
  readonly currency: "USD";
  /** Everything the account is worth: cash, and positions at market, short ones counted against it. */
  readonly totalValue: number | null;
  /** Negative where money is borrowed. */
  readonly cash: number | null;
  readonly buyingPower: number | null;
}

export interface Position {
  readonly symbol: string;
  readonly assetType: "equity" | "option" | "fund" | "fixed-income" | "cash" | "other";
  /** Shares or contracts; negative when short. */
  readonly quantity: number;
  /** For one share or one contract's unit, in `currency`. */
  readonly averagePrice: number | null;
  /** Of the whole position, in `currency`; negative when short. */
  readonly marketValue: number | null;
  readonly currency: "USD";
}

/** Token sets with their secrets, encrypted at rest, versioned 1, 2, 3 … per connection. */
export interface TokenStore {
  /** Stores a verified token set as the next version, keeps the version before it, destroys older ones; returns the version. */
  put(connectionId: string, tokenSet: TokenSet): Promise<number>;
  /** The token set of that version; null if it was never stored or is destroyed. */
  read(connectionId: string, version: number): Promise<TokenSet | null>;
  /** The newest version number; null if there is none. */
  latestVersion(connectionId: string): Promise<number | null>;
  /** Destroys every version, for good; none there is as good. */
  remove(connectionId: string): Promise<void>;
}

/** The keys that owners entered, encrypted at rest like tokens. */
export interface BrokerKeyStore {
  /** Replaces what was stored; rejects with `KeysNotStored` where something has to be set up first. */
  put(connectionId: string, keys: BrokerKeys): Promise<void>;
  /** Null if there are none. */
  read(connectionId: string): Promise<BrokerKeys | null>;
  /** Destroys them, for good; none there is as good. */
  remove(connectionId: string): Promise<void>;
}

/** The message is for the owner: what has to be set up, and how. No key is in it. */
export class KeysNotStored extends Error {
  override name = "KeysNotStored" as const;
}

/** Makes the broker that calls with these keys; it calls nobody by that. */
export type BrokerFor = (identity: ConnectionIdentity, keys: BrokerKeys) => Provider;

/** One atomic change of the records: all of it is written or none. */
export interface Change {
  /** Written as `revision + 1`, if the stored revision still equals `revision`. */
  readonly connection?: Connection;
  readonly pending?: PendingAuthorization;
  /** Written as `revision + 1`, if the stored revision still equals `revision`. */
  readonly person?: Person;
  /** Written as `revision + 1`, if the stored revision still equals `revision`. */
  readonly drill?: Drill;
  /** Written under its digest, whether it was there before or not. */
  readonly apiToken?: ApiToken;
  /** Events get their sequence numbers here and are queued for delivery. */
  readonly events?: readonly TokenEventDraft[];
  /** Messages are queued for the person; a claim that was ever taken before makes the whole change a conflict. */
  readonly messages?: readonly MessageDraft[];
  /** Taken with the change, as a message's claims are. */
  readonly claims?: readonly string[];
  readonly journal?: readonly JournalEntry[];
}

/** Everything recorded that is not a token: facts, pending authorizations, the outbox, the journal. */
export interface RecordStore {
  /** All connections, in one read. */
  connections(): Promise<readonly Connection[]>;
  /** The connection's record; null before its first commit. */
  connection(id: string): Promise<Connection | null>;
  /** Authorizations that are open, or whose `expiresAt` is less than an hour ago, newest first; of one connection, or of all. */
  pendingAuthorizations(now: Temporal.Instant, connectionId?: string): Promise<readonly PendingAuthorization[]>;
  /** Everybody there ever was, removed people too, in one read. */
  people(): Promise<readonly Person[]>;
  /** All of them, lapsed ones too, in one read. */
  apiTokens(): Promise<readonly ApiToken[]>;
  /** Newest first by `createdAt`. */
  drills(limit: number): Promise<readonly Drill[]>;
  /** Writes the change whole, or answers "conflict" and writes nothing. */
  commit(change: Change): Promise<"committed" | "conflict">;
  /** Those of the given claims that are already taken. */
  takenClaims(claims: readonly string[]): Promise<ReadonlySet<string>>;
  /** Newest first. `before` pages: only entries older than that entry's id. Kept for good: nothing changes or removes one. */
  journal(limit: number, before?: number): Promise<readonly JournalLine[]>;
  /** Where the chain of the entries begins and ends; null before the first that was chained. */
  journalHead(): Promise<JournalHead | null>;
  /** Rises with every change of the records, whichever process made it: how a page learns that something is new. */
  changeCount(): Promise<number>;
  /** Who runs on which version: at most one row per connection and consumer. */
  confirmations(): Promise<readonly Confirmation[]>;
  confirm(confirmation: Confirmation, journal: JournalEntry): Promise<void>;
  /** The newest run of each kind of scheduled work. */
  lastRuns(): Promise<readonly Run[]>;
  /** Replaces the run of its kind; an older one than recorded changes nothing. */
  recordRun(run: Run): Promise<void>;
}

/** The practice broker of a fire drill, beside the real ones. */
export interface DrillBroker {
  readonly provider: Provider;
  /** What every login there opens. */
  readonly accounts: readonly Account[];
}

export interface Confirmation {
  readonly connectionId: string;
  readonly consumer: string;
  readonly version: number;
  readonly at: Temporal.Instant;
}

/** What waits to be told, to the person and to the trading system, until it is delivered. */
export interface Outbox {
  /** Takes the due messages for sending: they are ours until `leaseUntil`, then anybody's again. */
  takeMessages(now: Temporal.Instant, leaseUntil: Temporal.Instant): Promise<readonly Message[]>;
  settleMessage(id: number, result: MessageResult): Promise<void>;
  /** Delivered messages that can still be changed where they are (`passage.shown` is not null), oldest first. */
  standingMessages(): Promise<readonly Message[]>;
  /** What a standing message shows from now on; null: it stands no more. */
  showMessage(id: number, shown: { readonly digest: string; readonly text: string } | null): Promise<void>;
  /** What the channel has not taken yet, oldest first; usually nothing. At most 100. */
  undeliveredMessages(): Promise<readonly Message[]>;
  /** Newest first, delivered or not. */
  messages(limit: number): Promise<readonly Message[]>;
  /** Takes the oldest undelivered event if it is due; events are delivered one after the other, in order. */
  takeEvent(now: Temporal.Instant, leaseUntil: Temporal.Instant): Promise<(TokenEvent & { attempts: number }) | null>;
  settleEvent(sequence: number, result: DeliveryResult): Promise<void>;
  /** Events after `sequence`, oldest first. */
  eventsAfter(sequence: number, limit: number): Promise<readonly TokenEvent[]>;
  /** The last event's sequence; 0 before the first. */
  lastSequence(): Promise<number>;
  /** Undelivered events: how many, and since when. */
  eventBacklog(): Promise<{ count: number; oldestAt: Temporal.Instant | null }>;
  /** When the event that announced this version was delivered; null while it was not. */
  announcedAt(connectionId: string, version: number): Promise<Temporal.Instant | null>;
}

/** `retry` counts one failed attempt; it falls due again at `at`. What was reported delivered stays so. */
export type DeliveryResult =
  | { readonly outcome: "delivered"; readonly at: Temporal.Instant; readonly text: string | null }
  | { readonly outcome: "retry"; readonly at: Temporal.Instant }
  | { readonly outcome: "dropped"; readonly at: Temporal.Instant };

/** As above, with how far the message came (absent: as far as before); on a retry `passage.channel` is the one to try next. */
export type MessageResult = DeliveryResult & { readonly passage?: Passage };

/** One holder at a time for a named piece of work, over all processes. */
export interface Leases {
  /**
   * A function that gives the lease back, or null if somebody else still holds it after `patience` (none by default). A dead
   * holder's lease lapses.
   */
  acquire(name: string, now: Temporal.Instant, patience?: Temporal.Duration): Promise<(() => Promise<void>) | null>;
}

/** Something that is good once and not for long; only the digest of its secret is kept, with what it stands for. */
export interface OneTime {
  readonly purpose: OneTimePurpose;
  readonly digest: string;
  /** Plain facts without secrets, for who spends it. */
  readonly facts: Readonly<Record<string, string>>;
  readonly expiresAt: Temporal.Instant;
}

/**
 * link: signs a person in · invitation: makes a person · challenge: of WebAuthn · init-data: what a Mini App was opened with ·
 * hand-over: from Telegram to the browser · match: a number to be tapped in the chat · match-approved: tapped.
 */
export type OneTimePurpose =
  | "link"
  | "invitation"
  | "challenge"
  | "init-data"
  | "hand-over"
  | "match"
  | "match-approved";

/** What is good once, and the web sessions some of it becomes. */
export interface SessionStore {
  /** False if that digest is there already for that purpose, spent or not. */
  addOneTime(oneTime: OneTime): Promise<boolean>;
  /** What it stands for, exactly once, and only before it lapses; else null. */
  spendOneTime(purpose: OneTimePurpose, digest: string, now: Temporal.Instant): Promise<OneTime["facts"] | null>;
  /** Writes the session under its digest, whether it was there before or not. */
  putSession(session: WebSession): Promise<void>;
  /** The session as it was put, lapsed or not; null if it was never put, or removed. */
  session(digest: string): Promise<WebSession | null>;
  removeSession(digest: string): Promise<void>;
}

/** Passkeys: what a browser is asked for, and whether its answer is genuine, of this site, and given by a verified person. */
export interface WebAuthn {
  /** `challenge`: base64url. `handle`: how authenticators tell this person's passkeys from others', at most 64 characters. */
  creationOptions(
    challenge: string,
    user: { readonly handle: string; readonly name: string },
    known: readonly Passkey[],
  ): CreationOptions;
  /** `allowed`: those that will do; none for any of this site. */
  requestOptions(challenge: string, allowed: readonly Passkey[]): RequestOptions;
  /** The challenge that the answer names; null if it is no such answer. Proves nothing. */
  challengeOf(answer: Pick<AssertedCredential, "clientDataJSON">): string | null;
  /** What is to be kept of a new credential. Never rejects. */
  verifyCreated(
    created: CreatedCredential,
    challenge: string,
  ): Promise<WebAuthnAnswer<Pick<Passkey, "id" | "publicKey" | "counter" | "transports" | "backedUp">>>;
  /** Whether that passkey signed; its counter is only reported. Never rejects. */
  verifyAsserted(
    asserted: AssertedCredential,
    challenge: string,
    passkey: Passkey,
  ): Promise<WebAuthnAnswer<Pick<Passkey, "counter" | "backedUp"> & { readonly handle: string | null }>>;
}

/** `fault`: what was wrong with it, for the log. */
export type WebAuthnAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: unknown };

export type ChannelKind = "telegram" | "panel" | "email" | "web-push" | "ntfy" | "slack" | "discord";

/** A part of a text that is shown in its own way; offset and length in UTF-16 code units. */
export type TextEntity =
  | { readonly kind: "bold" | "code"; readonly offset: number; readonly length: number }
  /** Shown as the time left until `at`, counting down by itself; the text there is for who can't show that. */
  | { readonly kind: "countdown"; readonly offset: number; readonly length: number; readonly at: Temporal.Instant };

/** What a tap in the chat sends back; channels without an ear leave it out. */
export interface ChatButton {
  readonly label: string;
  /** 1 to 64 bytes. It carries no authority: whoever sends it is checked. */
  readonly data: string;
  readonly style?: "primary" | "success" | "danger";
}

export interface ChatAction {
  readonly label: string;
  readonly url: string;
  /** Opened instead where the channel has a page of its own for that: Telegram's Mini App. */
  readonly miniApp?: string;
}

/** What the person reads: plain text with its parts, the page to open, and the taps that answer it. */
export interface ChatMessage {
  readonly text: string;
  readonly entities?: readonly TextEntity[];
  /** The button's words and where it leads; null where there is nothing to do. */
  readonly action: ChatAction | null;
  /** In rows. */
  readonly buttons?: readonly (readonly ChatButton[])[];
  /** Delivered without a sound. */
  readonly silent: boolean;
}

/** Tells one person at one address. */
export interface Notifier {
  readonly channel: ChannelKind;
  /**
   * Resolves once the channel took the message, with the channel's own name for it where it can be changed later, else null;
   * rejects with `DeliveryError`.
   */
  send(message: ChatMessage): Promise<string | null>;
  /** Changes a sent message where it stands, without a sound; as it already is counts as done. Absent where a channel can't. */
  readonly edit?: (reference: string, message: ChatMessage) => Promise<void>;
  /** Takes a sent message away; gone already counts as done. Absent where a channel can't. */
  readonly remove?: (reference: string) => Promise<void>;
  /** One sentence on whether a message would arrive, without sending one; rejects with `DeliveryError` if it would not. */
  check(): Promise<string>;
}

/** Who opened the Mini App, and when; null unless Telegram signed it for our bot. How old that may be is not looked at. */
export type ReadInitData = (text: string) => InitData | null;

/** Tells the trading system. Resolves once it took the event; rejects with `DeliveryError` otherwise. */
export interface Publisher {
  publish(event: TokenEvent): Promise<void>;
}

/** A watchdog elsewhere that raises its own alarm when it hears nothing. Never rejects: it must not break what it watches. */
export interface Heartbeat {
  started(): Promise<void>;
  /** `status`: 0 after success, as programs exit. Null: the run broke off. */
  ended(status: number | null): Promise<void>;
}

/** Puts token sets where a program under development reads them; called again, it only mends what differs. */
export interface TokenExport {
  write(
    identity: { id: string; environment: Environment },
    version: number,
    tokenSet: TokenSet,
    expiresAt: Temporal.Instant,
  ): Promise<void>;
  remove(identity: { id: string; environment: Environment }): Promise<void>;
}

/**
 * A channel refused or never answered. `retryAfterSeconds` is the channel's own wish; the message holds no secret.
 * `permanent`: trying again would not help (the person blocked the bot, the address is gone).
 */
export class DeliveryError extends Error {
  override name = "DeliveryError" as const;
  readonly retryAfterSeconds: number | null;
  readonly permanent: boolean;

  constructor(
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | null; permanent?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.permanent = options.permanent ?? false;
  }
}

/** One structured line per event. Only these fields exist, so nothing else can be written. */
export interface LogFields {
  readonly connection?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly call?: string;
  readonly httpStatus?: number | null;
  readonly version?: number;
  readonly count?: number;
  readonly attempts?: number;
  /** The broker's own name for the call, which its support asks for. */
  readonly correlationId?: string;
  readonly error?: unknown;
}

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
