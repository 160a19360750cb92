// Our E*TRADE provider over HTTP against a practice broker of its own, at noon of an ordinary trading day.
import { randomBytes } from "node:crypto";
import { etradePolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { createPracticeControl, type PracticeControl } from "../../server/practice/practice-control.ts";
import { practiceKeys, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { createEtrade } from "../../server/providers/etrade.ts";
import type { Provider } from "../../server/ports.ts";

export interface DrivenEtrade {
  readonly provider: Provider;
  readonly control: PracticeControl;
  readonly url: string;
  readonly now: () => Temporal.Instant;
  readonly close: () => Promise<void>;
}

/** `clockErrorSeconds`: how far our own clock is off the broker's. */
export async function driveEtrade({
  clockErrorSeconds = 0,
  consumerSecret = "",
  oauthUrl = "",
} = {}): Promise<DrivenEtrade> {
  const clock = createPracticeClock(() => Temporal.Now.instant());
  clock.setTo(Temporal.Instant.from("2026-03-10T16:00:00Z"));
  const broker = await startPracticeServer({ port: 0, clock, stateFile: null });
  const urls = practiceUrls(broker.url);
  const now = () => clock.now().add({ seconds: clockErrorSeconds });
  const provider = createEtrade({
    identity: { id: "etrade-prod", provider: "etrade", environment: "prod" },
    policy: etradePolicy(),
    ceremony: "verifier",
    consumerKey: new Secret(practiceKeys.prod.consumerKey),
    consumerSecret: new Secret(consumerSecret || practiceKeys.prod.consumerSecret),
    oauthUrl: oauthUrl || urls.oauthUrl,
    authorizeUrl: urls.authorizeUrl,
    apiUrl: urls.prodApiUrl,
    clock: now,
    nonce: () => randomBytes(16).toString("hex"),
  });
  return { provider, control: createPracticeControl(broker.url), url: broker.url, now, close: () => broker.close() };
}
