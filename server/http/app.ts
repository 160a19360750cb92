// The HTTP face of Prebell: who may call what, and which headers every answer carries.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { authorizationRoutes } from "./authorizations.ts";
import { type ApiAccess, type Env, identifyCaller, sameOrigin } from "./caller.ts";
import { connectionRoutes } from "./connections.ts";
import { cronRoutes } from "./cron.ts";
import { happeningRoutes } from "./happenings.ts";
import { pageRoutes } from "./pages.ts";
import { problem } from "./problem.ts";
import { sessionRoutes } from "./sessions.ts";
import { statusRoutes } from "./status.ts";
import type { ViewSettings } from "./views.ts";

export interface AppSettings extends ViewSettings {
  /** The addresses under which our own page is opened. */
  readonly origins: ReadonlySet<string>;
  readonly https: boolean;
  readonly apiAccess: ApiAccess | null;
  /** Where the built page lies. */
  readonly webRoot: string;
}

const maxBodyBytes = 16 * 1024;

const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Robots-Tag": "noindex, nofollow",
  "Permissions-Policy":
    "clipboard-read=(self), clipboard-write=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
} as const;

export function createApp(deps: Dependencies, settings: AppSettings): Hono<Env> {
  const api = new Hono<Env>()
    .use(async (c, next) => {
      await next();
      // Everything dynamic, refusals and 404s included: a cache in front would keep those too.
      setHeaders(c, {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      });
    })
    .on(
      ["POST", "DELETE"],
      "*",
      bodyLimit({ maxSize: maxBodyBytes, onError: (c) => problem(c, 413, "too-large", "The body is over 16 KiB.") }),
    )
    .use(identifyCaller(deps, settings.apiAccess))
    .use(sameOrigin(settings.origins))
    .route("/", statusRoutes(deps, settings))
    .route("/cron", cronRoutes(deps))
    .route("/api/sessions", sessionRoutes(deps, settings.https))
    .route("/api/connections", connectionRoutes(deps))
    .route("/api/connections", authorizationRoutes(deps))
    .route("/api", happeningRoutes(deps));

  const app = new Hono<Env>()
    .use(async (c, next) => {
      await next();
      setHeaders(c, securityHeaders);
      if (settings.https) setHeaders(c, { "Strict-Transport-Security": "max-age=31536000" });
    })
    .get("/livez", (c) => c.text("ok", 200, { "Cache-Control": "no-store" }));
  for (const path of ["/status", "/keepalive/*", "/cron/*", "/api/*"])
    app.all(path, (c) => api.fetch(c.req.raw, c.env));
  app.route("/", pageRoutes(settings.webRoot));
  app.notFound((c) => {
    c.header("Cache-Control", "no-store");
    return problem(c, 404, "no-such-route", "There is nothing here. The README lists the routes.");
  });
  app.onError((error, c) => {
    deps.log.error("request-failed", { error });
    c.header("Cache-Control", "no-store");
    return problem(c, 500, "internal", "Something broke inside Prebell. Nothing was lost; the log says what it was.");
  });
  api.notFound((c) => problem(c, 404, "no-such-route", "There is nothing here. The README lists the routes."));
  api.onError((error, c) => {
    deps.log.error("request-failed", { error });
    return problem(c, 500, "internal", "Something broke inside Prebell. Nothing was lost; the log says what it was.");
  });
  return app;
}

/** On the answer as it is: `c.header` would build the whole of it anew, body stream included, at each call. */
function setHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
}
