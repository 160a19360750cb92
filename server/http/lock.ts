// The end of a lock that `/lock` in the chat began.
import { Hono } from "hono";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { releaseLock } from "../use-cases/release-lock.ts";
import { allowPerson, allowProven, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";

export function lockRoutes(deps: Dependencies): Hono<Env> {
  return new Hono<Env>().use(allowPerson()).post("/release", allowProven(deps, { linkCounts: false }), async (c) => {
    await releaseLock(c.var.deps, personOf(c).person.id);
    return c.json({});
  });
}
