// Writes down who was turned away, from whichever guard or route: stands before all of them.
import type { MiddlewareHandler } from "hono";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { createNoteRefusal } from "../use-cases/note-refusal.ts";
import { actorOf, type Env } from "./caller.ts";

export function noteRefusals(deps: Dependencies): MiddlewareHandler<Env> {
  const note = createNoteRefusal(deps);
  return async (c, next) => {
    await next();
    const code = c.get("problem");
    if (code === undefined) return;
    // Unset where the caller's API token is wrong.
    const caller = c.get("caller") ?? null;
    const named = /^\/api\/connections\/([^/]+)/.exec(c.req.path)?.[1] ?? "";
    const connectionId = caller !== null && c.get("visible").has(named) ? named : null;
    await note({ code, actor: caller === null ? null : actorOf(caller), connectionId });
  };
}
