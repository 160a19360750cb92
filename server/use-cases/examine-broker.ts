// The doctor at the brokers: is our clock right, do they take our key, does the stored token work.
import type { CurrentToken } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { failureSentence, providerName } from "../domain/sentences.ts";
import type { Provider } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Finding, found } from "./finding.ts";

/** E*TRADE refuses signatures that are five minutes off; a minute already points at a clock nobody sets. */
const warnSkewSeconds = 60;
const faultSkewSeconds = 300;

export async function examineClock(
  deps: Pick<Dependencies, "clock">,
  provider: Provider | undefined,
): Promise<Finding> {
  const theirs = (await provider?.readClock()) ?? null;
  if (provider === undefined || theirs === null)
    return found(
      "clock",
      "warning",
      "The broker's time could not be read.",
      "Check this machine's way to the internet.",
    );
  const seconds = Math.round(Math.abs(deps.clock().since(theirs).total("seconds")));
  const broker = providerName(provider.identity);
  if (seconds < warnSkewSeconds) return found("clock", "ok", `Within ${Math.max(seconds, 1)} s of ${broker}'s.`);
  return found(
    "clock",
    seconds < faultSkewSeconds ? "warning" : "fault",
    `${seconds} s away from ${broker}'s; from 300 s on it refuses every call.`,
    "Switch on time synchronisation (timedatectl set-ntp true).",
  );
}

export async function examineKey(deps: Pick<Dependencies, "clock" | "records">, provider: Provider): Promise<Finding> {
  const subject = `${provider.identity.id} key`;
  const broker = providerName(provider.identity);
  if (provider.renewal.kind === "refresh") return rememberedKey(deps, provider, subject);
  // A request token that nobody approves lapses by itself and touches nothing.
  const begun = await provider.beginAuthorization();
  if (begun.ok) return found(subject, "ok", `${broker} accepts the consumer key and our signature.`);
  const misconfigured = begun.failure.kind === "misconfigured";
  return found(
    subject,
    misconfigured ? "fault" : "warning",
    failureSentence(begun.failure.reason, broker),
    misconfigured ? "See above; then run doctor again." : "Run doctor again in a while.",
  );
}

/** In OAuth 2.0 nothing is asked of the broker before a login, so only what earlier calls showed is known. */
async function rememberedKey(
  deps: Pick<Dependencies, "records">,
  { identity }: Provider,
  subject: string,
): Promise<Finding> {
  const broker = providerName(identity);
  const connection = await deps.records.connection(identity.id);
  const failure = connection?.lastFailure?.failure ?? null;
  if (failure?.kind === "misconfigured")
    return found(
      subject,
      "fault",
      failureSentence(failure.reason, broker),
      "See above; then renew, and run doctor again.",
    );
  const { token = null } = connection ?? {};
  if (token !== null)
    return found(subject, "ok", `${broker} took the app's key when version ${token.version} was issued.`);
  return found(
    subject,
    "warning",
    `Not tried yet: ${broker} looks at an app's key only at a login.`,
    `Renew to find out: npm run prebell -- renew ${identity.id}`,
  );
}

export async function examineToken(
  deps: Pick<Dependencies, "clock" | "records" | "tokens">,
  provider: Provider,
): Promise<Finding> {
  const { id } = provider.identity;
  const subject = `${id} token`;
  const connection = await deps.records.connection(id);
  if (connection === null || connection.token === null || !isAlive(connection, provider.policy, deps.clock()))
    return found(subject, "warning", "There is no living token.", `Renew it: npm run prebell -- renew ${id}`);
  const tokenSet = await deps.tokens.read(id, connection.token.version);
  if (tokenSet === null)
    return found(
      subject,
      "fault",
      `Version ${connection.token.version} is missing.`,
      `Renew: npm run prebell -- renew ${id}`,
    );
  const { accessExpiresAt } = connection.token;
  if (accessExpiresAt !== null && Temporal.Instant.compare(deps.clock(), accessExpiresAt) >= 0)
    return living(
      deps,
      provider,
      connection.token,
      "its access token lapsed and is refreshed when it is due or asked for.",
    );
  const answer = await provider.listAccounts(tokenSet);
  if (answer.ok) return living(deps, provider, connection.token, "it works; the account list came back.");
  return found(
    subject,
    answer.failure.kind === "needs-person" ? "fault" : "warning",
    failureSentence(answer.failure.reason, providerName(provider.identity)),
    answer.failure.kind === "needs-person"
      ? `It may be idle: npm run prebell -- keepalive; if that does not help: npm run prebell -- renew ${id}`
      : "Run doctor again in a while.",
  );
}

/** A login of days is renewed at leisure, while there is some left. */
const leisure = Temporal.Duration.from({ hours: 48 });

function living(
  { clock }: Pick<Dependencies, "clock">,
  { identity, policy }: Provider,
  { version, issuedAt }: CurrentToken,
  state: string,
): Finding {
  const subject = `${identity.id} token`;
  const sentence = `Version ${version}: ${state}`;
  const reauthorizeBy = expiresAt(policy, issuedAt);
  const left = clock().until(reauthorizeBy, { largestUnit: "hours" });
  if (policy.access === null || Temporal.Duration.compare(left, leisure) >= 0) return found(subject, "ok", sentence);
  return found(
    subject,
    "warning",
    `${sentence} The login ends ${reauthorizeBy.toString({ smallestUnit: "minute" })}, in ${left.hours} h.`,
    `Renew before that, at best outside market hours: npm run prebell -- renew ${identity.id}`,
  );
}
