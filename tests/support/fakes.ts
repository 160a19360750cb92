// Small real implementations of the storage ports over one shared memory; they pass the same contract as the real ones.
import { createHmac } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ApiToken } from "../../server/domain/api-token.ts";
import type { BrokerKeys } from "../../server/domain/broker-keys.ts";
import type { Run } from "../../server/domain/clockwork.ts";
import type { Connection, TokenSet } from "../../server/domain/connection.ts";
import type { Drill } from "../../server/domain/drill.ts";
import type { JournalEntry } from "../../server/domain/journal.ts";
import { chain, type JournalHead, type JournalLine } from "../../server/domain/journal-chain.ts";
import { type Message, unsent } from "../../server/domain/notice.ts";
import type { Person } from "../../server/domain/person.ts";
import type { PendingAuthorization } from "../../server/domain/pending-authorization.ts";
import { Secret } from "../../server/domain/secret.ts";
import { aPerson } from "./builders.ts";
import type { TokenEvent } from "../../server/domain/token-event.ts";
import type { WebSession } from "../../server/domain/web-session.ts";
import type {
  BrokerKeyStore,
  Confirmation,
  Leases,
  OneTime,
  Outbox,
  RecordStore,
  SessionStore,
  TokenStore,
} from "../../server/ports.ts";

export interface Stores {
  readonly records: RecordStore;
  readonly outbox: Outbox;
  readonly tokens: TokenStore;
  readonly brokerKeys: BrokerKeyStore;
  readonly leases: Leases;
  readonly sessions: SessionStore;
}

interface QueuedEvent {
  readonly event: TokenEvent;
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant;
  readonly state: "waiting" | "delivered" | "dropped";
  readonly settledAt: Temporal.Instant | null;
}

interface Memory {
  changes: number;
  lastMessage: number;
  lastEvent: number;
  readonly connections: Map<string, Connection>;
  readonly pendings: Map<string, PendingAuthorization>;
  readonly people: Map<string, Person>;
  readonly apiTokens: Map<string, ApiToken>;
  readonly drills: Map<string, Drill>;
  readonly claims: Set<string>;
  readonly messages: Map<number, Message>;
  readonly events: Map<number, QueuedEvent>;
  readonly journal: JournalLine[];
  journalHead: JournalHead | null;
  readonly confirmations: Map<string, Confirmation>;
  readonly runs: Map<Run["kind"], Run>;
}

/** What these stores chain the journal with. */
export const inMemoryFingerprint = (text: string) => createHmac("sha256", "in memory").update(text).digest("hex");

/** Empty stores that see each other's writes, as those over one database do. */
export function inMemoryStores(people: readonly Person[] = [aPerson()]): Stores {
  const memory: Memory = {
    changes: 0,
    lastMessage: 0,
    lastEvent: 0,
    connections: new Map(),
    pendings: new Map(),
    people: new Map(people.map((person) => [person.id, { ...person, revision: 1 }])),
    apiTokens: new Map(),
    drills: new Map(),
    claims: new Set(),
    messages: new Map(),
    events: new Map(),
    journal: [],
    journalHead: null,
    confirmations: new Map(),
    runs: new Map(),
  };
  return {
    records: inMemoryRecords(memory),
    outbox: inMemoryOutbox(memory),
    tokens: inMemoryTokens(),
    brokerKeys: inMemoryBrokerKeys(),
    leases: inMemoryLeases(),
    sessions: inMemorySessions(),
  };
}

function inMemoryRecords(memory: Memory): RecordStore {
  const append = (entry: JournalEntry): void => {
    const { line, head } = chain(inMemoryFingerprint, memory.journalHead, memory.journal.length, kept(entry));
    memory.journal.push(line);
    memory.journalHead = head;
  };
  return {
    async connections() {
      return [...memory.connections.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async connection(id) {
      return memory.connections.get(id) ?? null;
    },
    async pendingAuthorizations(now, connectionId) {
      const endedAfter = now.subtract({ hours: 1 });
      return [...memory.pendings.values()]
        .filter(({ stage, expiresAt }) => isUnderWay(stage) || isAfter(expiresAt, endedAfter))
        .filter((pending) => connectionId === undefined || pending.connectionId === connectionId)
        .toReversed()
        .toSorted((a, b) => Temporal.Instant.compare(b.startedAt, a.startedAt));
    },
    async people() {
      return [...memory.people.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async apiTokens() {
      return [...memory.apiTokens.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async commit({
      connection,
      pending,
      person,
      drill,
      apiToken,
      events = [],
      messages = [],
      claims: ownClaims = [],
      journal = [],
    }) {
      const stored = connection === undefined ? 0 : (memory.connections.get(connection.id)?.revision ?? 0);
      if (connection !== undefined && stored !== connection.revision) return "conflict";
      if (person !== undefined && (memory.people.get(person.id)?.revision ?? 0) !== person.revision) return "conflict";
      if (drill !== undefined && (memory.drills.get(drill.id)?.revision ?? 0) !== drill.revision) return "conflict";
      const claims = [...ownClaims, ...messages.flatMap((draft) => draft.claims)];
      if (new Set(claims).size < claims.length || claims.some((claim) => memory.claims.has(claim))) return "conflict";

      if (connection !== undefined)
        memory.connections.set(connection.id, kept({ ...connection, revision: connection.revision + 1 }));
      if (person !== undefined) memory.people.set(person.id, kept({ ...person, revision: person.revision + 1 }));
      if (drill !== undefined) memory.drills.set(drill.id, kept({ ...drill, revision: drill.revision + 1 }));
      if (apiToken !== undefined) memory.apiTokens.set(apiToken.digest, kept(apiToken));
      if (pending !== undefined) memory.pendings.set(pending.id, kept(pending));
      for (const claim of claims) memory.claims.add(claim);
      for (const { to, notice, at, channel } of messages) {
        const id = (memory.lastMessage += 1);
        const times = { createdAt: at, nextAttemptAt: at, sentAt: null };
        memory.messages.set(
          id,
          kept({ id, to, notice, passage: unsent(channel), state: "waiting", attempts: 0, text: null, ...times }),
        );
      }
      for (const draft of events) {
        const event = kept({ ...draft, sequence: (memory.lastEvent += 1) });
        const nextAttemptAt = event.at;
        memory.events.set(event.sequence, { event, attempts: 0, nextAttemptAt, state: "waiting", settledAt: null });
      }
      for (const entry of journal) append(entry);
      memory.changes += 1;
      return "committed";
    },
    async drills(limit) {
      return [...memory.drills.values()]
        .toSorted((a, b) => Temporal.Instant.compare(b.createdAt, a.createdAt))
        .slice(0, limit);
    },
    async takenClaims(claims) {
      return new Set(claims.filter((claim) => memory.claims.has(claim)));
    },
    async journal(limit, before = Infinity) {
      return memory.journal
        .filter((entry) => entry.id < before)
        .toReversed()
        .slice(0, limit);
    },
    async journalHead() {
      return memory.journalHead;
    },
    async changeCount() {
      return memory.changes;
    },
    async confirmations() {
      return [...memory.confirmations].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, confirmation]) => confirmation);
    },
    async confirm(confirmation, entry) {
      memory.confirmations.set(JSON.stringify([confirmation.connectionId, confirmation.consumer]), kept(confirmation));
      append(entry);
      memory.changes += 1;
    },
    async lastRuns() {
      return [...memory.runs.values()].toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
    },
    async recordRun(run) {
      const before = memory.runs.get(run.kind);
      if (before === undefined || !isAfter(before.at, run.at)) memory.runs.set(run.kind, kept(run));
    },
  };
}

function inMemoryOutbox(memory: Memory): Outbox {
  const undelivered = (): QueuedEvent[] => [...memory.events.values()].filter(({ state }) => state === "waiting");
  return {
    async takeMessages(now, leaseUntil) {
      const due = [...memory.messages.values()]
        .filter(({ state }) => state === "waiting" || state === "sending")
        .filter(({ nextAttemptAt }) => !isAfter(nextAttemptAt, now))
        .map((message): Message => ({ ...message, state: "sending", nextAttemptAt: kept(leaseUntil) }));
      for (const message of due) memory.messages.set(message.id, message);
      if (due.length > 0) memory.changes += 1;
      return due;
    },
    async settleMessage(id, result) {
      const message = memory.messages.get(id);
      memory.changes += 1;
      if (message === undefined || message.state === "sent") return;
      const at = kept(result.at);
      if (result.outcome === "delivered")
        memory.messages.set(
          id,
          kept({
            ...message,
            state: "sent",
            sentAt: at,
            text: result.text,
            passage: result.passage ?? message.passage,
          }),
        );
      else if (message.state !== "sending") return;
      else if (result.outcome === "dropped") memory.messages.set(id, { ...message, state: "dropped" });
      else {
        const { passage = message.passage } = result;
        memory.messages.set(
          id,
          kept({ ...message, state: "waiting", attempts: message.attempts + 1, nextAttemptAt: at, passage }),
        );
      }
    },
    async undeliveredMessages() {
      return [...memory.messages.values()].filter(({ state }) => state === "waiting" || state === "sending");
    },
    async standingMessages() {
      return [...memory.messages.values()].filter(({ passage }) => passage.shown !== null);
    },
    async showMessage(id, shown) {
      const message = memory.messages.get(id);
      memory.changes += 1;
      if (message === undefined || message.passage.shown === null) return;
      const passage = { ...message.passage, shown: shown?.digest ?? null };
      memory.messages.set(id, { ...message, passage, text: shown?.text ?? message.text });
    },
    async messages(limit) {
      return [...memory.messages.values()].toReversed().slice(0, limit);
    },
    async takeEvent(now, leaseUntil) {
      const [oldest] = undelivered();
      if (oldest === undefined || isAfter(oldest.nextAttemptAt, now)) return null;
      memory.events.set(oldest.event.sequence, { ...oldest, nextAttemptAt: kept(leaseUntil) });
      memory.changes += 1;
      return { ...oldest.event, attempts: oldest.attempts };
    },
    async settleEvent(sequence, result) {
      const queued = memory.events.get(sequence);
      memory.changes += 1;
      if (queued === undefined || queued.state === "delivered") return;
      const at = kept(result.at);
      if (result.outcome === "delivered") memory.events.set(sequence, { ...queued, state: "delivered", settledAt: at });
      else if (queued.state !== "waiting") return;
      else if (result.outcome === "dropped")
        memory.events.set(sequence, { ...queued, state: "dropped", settledAt: at });
      else memory.events.set(sequence, { ...queued, attempts: queued.attempts + 1, nextAttemptAt: at });
    },
    async eventsAfter(sequence, limit) {
      const events = [...memory.events.values()].map(({ event }) => event);
      return events.filter((event) => event.sequence > sequence).slice(0, limit);
    },
    async lastSequence() {
      return memory.lastEvent;
    },
    async eventBacklog() {
      const waiting = undelivered();
      return { count: waiting.length, oldestAt: waiting[0]?.event.at ?? null };
    },
    async announcedAt(connectionId, version) {
      const announcement = [...memory.events.values()].find(
        ({ event, state }) =>
          state === "delivered" &&
          event.connectionId === connectionId &&
          event.secretVersion === version &&
          (event.type === "token.renewed" || event.type === "token.refreshed"),
      );
      return announcement?.settledAt ?? null;
    },
  };
}

function inMemoryTokens(): TokenStore {
  const versions = new Map<string, TokenSet[]>();
  return {
    async put(connectionId, tokenSet) {
      const all = [...(versions.get(connectionId) ?? []), kept(tokenSet)];
      versions.set(connectionId, all);
      return all.length;
    },
    async read(connectionId, version) {
      const all = versions.get(connectionId) ?? [];
      return version > all.length - 2 ? (all[version - 1] ?? null) : null;
    },
    async latestVersion(connectionId) {
      return versions.get(connectionId)?.length ?? null;
    },
    async remove(connectionId) {
      versions.delete(connectionId);
    },
  };
}

function inMemoryBrokerKeys(): BrokerKeyStore {
  const stored = new Map<string, BrokerKeys>();
  return {
    async put(connectionId, keys) {
      stored.set(connectionId, kept(keys));
    },
    read: async (connectionId) => stored.get(connectionId) ?? null,
    async remove(connectionId) {
      stored.delete(connectionId);
    },
  };
}

function inMemoryLeases(): Leases {
  const held = new Map<string, { until: Temporal.Instant }>();
  return {
    async acquire(name, now, patience) {
      const givesUpAt = performance.now() + (patience?.total("milliseconds") ?? 0);
      const isHeld = () => {
        const current = held.get(name);
        return current !== undefined && isAfter(current.until, now);
      };
      // oxlint-disable-next-line no-await-in-loop -- waiting is the loop
      while (isHeld() && performance.now() < givesUpAt) await nextTurn();
      if (isHeld()) return null;
      const lease = { until: now.add({ minutes: 2 }) };
      held.set(name, lease);
      return async () => {
        if (held.get(name) === lease) held.delete(name);
      };
    },
  };
}

function inMemorySessions(): SessionStore {
  const oneTimes = new Map<string, OneTime>();
  const spent = new Set<string>();
  const sessions = new Map<string, WebSession>();
  return {
    async addOneTime(oneTime) {
      const key = `${oneTime.purpose} ${oneTime.digest}`;
      if (oneTimes.has(key)) return false;
      oneTimes.set(key, kept(oneTime));
      return true;
    },
    async spendOneTime(purpose, digest, now) {
      const key = `${purpose} ${digest}`;
      const found = oneTimes.get(key);
      if (found === undefined || spent.has(key) || !isAfter(found.expiresAt, now)) return null;
      spent.add(key);
      return found.facts;
    },
    async putSession(session) {
      sessions.set(session.digest, kept(session));
    },
    async session(digest) {
      return sessions.get(digest) ?? null;
    },
    async removeSession(digest) {
      sessions.delete(digest);
    },
  };
}

function isUnderWay(stage: PendingAuthorization["stage"]): boolean {
  return stage === "exchanging" || stage === "verifying" || stage === "confirming-accounts";
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}

/** A copy as a store gives it back: instants in whole milliseconds. */
function kept<T>(value: T): T;
function kept(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return Temporal.Instant.fromEpochMilliseconds(value.epochMilliseconds);
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map((each) => kept<unknown>(each));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, kept<unknown>(each)]));
}
