// The HTTP face of Prebell: who may call what, and which headers every answer carries.
import { type Context, Hono, type MiddlewareHandler } from "hono";
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

const limitBody = bodyLimit({
  maxSize: 16 * 1024,
  onError: (c) => problem(c, 413, "too-large", "The body is over 16 KiB."),
});

const strictTransport = { "Strict-Transport-Security": "max-age=31536000" } as const;

const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Robots-Tag": "noindex, nofollow",
  "Permissions-Policy":
    "clipboard-read=(self), clipboard-write=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
} as const;

/** Everything dynamic, refusals and 404s included: a cache in front would keep those too. */
const dynamicHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const;

const dynamicPaths = ["/status", "/keepalive/*", "/cron/*", "/api/*"];

export function createApp(deps: Dependencies, settings: AppSettings): Hono<Env> {
  const app = new Hono<Env>().use(
    presetHeaders(settings.https ? { ...securityHeaders, ...strictTransport } : securityHeaders),
  );
  for (const path of dynamicPaths) {
    app.use(path, presetHeaders(dynamicHeaders));
    app.on(["POST", "DELETE"], path, limitBody);
    app.use(path, identifyCaller(deps, settings.apiAccess), sameOrigin(settings.origins));
  }
  app
    .get("/livez", (c) => c.text("ok", 200, { "Cache-Control": "no-store" }))
    .route("/", statusRoutes(deps, settings))
    .route("/cron", cronRoutes(deps))
    .route("/api/sessions", sessionRoutes(deps, settings.https))
    .route("/api/connections", connectionRoutes(deps))
    .route("/api/connections", authorizationRoutes(deps))
    .route("/api", happeningRoutes(deps));
  for (const path of dynamicPaths) app.all(path, nothingHere);
  return app
    .route("/", pageRoutes(settings.webRoot))
    .notFound(nothingHere)
    .onError((error, c) => {
      deps.log.error("request-failed", { error });
      c.header("Cache-Control", "no-store");
      return problem(c, 500, "internal", "Something broke inside Prebell. Nothing was lost; the log says what it was.");
    });
}

function nothingHere(c: Context): Response {
  c.header("Cache-Control", "no-store");
  return problem(c, 404, "no-such-route", "There is nothing here. The README lists the routes.");
}

/** Set before the answer is made: on a finished answer each header would cost as much as the answer. */
function presetHeaders(headers: Readonly<Record<string, string>>): MiddlewareHandler<Env> {
  const entries = Object.entries(headers);
  return (c, next) => {
    for (const [name, value] of entries) c.header(name, value);
    return next();
  };
}
