// Which brokers there are and where each is reached: those that keys were given for, or the practice brokers in their stead.
import { randomBytes } from "node:crypto";
import type { Config, EtradeConfig, SchwabConfig } from "./config.ts";
import { etradePolicy, schwabPolicy } from "./domain/provider-policy.ts";
import { Secret } from "./domain/secret.ts";
import type { ConnectionIdentity } from "./domain/connection.ts";
import type { Ceremony } from "./domain/pending-authorization.ts";
import type { BrokerFor, Clock, Log, Provider } from "./ports.ts";
import type { FoundPracticeBroker } from "./practice/find-practice-broker.ts";
import { practiceKeys, practiceSchwab, practiceUrls } from "./practice/practice-keys.ts";
import { createEtrade } from "./providers/etrade.ts";
import { createSchwab } from "./providers/schwab.ts";

export interface BrokerSurroundings {
  readonly practice: FoundPracticeBroker | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people open the page: its callback page is what the practice Schwab sends them back to. */
  readonly pageUrl: string;
}

/** Whether any real broker is set up; without one the practice brokers play. */
export function hasBrokerKeys({ etrade, schwab }: Config): boolean {
  return etrade.length > 0 || schwab !== null;
}

export function createProviders(config: Config, around: BrokerSurroundings): readonly Provider[] {
  const { practice, pageUrl } = around;
  const etrade = practice === null ? config.etrade : practiceEtrade(practice.url);
  const schwab = practice === null ? config.schwab : practiceSchwabApp(pageUrl);
  return [
    ...etrade.map((settings) => etradeProvider(config, settings, config.etradeCeremony, around)),
    ...(schwab === null ? [] : [schwabProvider(config, schwabProd, schwab, around)]),
  ];
}

/** The brokers for keys that owners entered; in a rehearsal these are apps of the practice brokers. */
export function createBrokerFor(config: Config, around: BrokerSurroundings): BrokerFor {
  const { practice, pageUrl } = around;
  return (identity, { consumerKey, consumerSecret, redirectUri }) => {
    switch (identity.provider) {
      case "etrade": {
        const apiUrl =
          practice === null ? config.etradeApiUrls[identity.environment] : practiceApi(practice.url, identity);
        // Whether a callback is registered is told of the configured keys alone; a code works for every key.
        return etradeProvider(config, { identity, consumerKey, consumerSecret, apiUrl }, "verifier", around);
      }
      case "schwab": {
        const usual = practice === null ? config.schwabUsualRedirectUri : schwabCallback(pageUrl);
        const app = { clientId: consumerKey, clientSecret: consumerSecret, redirectUri: redirectUri ?? usual };
        return schwabProvider(config, identity, app, around);
      }
    }
  };
}

const schwabProd: ConnectionIdentity = { id: "schwab-prod", provider: "schwab", environment: "prod" };

/** Our own page that Schwab sends the browser back to. */
export function schwabCallback(pageUrl: string): string {
  return `${pageUrl}/callback/schwab`;
}

function practiceEtrade(practiceUrl: string): readonly EtradeConfig[] {
  return (["prod", "sandbox"] as const).map((environment) => ({
    identity: { id: `etrade-${environment}`, provider: "etrade", environment },
    consumerKey: new Secret(practiceKeys[environment].consumerKey),
    consumerSecret: new Secret(practiceKeys[environment].consumerSecret),
    apiUrl: practiceApi(practiceUrl, { environment }),
  }));
}

function practiceApi(practiceUrl: string, { environment }: Pick<ConnectionIdentity, "environment">): string {
  const { prodApiUrl, sandboxApiUrl } = practiceUrls(practiceUrl);
  return environment === "prod" ? prodApiUrl : sandboxApiUrl;
}

function practiceSchwabApp(pageUrl: string): SchwabConfig {
  return {
    clientId: new Secret(practiceSchwab.clientId),
    clientSecret: new Secret(practiceSchwab.clientSecret),
    redirectUri: schwabCallback(pageUrl),
  };
}

function etradeProvider(
  config: Config,
  settings: EtradeConfig,
  ceremony: Ceremony,
  { practice, clock }: BrokerSurroundings,
): Provider {
  const urls = practice === null ? null : practiceUrls(practice.url);
  return createEtrade({
    ...settings,
    policy: etradePolicy(config.etradeTokenLifetimeDays),
    ceremony,
    oauthUrl: urls?.oauthUrl ?? config.etradeOauthUrl,
    authorizeUrl: urls?.authorizeUrl ?? config.etradeAuthorizeUrl,
    clock,
    nonce: () => randomBytes(16).toString("hex"),
  });
}

function schwabProvider(
  config: Config,
  identity: ConnectionIdentity,
  app: SchwabConfig,
  { practice, clock, log }: BrokerSurroundings,
): Provider {
  const urls = practice === null ? null : practiceUrls(practice.url);
  return createSchwab({
    ...app,
    identity,
    policy: schwabPolicy(),
    // What leads to this machine of the person's can't reach our page: they bring the address themselves.
    ceremony: new URL(app.redirectUri).pathname.endsWith("/callback/schwab") ? "redirect" : "verifier",
    oauthUrl: urls?.schwabOauthUrl ?? config.schwabOauthUrl,
    apiUrl: urls?.schwabApiUrl ?? config.schwabApiUrl,
    clock,
    state: () => randomBytes(24).toString("base64url"),
    trace: ({ call, httpStatus, correlationId }) =>
      log.info("broker-call", {
        connection: identity.id,
        call,
        httpStatus,
        ...(correlationId === null ? {} : { correlationId }),
      }),
  });
}
