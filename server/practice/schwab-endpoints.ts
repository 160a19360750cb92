// A strict OAuth 2.0 broker that behaves as Schwab does, beside the practice E*TRADE: same port, clock, file and control.
import { Hono } from "hono";
import type { PracticeEnv } from "./received-call.ts";
import { createSchwabAccountsEndpoints } from "./schwab-accounts-endpoints.ts";
import { createSchwabAuthorizeEndpoint } from "./schwab-authorize-endpoint.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import { createSchwabTokenEndpoint } from "./schwab-token-endpoint.ts";

export function createSchwabEndpoints(broker: SchwabBroker): Hono<PracticeEnv> {
  return new Hono<PracticeEnv>()
    .route("/v1/oauth/authorize", createSchwabAuthorizeEndpoint(broker))
    .route("/v1/oauth/token", createSchwabTokenEndpoint(broker))
    .route("/trader/v1", createSchwabAccountsEndpoints(broker));
}
