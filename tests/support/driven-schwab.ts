// Our Schwab provider over HTTP against a practice broker of its own, at noon of an ordinary trading day.
import { randomUUID } from "node:crypto";
import { schwabPolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import { readAnswer } from "../../server/domain/verifier.ts";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { createPracticeControl, type PracticeControl } from "../../server/practice/practice-control.ts";
import { practiceSchwab, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { createSchwab } from "../../server/providers/schwab.ts";
import type { Provider } from "../../server/ports.ts";

export interface DrivenSchwab {
  readonly provider: Provider;
  readonly control: PracticeControl;
  readonly url: string;
  readonly now: () => Temporal.Instant;
  /** Logs in and ticks every account; resolves with the code out of the address. */
  readonly accept: (authorizeUrl: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function driveSchwab({ clientSecret = "" } = {}): Promise<DrivenSchwab> {
  const clock = createPracticeClock(() => Temporal.Now.instant());
  clock.setTo(Temporal.Instant.from("2026-03-10T16:00:00Z"));
  const broker = await startPracticeServer({ port: 0, clock, stateFile: null });
  const control = createPracticeControl(broker.url);
  const { schwabOauthUrl, schwabApiUrl } = practiceUrls(broker.url);
  const provider = createSchwab({
    identity: { id: "schwab-prod", provider: "schwab", environment: "prod" },
    policy: schwabPolicy(),
    ceremony: "verifier",
    clientId: new Secret(practiceSchwab.clientId),
    clientSecret: new Secret(clientSecret || practiceSchwab.clientSecret),
    redirectUri: practiceSchwab.redirectUris[0],
    oauthUrl: schwabOauthUrl,
    apiUrl: schwabApiUrl,
    clock: () => clock.now(),
    state: () => randomUUID(),
    trace: () => {},
    pause: async () => {},
  });
  return {
    provider,
    control,
    url: broker.url,
    now: () => clock.now(),
    async accept(authorizeUrl) {
      const read = readAnswer("schwab", { verifier: await control.schwab.accept(authorizeUrl) });
      if (read === null || "denied" in read) throw new Error("The address holds no code.");
      return read.verifier;
    },
    close: () => broker.close(),
  };
}
