// What the caller may do: the guards that stand before routes. What somebody may not see is answered as if it were not there.
import type { Context, MiddlewareHandler } from "hono";
import { type Act, mayOn } from "../domain/access.ts";
import { actOf, type ApiScope } from "../domain/api-token.ts";
import type { Connection } from "../domain/connection.ts";
import { refuse } from "../domain/refusal.ts";
import { isFreshlyProven } from "../domain/web-session.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { SignedIn } from "../use-cases/sign-in.ts";
import type { Env, Machine } from "./caller.ts";
import { problem, refusalProblem } from "./problem.ts";

/** Lets signed-in people through, and programs whose token has `scope` (null: no program). */
export function allow(scope: ApiScope | null): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller === null) return notSignedIn(c);
    if (caller.kind === "machine" && (scope === null || !caller.token.scopes.includes(scope)))
      return notInScope(c, scope);
    return next();
  };
}

/** Lets programs with `scope` through and nobody else: tokens are not for browsers. */
export function allowMachine(scope: ApiScope): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller?.kind === "machine" && caller.token.scopes.includes(scope)) return next();
    return caller === null
      ? problem(c, 401, "no-api-token", "This is for programs: send Authorization: Bearer with an API token.")
      : problem(c, 403, "not-in-scope", `This needs an API token with the scope ${scope}.`);
  };
}

/** Like `allow`, for the connection named `id` in the path: it has to be one the caller may do `act` to. */
export function allowOn(act: Act, scope: ApiScope | null): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller === null) return notSignedIn(c);
    if (caller.kind === "machine" && (scope === null || !caller.token.scopes.includes(scope)))
      return notInScope(c, scope);
    const connection = c.var.visible.get(c.req.param("id") ?? "");
    if (connection === undefined) return refusalProblem(c, refuse("unknown-connection"), "The broker");
    if (caller.kind === "person" && !mayOn(caller.person, connection, act)) return notYours(c, act);
    if (caller.kind === "machine" && scope !== null && !mayBeGiven(caller, connection, scope))
      return refusalProblem(c, refuse("beyond-rights"), "The broker");
    // Handed over for one renewal: not for what else its owner may do.
    if (caller.kind === "person" && caller.session.onlyFor !== null && act === "own") return notYours(c, act);
    return next();
  };
}

/** A token is worth what its maker may do today. */
function mayBeGiven({ maker }: Machine, connection: Connection, scope: ApiScope): boolean {
  return maker === null || mayOn(maker, connection, actOf[scope]);
}

/** Lets owners through, signed in for the whole page. */
export function allowOwner(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller === null) return notSignedIn(c);
    if (caller.kind === "machine") return notInScope(c, null);
    if (caller.person.role !== "owner" || caller.session.onlyFor !== null) return notYours(c, "own");
    return next();
  };
}

/** Lets people through, signed in for the whole page: not with a hand-over for one renewal. */
export function allowPerson(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller === null) return notSignedIn(c);
    if (caller.kind === "machine") return notInScope(c, null);
    if (caller.session.onlyFor !== null) return notYours(c, "own");
    return next();
  };
}

/** Lets people through whose role is to renew, signed in for the whole page. */
export function allowRenewing(): MiddlewareHandler<Env> {
  const person = allowPerson();
  return (c, next) => {
    const caller = c.var.caller;
    const onlyLooks = caller?.kind === "person" && caller.session.onlyFor === null && caller.person.role === "viewer";
    return onlyLooks ? Promise.resolve(notYours(c, "renew")) : person(c, next);
  };
}

export interface ProofSettings {
  /** Whether a fresh one-time link counts as being there in person: see `isFreshlyProven`. */
  readonly linkCounts: boolean;
}

/** Lets people through who proved this moment that they are there. */
export function allowProven(deps: Pick<Dependencies, "machineClock">, settings: ProofSettings): MiddlewareHandler<Env> {
  return async (c, next) => proofMissing(c, deps, settings) ?? next();
}

/** The same inside a route: null where the proof is there, else what to answer. */
export function proofMissing(
  c: Context<Env>,
  { machineClock }: Pick<Dependencies, "machineClock">,
  { linkCounts }: ProofSettings,
): Response | null {
  const { person, session } = personOf(c);
  if (isFreshlyProven(session, person, machineClock(), linkCounts)) return null;
  return person.passkeys.length > 0
    ? problem(
        c,
        403,
        "proof-needed",
        "This needs your passkey first: it was not asked for within the last two minutes.",
      )
    : passkeyNeeded(c);
}

export function passkeyNeeded(c: Context): Response {
  const detail = "This needs a passkey, and you have none yet. Sign in with a fresh one-time link and add one.";
  return problem(c, 403, "passkey-needed", detail);
}

/** The signed-in person; to be called behind a guard that lets nobody else through. */
export function personOf(c: Context<Env>): SignedIn {
  const caller = c.var.caller;
  if (caller?.kind !== "person") throw new Error("No person is there; a guard is missing before this route.");
  return caller;
}

function notSignedIn(c: Context): Response {
  return problem(c, 401, "not-signed-in", "Sign in first. A one-time link helps: npm run prebell -- link prints one.");
}

function notInScope(c: Context, scope: ApiScope | null): Response {
  const which = scope === null ? "." : ` (scope ${scope}).`;
  return problem(c, 403, "not-in-scope", `The API token is not allowed to do this${which}`);
}

function notYours(c: Context, act: Act): Response {
  return act === "own"
    ? problem(c, 403, "owner-only", "Only the owner may do this, signed in on the page.")
    : problem(c, 403, "not-your-role", "You may look at this connection, not renew it. Its owner can change that.");
}
