// The guard against other sites' pages.
import type { MiddlewareHandler } from "hono";
import type { Env } from "./caller.ts";
import { problem } from "./problem.ts";

/**
 * State changes by a browser come from our own page or not at all: same origin by Sec-Fetch-Site and Origin (at least one
 * present, neither contradicting), JSON, and a header that no cross-site form can set (OWASP ASVS 3.5.1–3.5.3).
 */
export function sameOrigin(origins: ReadonlySet<string>): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method === "GET" || c.req.method === "HEAD" || c.var.caller?.kind === "machine") return next();
    const site = c.req.header("sec-fetch-site");
    const origin = c.req.header("origin");
    const siteFits = site === undefined || site === "same-origin";
    const originFits = origin === undefined || origins.has(origin);
    if ((site === undefined && origin === undefined) || !siteFits || !originFits)
      return problem(
        c,
        403,
        "cross-origin",
        "This request did not come from Prebell's own page. Open Prebell and repeat it there; behind a proxy, set PUBLIC_URL to the address in the browser.",
      );
    if (c.req.header("x-prebell") === undefined)
      return problem(c, 403, "header-missing", "The header X-Prebell: 1 is missing.");
    if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
      return problem(c, 415, "not-json", "Send JSON with Content-Type: application/json.");
    return next();
  };
}
