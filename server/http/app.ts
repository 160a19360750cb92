// The HTTP face of Prebell: who may call what, and which headers every answer carries.
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { ScheduledRun } from "../use-cases/scheduled-run.ts";
import { apiTokenRoutes } from "./api-tokens.ts";
import { authorizationRoutes, type AuthorizationSettings } from "./authorizations.ts";
import type { ApiToken } from "../domain/api-token.ts";
import { createLimiter, type LimitedDoor } from "./limit-failures.ts";
import { createIdentify, type Env, identifyCaller } from "./caller.ts";
import { channelRoutes, type ChannelRouteSettings } from "./channels.ts";
import { connectionRoutes, type ConnectionRouteSettings } from "./connections.ts";
import { cronRoutes } from "./cron.ts";
import type { CronAccess } from "./scheduler-identity.ts";
import { type DrillPage, drillPageRoutes, drillRoutes } from "./drills.ts";
import { eventRoutes } from "./events.ts";
import { handOverRoutes, miniAppRoutes, showsSecret } from "./hand-over.ts";
import { journalRoutes } from "./journal.ts";
import { dynamicHeaders, type Headers, securityHeaders, strictTransport } from "./headers.ts";
import { lockRoutes } from "./lock.ts";
import { ownConnectionRoutes } from "./own-connections.ts";
import { pageRoutes } from "./pages.ts";
import { namesPasskey, passkeyDoorRoutes } from "./passkey-door.ts";
import { passkeyRoutes } from "./passkeys.ts";
import { peopleRoutes } from "./people.ts";
import { problem } from "./problem.ts";
import { noteRefusals } from "./refusals.ts";
import { sameOrigin } from "./same-origin.ts";
import { securityTxtRoutes } from "./security-txt.ts";
import type { CookieSettings } from "./session-cookie.ts";
import { sessionRoutes } from "./sessions.ts";
import { shareRoutes } from "./shares.ts";
import { statusRoutes } from "./status.ts";
import { telegramRoutes, type TelegramAccess } from "./telegram.ts";
import type { ViewSettings } from "./views.ts";

export interface AppSettings
  extends ViewSettings, AuthorizationSettings, ConnectionRouteSettings, ChannelRouteSettings, CookieSettings {
  /** The addresses under which our own page is opened. */
  readonly origins: ReadonlySet<string>;
  /** Where people open the page. */
  readonly pageUrl: string;
  /** The tokens of the configuration, besides those in the records. */
  readonly apiTokens: readonly ApiToken[];
  /** Who may run the clockwork by /cron: Cloud Scheduler, whoever has the API token, or nobody. */
  readonly cron: CronAccess | "api-token" | null;
  readonly scheduledRun: ScheduledRun;
  /** Null where Telegram brings nothing. */
  readonly telegram: TelegramAccess | null;
  /** The login page of a running fire drill. */
  readonly drillPage: DrillPage;
  /** Where the built page lies. */
  readonly webRoot: string;
  /** Whom to tell of a weakness; null where nobody was named. */
  readonly securityContact: string | null;
  /** Whether the event stream stays open; where each look is paid for or a proxy buffers, the reader asks again instead. */
  readonly streaming: boolean;
}

const limitBody = bodyLimit({
  maxSize: 16 * 1024,
  onError: (c) => problem(c, 413, "too-large", "The body is over 16 KiB."),
});

/** For people and for programs with the API token. */
const guardedPaths = ["/status", "/keepalive/*", "/api/*"];
/** Where somebody who is not in yet can try to come in. */
const limitedDoors = [
  ["/api/sessions/handoff", "link"],
  ["/api/people/accept", "link"],
] as const satisfies readonly (readonly [string, LimitedDoor])[];
const dynamicPaths = [...guardedPaths, "/cron/*", "/telegram/*", "/drill/*", "/.well-known/*"];

export function createApp(deps: Dependencies, settings: AppSettings): Hono<Env> {
  const app = new Hono<Env>().use(
    presetHeaders(settings.https ? { ...securityHeaders, ...strictTransport } : securityHeaders),
  );
  for (const path of dynamicPaths) app.use(path, presetHeaders(dynamicHeaders));
  const identify = createIdentify(deps, settings.apiTokens);
  const noting = noteRefusals(deps);
  for (const path of [...guardedPaths, "/cron/*"]) app.use(path, noting);
  const limiter = createLimiter(deps);
  for (const [path, door] of limitedDoors) app.use(path, limiter.limit(door));
  for (const path of guardedPaths) {
    app.on(["POST", "DELETE"], path, limitBody);
    app.use(path, identifyCaller(identify), sameOrigin(settings.origins));
  }
  app.use("/drill/*", limitBody);
  // After the body's limit: while it is shut, it reads who knocks.
  for (const path of ["/api/sessions/passkey", "/api/sessions/hand-over/passkey"])
    app.use(path, limiter.limit("passkey", namesPasskey(deps)));
  for (const path of ["/api/telegram/open", "/api/sessions/hand-over", "/api/sessions/match"])
    app.use(path, limiter.limit("telegram", showsSecret(deps)));
  app
    .get("/livez", (c) => c.text("ok", 200, dynamicHeaders))
    .route("/", securityTxtRoutes(deps, settings.securityContact))
    .route("/", statusRoutes(settings))
    .route("/cron", cronRoutes(deps, settings))
    .route("/api/sessions", sessionRoutes(deps, settings))
    .route("/api/sessions", passkeyDoorRoutes(deps, settings))
    .route("/api/sessions", handOverRoutes(deps, settings))
    .route("/api/passkeys", passkeyRoutes(deps, settings))
    .route("/api/lock", lockRoutes(deps))
    .route("/api/connections", connectionRoutes(settings))
    .route("/api/connections", ownConnectionRoutes(deps, settings))
    .route("/api/connections", authorizationRoutes(settings))
    .route("/api/connections", shareRoutes(deps, settings))
    .route("/api/tokens", apiTokenRoutes(deps, settings))
    .route("/api", peopleRoutes(deps, settings))
    .route("/api/channels", channelRoutes(deps, settings))
    .route("/api/drills", drillRoutes())
    .route("/drill", drillPageRoutes(settings.drillPage))
    .route("/api", journalRoutes())
    .route("/api", eventRoutes(identify, settings.streaming, deps.log));
  if (deps.readInitData !== null) app.route("/api/telegram", miniAppRoutes(deps, settings.pageUrl));
  if (settings.telegram !== null) app.route("/telegram", telegramRoutes(settings.telegram));
  for (const path of dynamicPaths) app.all(path, nothingHere);
  return app
    .route("/", pageRoutes(settings.webRoot))
    .notFound(nothingHere)
    .onError((error, c) => {
      deps.log.error("request-failed", { error });
      c.header("Cache-Control", dynamicHeaders["Cache-Control"]);
      return problem(c, 500, "internal", "Something broke inside Prebell; the log says what it was.");
    });
}

function nothingHere(c: Context): Response {
  for (const [name, value] of Object.entries(dynamicHeaders)) c.header(name, value);
  return problem(c, 404, "no-such-route", "There is nothing here. The README lists the routes.");
}

/** Set before the answer is made: on a finished answer each header would cost as much as the answer. */
function presetHeaders(headers: Headers): MiddlewareHandler<Env> {
  const entries = Object.entries(headers);
  return (c, next) => {
    for (const [name, value] of entries) c.header(name, value);
    return next();
  };
}
