// An owner enters new keys for a connection of theirs: proven first, then stored over the old ones.
import { type BrokerKeys, keyFacts, keysFaultOf } from "../domain/broker-keys.ts";
import type { Connection } from "../domain/connection.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { type KeysRefused, storeKeys } from "./add-connection.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies, TokenWork } from "./dependencies.ts";
import { underLease } from "./exclusively.ts";
import { giveUpToken } from "./give-up-token.ts";
import { proveKeys } from "./prove-keys.ts";
import { recordDeath } from "./record-death.ts";

type Needs = TokenWork & Pick<Dependencies, "brokerKeys" | "brokerFor">;

/** `tokenKept`: false if there was a token, which ended because it belongs to the old key. */
export type ReplaceResult =
  | {
      readonly outcome: "replaced";
      readonly connection: Connection;
      readonly proven: boolean;
      readonly tokenKept: boolean;
    }
  | KeysRefused
  | Refusal;

export async function replaceKeys(deps: Needs, connectionId: string, keys: BrokerKeys): Promise<ReplaceResult> {
  const known = await deps.records.connection(connectionId);
  if (known === null || known.removedAt !== null) return refuse("unknown-connection");
  if (known.keys === null) return refuse("keys-configured");
  const fault = keysFaultOf(known.provider, keys);
  if (fault !== null) return { outcome: "keys-refused", cause: "malformed", sentence: fault };
  const proof = await proveKeys(deps.brokerFor(known, keys));
  if (typeof proof !== "string") return proof;

  return underLease(deps, `connection/${connectionId}`, async () => {
    const current = await deps.records.connection(connectionId);
    if (current === null || current.removedAt !== null) return refuse("unknown-connection");
    const tokenKept = current.token === null || current.ended !== null || (await isSameKey(deps, current, keys));
    const refused = await storeKeys(deps, connectionId, keys);
    if (refused !== null) return refused;
    // Before it is recorded: this process still calls with the old key, and nothing else can revoke what it was given.
    if (!tokenKept) await giveUpToken(deps, current);
    const at = deps.clock();
    const facts = keyFacts(keys, at);
    const text = `${connectionLabel(current)}: the keys were replaced${tokenKept ? "." : "; the token of the old ones is over."}`;
    const connection = await changeConnection(deps, connectionId, (latest) => ({
      connection: { ...latest, keys: facts },
      journal: [{ at, kind: "keys-replaced", connectionId, text }],
    }));
    if (!tokenKept) await recordDeath(deps, connectionId, "revoked", current.token?.version ?? null);
    deps.log.info("keys-replaced", { connection: connectionId });
    return { outcome: "replaced", connection, proven: proof === "proven", tokenKept };
  });
}

/** A broker's tokens belong to the key they were given to; a new secret alone leaves them alive. */
async function isSameKey(deps: Needs, { id, keys }: Connection, entered: BrokerKeys): Promise<boolean> {
  const old = await deps.brokerKeys.read(id).catch(() => null);
  // What can't be read any more is told by what is shown of it.
  if (old === null) return keyFacts(entered, deps.clock()).masked === keys?.masked;
  return old.consumerKey.reveal() === entered.consumerKey.reveal();
}
