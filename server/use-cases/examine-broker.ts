// The doctor at the brokers: is our clock right, do they take our key, does the stored token work.
import { isAlive } from "../domain/keep-alive.ts";
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

export async function examineKey(provider: Provider): Promise<Finding> {
  const subject = `${provider.identity.id} key`;
  const broker = providerName(provider.identity);
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
  const answer = await provider.listAccounts(tokenSet);
  if (answer.ok) return found(subject, "ok", `Version ${connection.token.version} works; the account list came back.`);
  return found(
    subject,
    answer.failure.kind === "needs-person" ? "fault" : "warning",
    failureSentence(answer.failure.reason, providerName(provider.identity)),
    answer.failure.kind === "needs-person"
      ? `It may be idle: npm run prebell -- keepalive; if that does not help: npm run prebell -- renew ${id}`
      : "Run doctor again in a while.",
  );
}
