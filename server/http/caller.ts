// Who is calling: a signed-in person (cookie) or a program (API token), what they may see, and in whose name it is journalled.
import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { mayOn } from "../domain/access.ts";
import { type ApiToken, coversConnection, isGood } from "../domain/api-token.ts";
import type { Connection } from "../domain/connection.ts";
import type { Actor } from "../domain/journal.ts";
import { type Person, presentPerson } from "../domain/person.ts";
import { actingAs, seeingOnly } from "../use-cases/acting-as.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { findSession, type SignedIn } from "../use-cases/sign-in.ts";
import { problem } from "./problem.ts";

/** `maker`: who gave the program its token; null where the configuration did. */
export type Machine = { readonly kind: "machine"; readonly token: ApiToken; readonly maker: Person | null };
export type Caller = ({ readonly kind: "person" } & SignedIn) | Machine;

export interface Env {
  Variables: {
    caller: Caller | null;
    /** In the caller's name, with the connections they may see and no others. */
    deps: Dependencies;
    /** Those connections. */
    visible: ReadonlyMap<string, Connection>;
    /** The code of the refusal or fault that is answered (problem.ts). */
    problem?: string;
  };
}

// The only cookie name that Firebase Hosting passes on; hence no __Host- prefix.
export const sessionCookie = "__session";

/** What a request is answered from: who calls, what they may see, and the dependencies in their name. */
export type Identity = Omit<Env["Variables"], "problem">;

/** Looks anew at every call, so that what ended or was taken away meanwhile is seen. Null: the API token is wrong. */
export type Identify = (c: Context) => Promise<Identity | null>;

/** `configured`: the tokens of the configuration, besides those in the records. */
export function createIdentify(deps: Dependencies, configured: readonly ApiToken[]): Identify {
  return async (c) => {
    const authorization = c.req.header("authorization");
    const caller =
      authorization === undefined
        ? await signedIn(deps, c)
        : await machine(deps, configured, /^Bearer (.+)$/i.exec(authorization)?.[1]);
    if (caller === null)
      return authorization === undefined ? { caller, visible: new Map(), deps: seeingOnly(deps, new Set()) } : null;
    const visible = new Map((await connectionsFor(deps, caller)).map((connection) => [connection.id, connection]));
    return { caller, visible, deps: seeingOnly(actingAs(deps, actorOf(caller)), new Set(visible.keys())) };
  };
}

/** Finds out who calls; nobody is refused here, except a wrong API token. */
export function identifyCaller(identify: Identify): MiddlewareHandler<Env> {
  return async (c, next) => {
    const identity = await identify(c);
    if (identity === null)
      return problem(
        c,
        401,
        "wrong-api-token",
        "The API token is wrong, revoked or lapsed. Its owner can make a new one.",
      );
    c.set("caller", identity.caller);
    c.set("visible", identity.visible);
    c.set("deps", identity.deps);
    return next();
  };
}

async function signedIn(deps: Dependencies, c: Context): Promise<Caller | null> {
  // A sibling site could plant a second cookie of that name beside ours; then neither is believed.
  const planted = (c.req.header("cookie") ?? "").split(`${sessionCookie}=`).length > 2;
  const cookie = getCookie(c, sessionCookie);
  const found = cookie === undefined || planted ? null : await findSession(deps, cookie);
  return found === null ? null : { kind: "person", ...found };
}

async function machine(
  deps: Dependencies,
  configured: readonly ApiToken[],
  bearer: string | undefined,
): Promise<Caller | null> {
  if (bearer === undefined) return null;
  const digest = deps.random.digest(bearer);
  const now = deps.machineClock();
  const isIt = (token: ApiToken) => isSame(token.digest, digest) && isGood(token, now);
  const token = configured.find(isIt) ?? (await deps.records.apiTokens()).find(isIt);
  if (token === undefined) return null;
  if (token.personId === null) return { kind: "machine", token, maker: null };
  const maker = presentPerson(await deps.records.people(), token.personId);
  return maker === null ? null : { kind: "machine", token, maker };
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** A program sees what its token names, and of that only what the person who made it may see today. */
async function connectionsFor(deps: Dependencies, caller: Caller): Promise<readonly Connection[]> {
  const all = (await deps.records.connections()).filter(({ id }) => deps.providers.has(id));
  if (caller.kind === "person") {
    const { person, session } = caller;
    return all.filter(
      (connection) =>
        mayOn(person, connection, "see") && (session.onlyFor === null || session.onlyFor === connection.id),
    );
  }
  const { token, maker } = caller;
  const covered = all.filter(({ id }) => coversConnection(token, id));
  return maker === null ? covered : covered.filter((connection) => mayOn(maker, connection, "see"));
}

export function actorOf(caller: Caller): Actor {
  return caller.kind === "person"
    ? { personId: caller.person.id, name: caller.person.name, door: caller.session.door }
    : { personId: null, name: caller.token.name, door: "program" };
}

/** The id that binds an authorization to whom started it. */
export function callerId(c: Context<Env>): string {
  const caller = c.var.caller;
  if (caller === null) throw new Error("Nobody is there; a guard is missing before this route.");
  return caller.kind === "person" ? caller.session.id : `program ${caller.token.digest}`;
}
