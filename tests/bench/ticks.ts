// A tick over ten thousand connections on SQLite: none due, and all of them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeyFile } from "../../server/adapters/key-file.ts";
import { nodeRandomness } from "../../server/adapters/node-randomness.ts";
import { sealedBox } from "../../server/adapters/sealed-box.ts";
import { sqliteBrokerKeys } from "../../server/adapters/sqlite-broker-keys.ts";
import { openDatabase } from "../../server/adapters/sqlite-database.ts";
import { simpleWebAuthn } from "../../server/adapters/simple-webauthn.ts";
import { sqliteLeases } from "../../server/adapters/sqlite-leases.ts";
import { sqliteOutbox } from "../../server/adapters/sqlite-outbox.ts";
import { sqliteRecordStore } from "../../server/adapters/sqlite-record-store.ts";
import { sqliteSessions } from "../../server/adapters/sqlite-sessions.ts";
import { sqliteTokenStore } from "../../server/adapters/sqlite-token-store.ts";
import { succeeded } from "../../server/domain/broker-answer.ts";
import { newConnection } from "../../server/domain/connection.ts";
import { etradePolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { Provider } from "../../server/ports.ts";
import type { Dependencies } from "../../server/use-cases/dependencies.ts";
import { runTick } from "../../server/use-cases/run-tick.ts";
import { median, timed } from "./measure.ts";
import { absoluteRow, type Row } from "./table.ts";

const count = 10_000;
const idleTicks = 9;
// A Tuesday, 10:00 in New York: reminders are planned as well, and all have been renewed at 09:30.
const renewedAt = Temporal.Instant.from("2026-03-10T13:30:00Z");
const noneDueAt = Temporal.Instant.from("2026-03-10T14:00:00Z");
const allDueAt = Temporal.Instant.from("2026-03-10T14:31:00Z");

export async function ticksOverTenThousand(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), "prebell-bench-"));
  const db = openDatabase(join(directory, "prebell.sqlite"));
  // The figures are about our own work; the disk's share depends on the disk.
  db.exec("PRAGMA synchronous = OFF");
  const box = sealedBox(openKeyFile(join(directory, "prebell.key")));
  const calls = new Map<string, number>();
  const traffic = { now: 0, most: 0 };
  const ids = Array.from({ length: count }, (_, index) => `etrade-${String(index).padStart(5, "0")}`);
  const policy = etradePolicy();
  const records = sqliteRecordStore(db, box);
  let [now, reads] = [noneDueAt, 0];
  const deps: Dependencies = {
    clock: () => now,
    machineClock: () => now,
    random: nodeRandomness((text) => box.fingerprint(text)),
    providers: new Map(ids.map((id) => [id, { ...aProvider(id, calls, traffic), policy }])),
    records: {
      ...records,
      connections() {
        reads += 1;
        return records.connections();
      },
    },
    tokens: sqliteTokenStore(db, box),
    brokerKeys: sqliteBrokerKeys(db, box),
    drillBroker: { provider: { ...aProvider("drill", calls, traffic), policy }, accounts: [] },
    brokerFor: ({ id }) => ({ ...aProvider(id, calls, traffic), policy }),
    outbox: sqliteOutbox(db),
    leases: sqliteLeases(db),
    sessions: sqliteSessions(db),
    webAuthn: simpleWebAuthn({ id: "localhost", origins: new Set() }),
    readInitData: null,
    notifierFor: () => ({ channel: "panel", send: async () => null, check: async () => "" }),
    configuredChannels: [],
    chatAnswers: null,
    publisher: null,
    tokenExport: null,
    wording: () => ({ text: "", action: null, silent: true }),
    log: { info() {}, warn() {}, error: (event, fields) => console.error(event, fields) },
    nudge() {},
  };
  await renewAll(deps, ids);

  const idle: number[] = [];
  await runTick(deps);
  reads = 0;
  for (let tick = 0; tick < idleTicks; tick += 1) idle.push(await timed(() => runTick(deps)));
  const readsPerTick = reads / idleTicks;
  now = allDueAt;
  const all = await timed(() => runTick(deps));
  db.close();
  rmSync(directory, { recursive: true, force: true });
  return [
    absoluteRow("tick over 10,000 connections, none due", median(idle), "ms", 100),
    absoluteRow("… reads of the connections", readsPerTick, "per tick", 1),
    absoluteRow(
      "… all due: broker calls",
      Math.max(...calls.values()),
      "per connection",
      1,
      `${Math.round(all)} ms in all`,
    ),
    absoluteRow(
      "… all due: broker calls at once",
      traffic.most,
      "at most",
      8,
      `${calls.size.toLocaleString("en")} called`,
    ),
  ];
}

async function renewAll(deps: Dependencies, ids: readonly string[]): Promise<void> {
  const instants = { startedAt: renewedAt, issuedAt: renewedAt, verifiedAt: renewedAt };
  for (const id of ids) {
    const secrets = {
      accessToken: new Secret(id),
      accessTokenSecret: new Secret(id),
      refreshToken: null,
      accessExpiresAt: null,
    };
    const version = await deps.tokens.put(id, { ...secrets, ...instants });
    await deps.records.commit({
      connection: {
        ...newConnection({ id, provider: "etrade", environment: "prod" }),
        token: { version, ...instants, storedAt: renewedAt, accessExpiresAt: null },
        lastSuccess: { at: renewedAt, call: "accounts-list" },
      },
    });
  }
}

/** Answers in the next turn of the event loop and counts. */
function aProvider(
  id: string,
  calls: Map<string, number>,
  traffic: { now: number; most: number },
): Omit<Provider, "policy"> {
  return {
    identity: { id, provider: "etrade", environment: "prod" },
    ceremony: "verifier",
    async listAccounts() {
      calls.set(id, (calls.get(id) ?? 0) + 1);
      traffic.now += 1;
      traffic.most = Math.max(traffic.most, traffic.now);
      await new Promise((resolve) => setImmediate(resolve));
      traffic.now -= 1;
      return succeeded([]);
    },
    beginAuthorization: unused,
    exchange: unused,
    renewal: { kind: "revive", renew: unused },
    revoke: unused,
    readClock: unused,
    balance: unused,
    positions: unused,
  };
}

async function unused(): Promise<never> {
  throw new Error("Not part of a tick in which all goes well.");
}
