// A strict OAuth 1.0a broker that behaves as E*TRADE does, for a newcomer's first minutes, fire drills and our tests.
import { Hono } from "hono";
import { createAccountsEndpoints } from "./accounts-endpoints.ts";
import { createAuthorizeEndpoint } from "./authorize-endpoint.ts";
import { createControlEndpoints } from "./control-endpoints.ts";
import { createOauthEndpoints } from "./oauth-endpoints.ts";
import { createPracticeBroker, type PracticeOptions } from "./practice-broker.ts";
import type { PracticeClock } from "./practice-clock.ts";
import { practiceKeys, type PracticeKeys } from "./practice-keys.ts";
import type { PracticeState } from "./practice-state.ts";
import type { PracticeEnv } from "./received-call.ts";

export interface PracticeEtradeDeps {
  readonly clock: PracticeClock;
  readonly state: PracticeState;
  readonly keys?: PracticeKeys;
  readonly options?: Partial<PracticeOptions>;
}

const defaults: PracticeOptions = { offerOtherAccounts: false, newLoginEndsEarlier: true };

export function createPracticeEtrade({
  clock,
  state,
  keys = practiceKeys,
  options,
}: PracticeEtradeDeps): Hono<PracticeEnv> {
  const broker = createPracticeBroker({ clock, state, keys, options: { ...defaults, ...options } });
  const app = new Hono<PracticeEnv>().use(async (c, next) => {
    await next();
    c.header("Date", new Date(clock.now().epochMilliseconds).toUTCString());
  });
  app.route("/oauth", createOauthEndpoints(broker));
  app.route("/authorize", createAuthorizeEndpoint(broker));
  app.route("/prod/v1", createAccountsEndpoints(broker, "prod"));
  app.route("/sandbox/v1", createAccountsEndpoints(broker, "sandbox"));
  app.route("/practice", createControlEndpoints(broker));
  return app;
}
