// Who is calling: a signed-in person (cookie) or a machine (API token); and the guard against other sites' pages.
import { hash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { ApiScope } from "../domain/api-scope.ts";
import type { Secret } from "../domain/secret.ts";
import { findSession } from "../use-cases/sign-in.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { problem } from "./problem.ts";

export interface ApiAccess {
  readonly token: Secret;
  readonly scopes: ReadonlySet<ApiScope>;
}

export type Caller =
  | { readonly kind: "person"; readonly sessionId: string }
  | { readonly kind: "machine"; readonly scopes: ReadonlySet<ApiScope> };

export interface Env {
  Variables: { caller: Caller | null };
}

// The only cookie name that Firebase Hosting passes on; hence no __Host- prefix.
export const sessionCookie = "__session";

/** Finds out who calls; nobody is refused here, except a wrong API token and a doubled session cookie. */
export function identifyCaller(deps: Dependencies, access: ApiAccess | null): MiddlewareHandler<Env> {
  const machine = access === null ? null : { digest: digest(access.token.reveal()), scopes: access.scopes };
  return async (c, next) => {
    c.set("caller", null);
    const authorization = c.req.header("authorization");
    if (authorization !== undefined) {
      const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1];
      if (machine === null || bearer === undefined || !timingSafeEqual(digest(bearer), machine.digest))
        return problem(c, 401, "wrong-api-token", "The API token is wrong. It has to equal the API_TOKEN variable.");
      c.set("caller", { kind: "machine", scopes: machine.scopes });
      return next();
    }
    // A sibling site could plant a second cookie of that name beside ours; then neither is believed.
    const planted = (c.req.header("cookie") ?? "").split(`${sessionCookie}=`).length > 2;
    const cookie = getCookie(c, sessionCookie);
    const sessionId = cookie === undefined || planted ? null : await findSession(deps, cookie);
    if (sessionId !== null) c.set("caller", { kind: "person", sessionId });
    return next();
  };
}

/** Lets the signed-in person through, and machines whose token has `scope` (null: no machine). */
export function allow(scope: ApiScope | null): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller === null)
      return problem(c, 401, "not-signed-in", "Sign in with a one-time link: npm run prebell -- link prints one.");
    if (caller.kind === "machine" && (scope === null || !caller.scopes.has(scope)))
      return problem(
        c,
        403,
        "not-in-scope",
        `The API token is not allowed to do this${scope === null ? "." : ` (scope ${scope}, see API_TOKEN_SCOPES).`}`,
      );
    return next();
  };
}

/** Lets machines with `scope` through and nobody else: tokens are not for browsers. */
export function allowMachine(scope: ApiScope): MiddlewareHandler<Env> {
  return async (c, next) => {
    const caller = c.var.caller;
    if (caller?.kind === "machine" && caller.scopes.has(scope)) return next();
    return caller === null
      ? problem(c, 401, "no-api-token", "This is for programs: send Authorization: Bearer with the API_TOKEN.")
      : problem(c, 403, "not-in-scope", `This needs an API token with the scope ${scope}.`);
  };
}

/** The id that binds an authorization to whom started it. */
export function callerId(c: Context<Env>): string {
  const caller = c.var.caller;
  return caller?.kind === "person" ? caller.sessionId : "machine";
}

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

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
