// With whom a connection is shared, and whose it is.
import { Hono } from "hono";
import { z } from "zod";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { giveConnection } from "../use-cases/give-connection.ts";
import { shareConnection } from "../use-cases/share-connection.ts";
import { unshareConnection } from "../use-cases/unshare-connection.ts";
import { allowOn, allowProven, type ProofSettings } from "./allow.ts";
import { brokerOf } from "./authorizations.ts";
import type { Env } from "./caller.ts";
import { refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";

const personBody = z.object({ personId: z.string().min(1).max(64) });

export function shareRoutes(deps: Dependencies, settings: ProofSettings): Hono<Env> {
  const proven = allowProven(deps, settings);

  return (
    new Hono<Env>()
      .post("/:id/shares", allowOn("own", null), proven, async (c) => {
        const body = await readBody(c, personBody);
        if (body instanceof Response) return body;
        const id = c.req.param("id");
        const result = await shareConnection(c.var.deps, id, body.personId);
        return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(c.var.deps, id)) : c.json({});
      })
      // Taking back needs no proof: it has to be possible at once.
      .delete("/:id/shares/:personId", allowOn("own", null), async (c) => {
        const id = c.req.param("id");
        const result = await unshareConnection(c.var.deps, id, c.req.param("personId"));
        return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(c.var.deps, id)) : c.json({});
      })
      .post("/:id/owner", allowOn("own", null), proven, async (c) => {
        const body = await readBody(c, personBody);
        if (body instanceof Response) return body;
        const id = c.req.param("id");
        const result = await giveConnection(c.var.deps, id, body.personId);
        return result.outcome === "refused" ? refusalProblem(c, result, brokerOf(c.var.deps, id)) : c.json({});
      })
  );
}
