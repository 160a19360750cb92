// An owner enters the keys of one more app at a broker: proven first, then stored, then recorded as a connection of theirs.
import { type BrokerKeys, faultOf, freshConnectionId, keyFacts, mostOwnConnections } from "../domain/broker-keys.ts";
import { type Connection, type ConnectionIdentity, newConnection } from "../domain/connection.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import { KeysNotStored } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import { underLease } from "./exclusively.ts";
import { proveKeys } from "./prove-keys.ts";

type Needs = Pick<Dependencies, "clock" | "providers" | "records" | "leases" | "brokerKeys" | "brokerFor" | "log">;

export interface ConnectionWish extends Pick<ConnectionIdentity, "provider" | "environment"> {
  readonly name: string;
  readonly ownerId: string;
  readonly keys: BrokerKeys;
}

/** The sentence is for who entered the keys, and holds none. */
export interface KeysRefused {
  readonly outcome: "keys-refused";
  readonly cause: "malformed" | "not-stored";
  readonly sentence: string;
}

/** `proven`: the broker took the keys; if not, the first login will tell. */
export type AddResult =
  | { readonly outcome: "added"; readonly connection: Connection; readonly proven: boolean }
  | KeysRefused
  | Refusal;

/** Two that are added at once must not be given one id. */
const lease = "connections";

export async function addConnection(deps: Needs, wish: ConnectionWish): Promise<AddResult> {
  const { provider, environment, name, keys } = wish;
  const fault = faultOf(wish, keys);
  if (fault !== null) return { outcome: "keys-refused", cause: "malformed", sentence: fault };
  const early = refusalOf(await deps.records.connections(), wish);
  if (early !== null) return early;
  const proof = await proveKeys(
    deps.brokerFor({ id: `${provider}-${environment}`, provider, environment, name }, keys),
  );
  if (typeof proof !== "string") return proof;
  return underLease(deps, lease, async () => {
    const recorded = await deps.records.connections();
    const late = refusalOf(recorded, wish);
    if (late !== null) return late;
    const given = new Set([...deps.providers.keys(), ...recorded.map(({ id }) => id)]);
    const identity = { id: freshConnectionId(provider, environment, name, given), provider, environment, name };
    return store(deps, identity, wish, proof === "proven");
  });
}

function refusalOf(recorded: readonly Connection[], wish: ConnectionWish): Refusal | null {
  const entered = recorded.filter(({ keys, removedAt }) => keys !== null && removedAt === null);
  if (entered.length >= mostOwnConnections) return refuse("too-many-connections");
  const isTwin = (each: Connection) =>
    each.ownerId === wish.ownerId &&
    each.provider === wish.provider &&
    each.environment === wish.environment &&
    each.name?.toLowerCase() === wish.name.toLowerCase();
  return entered.some(isTwin) ? refuse("connection-name-taken") : null;
}

async function store(
  deps: Needs,
  identity: ConnectionIdentity,
  { ownerId, keys }: ConnectionWish,
  proven: boolean,
): Promise<AddResult> {
  const { id } = identity;
  const at = deps.clock();
  const connection = { ...newConnection(identity, ownerId), keys: keyFacts(keys, at) };
  const refused = await storeKeys(deps, id, keys);
  if (refused !== null) return refused;
  const said = proven ? `${providerName(identity)} took its keys` : "its keys are tried at the first login";
  const text = `${connectionLabel(identity)} was added; ${said}.`;
  const journal = [{ at, kind: "connection-added" as const, connectionId: id, text }];
  if ((await deps.records.commit({ connection, journal })) === "conflict") {
    // Keys that no connection stands for would be found by nobody.
    await deps.brokerKeys.remove(id);
    throw new Error(`${id} was recorded by somebody else in the same moment.`);
  }
  deps.log.info("connection-added", { connection: id });
  return { outcome: "added", connection, proven };
}

/** Null once they are stored. */
export async function storeKeys(
  { brokerKeys }: Pick<Dependencies, "brokerKeys">,
  connectionId: string,
  keys: BrokerKeys,
): Promise<KeysRefused | null> {
  try {
    await brokerKeys.put(connectionId, keys);
    return null;
  } catch (error) {
    if (!(error instanceof KeysNotStored)) throw error;
    return { outcome: "keys-refused", cause: "not-stored", sentence: error.message };
  }
}
