// What use cases are given. Each takes the part it names; composition.ts makes the whole.
import type { Channel } from "../domain/channel.ts";
import type { Connection, ConnectionIdentity } from "../domain/connection.ts";
import type { Drill } from "../domain/drill.ts";
import type { Notice } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import type { Status } from "../domain/status.ts";
import type { ChatWebhook } from "./examine-telling.ts";
import type {
  BrokerFor,
  BrokerKeyStore,
  ChatMessage,
  Clock,
  Confirmation,
  DrillBroker,
  Leases,
  Log,
  Notifier,
  Outbox,
  Provider,
  Publisher,
  Randomness,
  ReadInitData,
  RecordStore,
  SessionStore,
  TokenExport,
  TokenStore,
  WebAuthn,
} from "../ports.ts";

/** What the wording of a notice may look at besides the notice. */
export interface WordingContext {
  readonly now: Temporal.Instant;
  readonly identities: ReadonlyMap<string, ConnectionIdentity>;
  readonly statuses: ReadonlyMap<string, Status>;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly confirmations: readonly Confirmation[];
  /** The newest fire drill; null or absent where the notice is of none. */
  readonly drill?: Drill | null;
  /** Whom it is worded for; null where it is shown to whoever looks. */
  readonly reader: Person | null;
}

export interface Dependencies {
  readonly clock: Clock;
  /** The machine's own time, which no rehearsal moves: sign-ins live by it. */
  readonly machineClock: Clock;
  readonly random: Randomness;
  /** By connection id; the connections that exist, as of the newest read of the records. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly records: RecordStore;
  readonly tokens: TokenStore;
  readonly brokerKeys: BrokerKeyStore;
  readonly brokerFor: BrokerFor;
  readonly drillBroker: DrillBroker;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly sessions: SessionStore;
  readonly webAuthn: WebAuthn;
  /** How a channel is reached. */
  readonly notifierFor: (channel: Channel) => Notifier;
  /** The channels that the configuration names, for the first person; their chat is not among them. */
  readonly configuredChannels: readonly Channel[];
  /** Where the chat delivers what people answer, as it says itself; null where it is fetched, or there is no chat. */
  readonly chatAnswers: { webhook(): Promise<ChatWebhook>; readonly publicUrl: string | null } | null;
  /** Null where no bot is set up. */
  readonly readInitData: ReadInitData | null;
  /** Null where the trading system is told by server-sent events alone. */
  readonly publisher: Publisher | null;
  readonly tokenExport: TokenExport | null;
  readonly wording: (notice: Notice, context: WordingContext) => ChatMessage;
  readonly log: Log;
  /** Asks for the outbox to be delivered soon, without waiting for it. */
  readonly nudge: () => void;
}

/** What work on a connection's tokens takes: broker, both stores, exclusiveness, and the ways to tell of it. */
export type TokenWork = Pick<
  Dependencies,
  "clock" | "random" | "providers" | "records" | "tokens" | "leases" | "tokenExport" | "log" | "nudge"
>;
