// What a place to run on brings along: where records and tokens are kept, and how the trading system is told there.
import type {
  BrokerKeyStore,
  Leases,
  Outbox,
  Publisher,
  Randomness,
  RecordStore,
  SessionStore,
  TokenStore,
} from "./ports.ts";

export interface Storage {
  readonly random: Randomness;
  readonly records: RecordStore;
  readonly tokens: TokenStore;
  readonly brokerKeys: BrokerKeyStore;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly sessions: SessionStore;
  /** Null where only readers of the event stream are told. */
  readonly publisher: Publisher | null;
  /** Deletes what has outlived its use. */
  purge(now: Temporal.Instant, machineNow: Temporal.Instant): void;
  /** Re-encrypts everything stored under a new key; how many values that were. */
  rotateKey(): number;
  /** Waits for what is on its way, then lets go of files and connections. */
  close(): Promise<void>;
}
