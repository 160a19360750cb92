// The renewal as the page drives it: start, bring the code back, confirm the accounts, give up.
import { setTimeout as pause } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Refusal } from "../domain/refusal.ts";
import { providerName } from "../domain/sentences.ts";
import { cancelAuthorization } from "../use-cases/cancel-authorization.ts";
import { completeAuthorization } from "../use-cases/complete-authorization.ts";
import { confirmAccounts } from "../use-cases/confirm-accounts.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { readOverview } from "../use-cases/overview.ts";
import { recoverAuthorizations } from "../use-cases/recover-authorizations.ts";
import type { SettleResult } from "../use-cases/settle-candidate.ts";
import { createStartAuthorization } from "../use-cases/start-authorization.ts";
import { allowOn, personOf, proofMissing, type ProofSettings } from "./allow.ts";
import { callerId, type Env } from "./caller.ts";
import type { AuthorizationReply, CompletionReply } from "./contract.ts";
import { refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { ceremonyView, iso, statusView } from "./views.ts";
import { ownsIt } from "./viewer.ts";

const startBody = z.object({ restart: z.boolean().default(false) });
// An address that carries a code of OAuth 2.0 has some hundred characters.
const completeBody = z.union([
  z.object({ verifier: z.string().max(4000) }),
  z.object({ callbackUrl: z.string().max(4000) }),
]);
const confirmBody = z.object({ accept: z.boolean() });

export interface AuthorizationSettings extends ProofSettings {
  /**
   * Milliseconds between proving calls that are made before the person is answered; null where a clockwork in this process
   * makes them afterwards.
   */
  readonly proofPauseMs: number | null;
}

/** How often a silent broker is asked again while the person waits. */
const proofsBeforeAnswer = 2;

export function authorizationRoutes({ proofPauseMs, linkCounts }: AuthorizationSettings): Hono<Env> {
  const startAuthorization = createStartAuthorization();

  return new Hono<Env>()
    .post("/:id/authorizations", allowOn("renew", null), async (c) => {
      const deps = c.var.deps;
      const body = await readBody(c, startBody);
      if (body instanceof Response) return body;
      const result = await startAuthorization(deps, {
        connectionId: c.req.param("id"),
        sessionId: callerId(c),
        personId: personOf(c).person.id,
        restart: body.restart,
      });
      if (result.outcome === "refused") return refusalProblem(c, result, brokerOf(deps, c.req.param("id")));
      const { authorizeUrl, expiresAt, connectionId } = result.pending;
      const provider = deps.providers.get(connectionId)?.identity.provider;
      if (provider === undefined) throw new Error(`${connectionId} vanished while its renewal was started.`);
      const ceremony = ceremonyView(provider, result.pending.ceremony);
      return c.json<AuthorizationReply>({ authorizeUrl, ceremony, expiresAt: iso(expiresAt) }, 201);
    })
    .post("/:id/authorizations/complete", allowOn("renew", null), async (c) => {
      const deps = c.var.deps;
      const answer = await readBody(c, completeBody);
      if (answer instanceof Response) return answer;
      const connectionId = c.req.param("id");
      const who = { sessionId: callerId(c), personId: personOf(c).person.id };
      const result = await completeAuthorization(deps, { connectionId, ...who, answer });
      if (result.outcome === "verifying" && proofPauseMs !== null) await proveNow(deps, connectionId, proofPauseMs);
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, connectionId))
        : c.json<CompletionReply>(await completionReply(c, connectionId, result));
    })
    .post("/:id/authorizations/confirm-accounts", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const body = await readBody(c, confirmBody);
      if (body instanceof Response) return body;
      // Whose accounts are the right ones is said in person. To throw a stranger's away nobody needs to prove anything.
      const missing = body.accept ? proofMissing(c, deps, { linkCounts }) : null;
      if (missing !== null) return missing;
      const connectionId = c.req.param("id");
      const who = { sessionId: callerId(c), personId: personOf(c).person.id };
      const result = await confirmAccounts(deps, { connectionId, ...who, accept: body.accept });
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, connectionId))
        : c.json<CompletionReply>(await completionReply(c, connectionId, result));
    })
    .post("/:id/authorizations/cancel", allowOn("renew", null), async (c) => {
      const deps = c.var.deps;
      const connectionId = c.req.param("id");
      const result = await cancelAuthorization(deps, { connectionId, sessionId: callerId(c) });
      return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(deps, connectionId)) : c.json({});
    });
}

/** The broker's 500s around the open clear by themselves within seconds. */
async function proveNow(deps: Dependencies, connectionId: string, pauseMs: number): Promise<void> {
  for (let proof = 1; proof <= proofsBeforeAnswer; proof += 1) {
    await pause(pauseMs);
    await recoverAuthorizations(deps, connectionId);
    const known = await deps.records.pendingAuthorizations(deps.clock(), connectionId);
    if (known.every(({ stage }) => stage !== "verifying")) return;
  }
}

/** The broker's name for sentences; neutral for a connection that does not exist. */
export function brokerOf(deps: Pick<Dependencies, "providers">, connectionId: string): string {
  const provider = deps.providers.get(connectionId);
  return provider === undefined ? "The broker" : providerName(provider.identity);
}

async function completionReply(
  c: Context<Env>,
  connectionId: string,
  result: Exclude<SettleResult, Refusal> | { readonly outcome: "discarded" },
): Promise<CompletionReply> {
  const { connections } = await readOverview(c.var.deps);
  const each = connections.find(({ connection }) => connection.id === connectionId);
  if (each === undefined) throw new Error(`${connectionId} vanished while it was being renewed.`);
  return {
    outcome: result.outcome,
    status: statusView(each.connection, each.status),
    version: each.connection.token?.version ?? null,
    accounts: "accounts" in result && ownsIt(c.var.caller, each.connection) ? [...result.accounts] : [],
  };
}
