// Brokers as the records have them: a connection that any process added, gave new keys or removed is seen at the next read.
import type { BrokerKeys } from "./domain/broker-keys.ts";
import type { Connection } from "./domain/connection.ts";
import { drillConnectionId, isDrill } from "./domain/drill.ts";
import type { BrokerFor, BrokerKeyStore, Clock, Log, Provider, RecordStore } from "./ports.ts";

export interface LiveProviders {
  /** Always the same map: the configured ones, and those with stored keys as of the newest read. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** The record store, whose reads of connections bring the map up to date before they answer. */
  readonly records: RecordStore;
}

interface Entered {
  readonly storedAt: Temporal.Instant;
  /** When the keys could not be read; null once they were. */
  readonly failedAt: Temporal.Instant | null;
}

/** Each read of a damaged or forbidden secret would be a call, and a line in the log. */
const triedAgainAfter = Temporal.Duration.from({ seconds: 30 });

export function liveProviders(around: {
  readonly configured: readonly Provider[];
  readonly records: RecordStore;
  readonly keys: BrokerKeyStore;
  readonly brokerFor: BrokerFor;
  /** The fire drill's broker, which is there while a drill runs. */
  readonly drill: Provider;
  /** The machine's own time. */
  readonly clock: Clock;
  readonly log: Log;
}): LiveProviders {
  const { records, keys, brokerFor, clock, log } = around;
  const providers = new Map(around.configured.map((provider) => [provider.identity.id, provider]));
  const configured: ReadonlySet<string> = new Set(providers.keys());
  const entered = new Map<string, Entered>();
  // A store that has nothing new answers with the same list.
  let seen: readonly Connection[] | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const isOurs = ({ id, keys: facts, removedAt }: Connection): boolean =>
    facts !== null && removedAt === null && !configured.has(id);

  function isDue({ id, keys: facts }: Connection): boolean {
    const known = entered.get(id);
    if (known === undefined || facts === null || !known.storedAt.equals(facts.storedAt)) return true;
    return known.failedAt !== null && Temporal.Instant.compare(clock(), known.failedAt.add(triedAgainAfter)) >= 0;
  }

  function followDrill(connection: Connection | undefined): void {
    if (connection !== undefined && connection.removedAt === null) providers.set(drillConnectionId, around.drill);
    else providers.delete(drillConnectionId);
  }

  async function bring(connection: Connection): Promise<void> {
    const { id, keys: facts } = connection;
    // In turn: another read may have brought it meanwhile.
    if (facts === null || !isDue(connection)) return;
    const stored = await readKeys(id);
    entered.set(id, { storedAt: facts.storedAt, failedAt: stored === null ? clock() : null });
    if (stored === null) providers.delete(id);
    else providers.set(id, brokerFor(identityOf(connection), stored));
  }

  /** Null if they can't be had: that one rests, and the others go on. */
  async function readKeys(id: string): Promise<BrokerKeys | null> {
    try {
      const stored = await keys.read(id);
      if (stored === null) log.error("broker-keys-missing", { connection: id });
      return stored;
    } catch (error) {
      log.error("broker-keys-not-read", { connection: id, error });
      return null;
    }
  }

  function drop(id: string): void {
    entered.delete(id);
    providers.delete(id);
  }

  /** One after the other, so that an older list never undoes what a newer one said. */
  async function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = turn.then(work);
    turn = mine;
    await mine;
  }

  async function follow(connections: readonly Connection[]): Promise<void> {
    const ours = connections.filter(isOurs);
    const ids = new Set(ours.map(({ id }) => id));
    const gone = [...entered.keys()].filter((id) => !ids.has(id));
    if (gone.length > 0 || ours.some(isDue))
      await inTurn(async () => {
        for (const id of gone) drop(id);
        await Promise.all(ours.map(bring));
      });
  }

  return {
    providers,
    records: {
      ...records,
      async connections() {
        const connections = await records.connections();
        if (connections !== seen || [...entered.values()].some(({ failedAt }) => failedAt !== null)) {
          followDrill(connections.find(({ id }) => isDrill(id)));
          await follow(connections);
          seen = connections;
        }
        return connections;
      },
      async connection(id) {
        const connection = await records.connection(id);
        if (connection === null) return null;
        if (isDrill(id)) followDrill(connection);
        if (!isOurs(connection)) {
          if (entered.has(id)) await inTurn(async () => drop(id));
        } else if (isDue(connection)) await inTurn(() => bring(connection));
        return connection;
      },
    },
  };
}

function identityOf({ id, provider, environment, name }: Connection): Provider["identity"] {
  return { id, provider, environment, ...(name === undefined ? {} : { name }) };
}
