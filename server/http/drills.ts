// Fire drills: one's own, one more, the end of one; and the login page of the one that runs.
import { Hono } from "hono";
import { z } from "zod";
import type { Drill } from "../domain/drill.ts";
import { reportOf } from "../domain/drill-report.ts";
import { cancelDrill } from "../use-cases/cancel-drill.ts";
import { planDrill } from "../use-cases/plan-drill.ts";
import { readDrills } from "../use-cases/read-drills.ts";
import { allowPerson, allowRenewing, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { DrillsReply, DrillView } from "./contract-drills.ts";
import { refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { iso, isoOrNull } from "./views.ts";

const planBody = z.object({ at: z.iso.datetime({ offset: true }).nullish() });

export function drillRoutes(): Hono<Env> {
  return new Hono<Env>()
    .get("/", allowPerson(), async (c) => {
      const drills = await readDrills(c.var.deps, personOf(c).person.id);
      return c.json<DrillsReply>({ drills: drills.map(drillView) });
    })
    .post("/", allowRenewing(), async (c) => {
      const body = await readBody(c, planBody);
      if (body instanceof Response) return body;
      const dueAt = body.at ? Temporal.Instant.from(body.at) : null;
      const result = await planDrill(c.var.deps, { personId: personOf(c).person.id, dueAt });
      return result.outcome === "refused"
        ? refusalProblem(c, result, "The broker")
        : c.json<DrillView>(drillView(result.drill), 201);
    })
    .delete("/:id", allowPerson(), async (c) => {
      const result = await cancelDrill(c.var.deps, c.req.param("id"), personOf(c).person.id);
      return result.outcome === "refused"
        ? refusalProblem(c, result, "The broker")
        : c.json<DrillView>(drillView(result.drill));
    });
}

/** Answers as the drill's broker; null where no such drill runs. */
export type DrillPage = (drillId: string, request: Request) => Promise<Response | null>;

/** Nobody signs in for it, as at a broker: the address is unguessable, and what it shows opens nothing. */
export function drillPageRoutes(page: DrillPage): Hono<Env> {
  return new Hono<Env>().on(["GET", "POST"], "/:id", async (c, next) => {
    const answer = await page(c.req.param("id"), c.req.raw);
    if (answer === null) return next();
    const policy = answer.headers.get("content-security-policy");
    // Its form leads to this very address; with a policy that nothing was said in, it may not be shown at all.
    c.header("Content-Security-Policy", policy === null ? "default-src 'none'" : `${policy}; form-action 'self'`);
    c.header("Content-Type", answer.headers.get("content-type") ?? "text/plain");
    return c.body(await answer.text(), answer.status === 410 ? 410 : answer.ok ? 200 : 503);
  });
}

export function drillView(drill: Drill): DrillView {
  const { steps, score, advice } = reportOf(drill);
  const isRated = drill.state === "done" || drill.state === "missed" || drill.state === "failed";
  return {
    id: drill.id,
    state: drill.state,
    at: iso(drill.dueAt),
    rangAt: isoOrNull(drill.rangAt),
    endedAt: isoOrNull(drill.endedAt),
    reason: drill.reason,
    steps: steps.map((step) => ({ ...step, at: isoOrNull(step.at) })),
    channels: drill.tries.map(({ channel, milliseconds, failure }) => ({ channel, milliseconds, failure })),
    confirmedBy: drill.confirmedBy,
    score: isRated ? score : null,
    advice: [...advice],
  };
}
