// One connection's other routes: keep-alive, revoke, proof, confirmations, and the token for the trading system.
import { Hono } from "hono";
import { z } from "zod";
import { confirmVersion } from "../use-cases/confirm-version.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { handOutToken } from "../use-cases/hand-out-token.ts";
import { keepAliveConnection } from "../use-cases/keep-alive-connection.ts";
import { readOverview } from "../use-cases/overview.ts";
import { revokeToken } from "../use-cases/revoke-token.ts";
import { showAccounts, showBalances, showPositions } from "../use-cases/show-accounts.ts";
import { unpinAccounts } from "../use-cases/unpin-accounts.ts";
import { brokerOf } from "./authorizations.ts";
import { allowMachine, allowOn, proofMissing, type ProofSettings } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { AccountsReply, BalancesReply, KeepAliveReply, PositionsReply, TokenReply } from "./contract.ts";
import { problem, refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { iso, keepAliveView, statusView } from "./views.ts";

const confirmation = z.object({
  consumer: z.string().regex(/^[\w .:-]{1,60}$/, "is 1 to 60 letters, digits, spaces or . : - _"),
  version: z.int().min(1),
});

export interface ConnectionRouteSettings extends ProofSettings {
  /** Whether programs get the refresh token as well; two that refresh end each other's tokens. */
  readonly exportRefreshToken: boolean;
}

export function connectionRoutes(settings: ConnectionRouteSettings): Hono<Env> {
  return new Hono<Env>()
    .post("/:id/keepalive", allowOn("renew", "keepalive"), async (c) => {
      const deps = c.var.deps;
      const id = c.req.param("id");
      const outcome = await keepAliveConnection(deps, id, { force: true });
      const { connections } = await readOverview(deps);
      const each = connections.find(({ connection }) => connection.id === id);
      if (each === undefined) return unknown(deps, c, id);
      return c.json<KeepAliveReply>({
        outcome: outcome === "not-due" ? "nothing-to-keep-alive" : outcome,
        status: statusView(each.connection, each.status),
        keepAlive: keepAliveView(each.connection, each.nextCheckAt),
      });
    })
    .delete("/:id/token", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const result = await revokeToken(deps, c.req.param("id"));
      return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(deps, c.req.param("id"))) : c.json({});
    })
    .post("/:id/unpin", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const missing = proofMissing(c, deps, settings);
      if (missing !== null) return missing;
      const result = await unpinAccounts(deps, c.req.param("id"));
      return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(deps, c.req.param("id"))) : c.json({});
    })
    .get("/:id/token", allowMachine("token"), allowOn("see", "token"), async (c) => {
      const deps = c.var.deps;
      const id = c.req.param("id");
      const seconds = Number(c.req.query("minValidSeconds") ?? "0");
      if (!Number.isSafeInteger(seconds) || seconds < 0)
        return problem(c, 400, "bad-query", "minValidSeconds: a whole number of seconds, 0 or more.");
      const result = await handOutToken(deps, id, seconds);
      if (result.outcome === "refused") return refusalProblem(c, result, brokerOf(deps, id));
      const { accessToken, accessTokenSecret, refreshToken, issuedAt } = result.tokenSet;
      return c.json<TokenReply>({
        connection: id,
        version: result.version,
        accessToken: accessToken.reveal(),
        accessTokenSecret: accessTokenSecret?.reveal() ?? null,
        ...(settings.exportRefreshToken && refreshToken !== null ? { refreshToken: refreshToken.reveal() } : {}),
        issuedAt: iso(issuedAt),
        expiresAt: iso(result.expiresAt),
        reauthorizeBy: iso(result.reauthorizeBy),
        validForSeconds: result.validForSeconds,
      });
    })
    .post("/:id/confirmations", allowMachine("confirm"), allowOn("see", "confirm"), async (c) => {
      const deps = c.var.deps;
      const body = await readBody(c, confirmation);
      if (body instanceof Response) return body;
      const id = c.req.param("id");
      const result = await confirmVersion(deps, { connectionId: id, ...body });
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, id))
        : c.json({ current: result.current });
    })
    .get("/:id/accounts", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const result = await showAccounts(deps, c.req.param("id"));
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, c.req.param("id")))
        : c.json<AccountsReply>(result.value);
    })
    .get("/:id/balances", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const result = await showBalances(deps, c.req.param("id"));
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, c.req.param("id")))
        : c.json<BalancesReply>({ balances: result.value });
    })
    .get("/:id/positions", allowOn("own", null), async (c) => {
      const deps = c.var.deps;
      const result = await showPositions(deps, c.req.param("id"));
      return result.outcome === "refused"
        ? refusalProblem(c, result, brokerOf(deps, c.req.param("id")))
        : c.json<PositionsReply>({ positions: result.value });
    });
}

function unknown(deps: Dependencies, c: Parameters<typeof refusalProblem>[0], id: string): Response {
  return refusalProblem(
    c,
    { outcome: "refused", code: "unknown-connection", reason: null, triesLeft: null },
    brokerOf(deps, id),
  );
}
