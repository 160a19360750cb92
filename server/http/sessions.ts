// Sign-in by one-time link, and sign-out.
import { Hono } from "hono";
import { z } from "zod";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { signOut, spendLink } from "../use-cases/sign-in.ts";
import { allow, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";
import { problem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { clearSessionCookie, type CookieSettings, deviceOf, setSessionCookie } from "./session-cookie.ts";

const handoffBody = z.object({ token: z.string().min(1).max(200) });

export function sessionRoutes(deps: Dependencies, settings: CookieSettings): Hono<Env> {
  return new Hono<Env>()
    .post("/handoff", async (c) => {
      const body = await readBody(c, handoffBody);
      if (body instanceof Response) return body;
      const before = c.var.caller?.kind === "person" ? c.var.caller : null;
      const signedIn = await spendLink(deps, body.token, before, deviceOf(c));
      if (signedIn === null)
        return problem(
          c,
          401,
          "link-spent",
          "This link was used already or is older than ten minutes. Print a new one: npm run prebell -- link",
        );
      // A new sign-in replaces the old session of this browser.
      if (before !== null) await signOut(deps, before);
      setSessionCookie(c, signedIn.secret, settings);
      return c.json({});
    })
    .delete("/", allow(null), async (c) => {
      await signOut(deps, personOf(c));
      clearSessionCookie(c, settings);
      c.header("Clear-Site-Data", '"cookies", "storage"');
      return c.json({});
    });
}
