// A strict OAuth 1.0a broker that behaves as E*TRADE does, for a newcomer's first minutes, fire drills and our tests.
import { Hono } from "hono";
import { createAccountsEndpoints } from "./accounts-endpoints.ts";
import { createAuthorizeEndpoint } from "./authorize-endpoint.ts";
import { createOauthEndpoints } from "./oauth-endpoints.ts";
import type { PracticeBroker } from "./practice-broker.ts";
import type { PracticeEnv } from "./received-call.ts";

export function createPracticeEtrade(broker: PracticeBroker): Hono<PracticeEnv> {
  return new Hono<PracticeEnv>()
    .route("/oauth", createOauthEndpoints(broker))
    .route("/authorize", createAuthorizeEndpoint(broker))
    .route("/prod/v1", createAccountsEndpoints(broker, "prod"))
    .route("/sandbox/v1", createAccountsEndpoints(broker, "sandbox"));
}
