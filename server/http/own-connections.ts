// Connections with keys of their own: which there are, one more, new keys, the end of one. Keys come in here and never go out.
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { mayOn } from "../domain/access.ts";
import type { BrokerKeys } from "../domain/broker-keys.ts";
import type { Connection } from "../domain/connection.ts";
import type { Person } from "../domain/person.ts";
import { refuse } from "../domain/refusal.ts";
import { Secret } from "../domain/secret.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import { addConnection, type KeysRefused } from "../use-cases/add-connection.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { removeConnection } from "../use-cases/remove-connection.ts";
import { replaceKeys } from "../use-cases/replace-keys.ts";
import { allow, allowOwner, allowProven, personOf, type ProofSettings } from "./allow.ts";
import type { Env } from "./caller.ts";
import type {
  AddConnectionReply,
  ConnectionsReply,
  OwnConnectionView,
  RemoveConnectionReply,
  ReplaceKeysReply,
} from "./contract-connections.ts";
import { brokerOf } from "./authorizations.ts";
import { problem, refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { isoOrNull } from "./views.ts";

// Longer than any key, so that what is wrong with one is said by the domain. Pasted text brings blanks along.
const pasted = z.string().trim().max(600);
const keysShape = { consumerKey: pasted, consumerSecret: pasted, redirectUri: pasted.nullish() };
const keysBody = z.object(keysShape);
const addBody = z.object({
  provider: z.enum(["etrade", "schwab"]),
  environment: z.enum(["prod", "sandbox"]).default("prod"),
  name: pasted,
  ...keysShape,
});

export function ownConnectionRoutes(deps: Pick<Dependencies, "machineClock">, settings: ProofSettings): Hono<Env> {
  const proven = allowProven(deps, settings);
  return new Hono<Env>()
    .get("/", allow(null), async (c) => c.json<ConnectionsReply>(await connectionsReply(c)))
    .post("/", allowOwner(), proven, async (c) => {
      const body = await readBody(c, addBody);
      if (body instanceof Response) return body;
      const { provider, environment, name } = body;
      const ownerId = personOf(c).person.id;
      const result = await addConnection(c.var.deps, { provider, environment, name, ownerId, keys: keysIn(body) });
      if (result.outcome === "keys-refused") return keysProblem(c, result);
      if (result.outcome === "refused")
        return refusalProblem(c, result, providerName({ id: "", provider, environment }));
      const connection = await viewFor(c, result.connection);
      return c.json<AddConnectionReply>({ connection, proven: result.proven }, 201);
    })
    .post("/:id/keys", allowOwning(), proven, async (c) => {
      const body = await readBody(c, keysBody);
      if (body instanceof Response) return body;
      const result = await replaceKeys(c.var.deps, c.req.param("id"), keysIn(body));
      if (result.outcome === "keys-refused") return keysProblem(c, result);
      if (result.outcome === "refused") return refusalProblem(c, result, await ownBroker(c));
      const { proven: isProven, tokenKept } = result;
      const connection = await viewFor(c, result.connection);
      return c.json<ReplaceKeysReply>({ connection, proven: isProven, tokenKept });
    })
    .delete("/:id", allowOwning(), proven, async (c) => {
      const result = await removeConnection(c.var.deps, c.req.param("id"));
      return result.outcome === "refused"
        ? refusalProblem(c, result, await ownBroker(c))
        : c.json<RemoveConnectionReply>({ token: result.token });
    });
}

/** Lets a connection's owner through, also where its keys can't be read: who else could bring it in order. */
function allowOwning(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { caller } = c.var;
    if (caller?.kind !== "person") return allow(null)(c, next);
    const { person, session } = caller;
    const connection = await c.var.deps.records.connection(c.req.param("id") ?? "");
    const elsewhere = session.onlyFor !== null && session.onlyFor !== connection?.id;
    if (connection === null || connection.removedAt !== null || elsewhere || !mayOn(person, connection, "see"))
      return refusalProblem(c, refuse("unknown-connection"), "The broker");
    if (!mayOn(person, connection, "own") || session.onlyFor !== null)
      return problem(c, 403, "owner-only", "Only the owner may do this, signed in on the page.");
    return next();
  };
}

async function connectionsReply(c: Context<Env>): Promise<ConnectionsReply> {
  const { person, session } = personOf(c);
  const { deps, visible } = c.var;
  const [recorded, people] = await Promise.all([deps.records.connections(), deps.records.people()]);
  // Theirs too whose keys can't be read, which are no connections to anything else.
  const shown = recorded.filter(
    (each) => visible.has(each.id) || (isEntered(each) && session.onlyFor === null && mayOn(person, each, "own")),
  );
  return {
    connections: shown.map((each) => ownConnectionView(each, person, people, deps)),
    mayAdd: person.role === "owner" && session.onlyFor === null,
  };
}

async function viewFor(c: Context<Env>, connection: Connection): Promise<OwnConnectionView> {
  const { deps } = c.var;
  return ownConnectionView(connection, personOf(c).person, await deps.records.people(), deps, true);
}

function ownConnectionView(
  connection: Connection,
  person: Person,
  people: readonly Person[],
  { providers }: Pick<Dependencies, "providers">,
  isReadable = providers.has(connection.id),
): OwnConnectionView {
  const { id, provider, environment, name, keys, ownerId } = connection;
  const mine = mayOn(person, connection, "own");
  return {
    id,
    provider,
    environment,
    label: connectionLabel(connection),
    name: name ?? null,
    mine,
    owner: people.find((each) => each.id === ownerId)?.name ?? "",
    keys: keys === null ? "configured" : isReadable ? "entered" : "unreadable",
    key: mine ? (keys?.masked ?? null) : null,
    keysStoredAt: mine ? isoOrNull(keys?.storedAt ?? null) : null,
  };
}

function isEntered({ keys, removedAt }: Connection): boolean {
  return keys !== null && removedAt === null;
}

function keysIn(body: z.infer<typeof keysBody>): BrokerKeys {
  const redirectUri = body.redirectUri ?? "";
  return {
    consumerKey: new Secret(body.consumerKey),
    consumerSecret: new Secret(body.consumerSecret),
    redirectUri: redirectUri === "" ? null : redirectUri,
  };
}

function keysProblem(c: Context, { cause, sentence }: KeysRefused): Response {
  return cause === "malformed"
    ? problem(c, 422, "keys-malformed", sentence)
    : problem(c, 503, "keys-not-stored", sentence);
}

async function ownBroker(c: Context<Env>): Promise<string> {
  const { deps } = c.var;
  const connection = await deps.records.connection(c.req.param("id") ?? "");
  return connection === null ? brokerOf(deps, "") : providerName(connection);
}
