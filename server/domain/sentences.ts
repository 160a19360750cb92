// Pure. Plain sentences about connections, shared by the page, the chat, the journal and the terminal.
import type { BrokerCall, FailureReason } from "./broker-answer.ts";
import type { ConnectionIdentity } from "./connection.ts";
import { isDrill } from "./drill.ts";
import type { Status } from "./status.ts";

const providerNames = { etrade: "E*TRADE", schwab: "Schwab" } as const;
const environmentNames = { prod: "production", sandbox: "sandbox" } as const;

export function providerName(identity: ConnectionIdentity): string {
  if (isDrill(identity.id)) return "The drill's broker";
  return providerNames[identity.provider];
}

/** "E*TRADE production", "E*TRADE production · Anna" */
export function connectionLabel(identity: ConnectionIdentity): string {
  if (isDrill(identity.id)) return "Fire drill";
  const label = `${providerName(identity)} ${environmentNames[identity.environment]}`;
  return identity.name === undefined ? label : `${label} · ${identity.name}`;
}

const callNames: Record<BrokerCall, string> = {
  "request-token": "the request for a sign-in link",
  "access-token": "the exchange of the code",
  "accounts-list": "the account list",
  renew: "the renewal",
  refresh: "the refresh",
  revoke: "the revocation",
  balance: "the balance",
  portfolio: "the portfolio",
};

export function callName(call: BrokerCall): string {
  return callNames[call];
}

/** What happened and what helps, for each way a broker can refuse. `broker` is its name. */
export function failureSentence(reason: FailureReason, broker: string): string {
  switch (reason) {
    case "token-expired":
      return `${broker} says the token has expired.`;
    case "token-rejected":
      return `${broker} rejected the token.`;
    case "refresh-token-rejected":
      return `${broker} no longer takes the refresh token: its login has ended, or a newer login replaced it.`;
    case "code-rejected":
      return `${broker} did not take the code: it works once, and for 30 seconds after the login. Start again and finish within that time.`;
    case "signature-invalid":
      return `${broker} refused our signature: the consumer secret is wrong. Check the _CONSUMER_SECRET variable, or the keys in the page's settings.`;
    case "consumer-key-rejected":
      if (broker === providerNames.schwab)
        return `${broker} rejected the app key or its secret. Check SCHWAB_CLIENT_ID and SCHWAB_CLIENT_SECRET, or the keys in the page's settings, and that the app is "Ready For Use" in ${broker}'s developer portal.`;
      return `${broker} rejected the consumer key. Check the _CONSUMER_KEY variable, or the key in the page's settings; an expired key takes ${broker} 2–3 days to replace.`;
    case "clock-skew":
      return `${broker} refused our time: this machine's clock is more than five minutes off. Switch on time synchronisation.`;
    case "callback-rejected":
      if (broker === providerNames.schwab)
        return `${broker} refused the callback address. It has to equal, be it SCHWAB_REDIRECT_URI or entered with the keys, one the app is registered with, character by character.`;
      return `${broker} refused the callback. This is a fault in Prebell; please report it.`;
    case "refresh-token-missing":
      return `${broker} gave a token without a refresh token, good for an hour at most; it was not stored. Start again; if that repeats, check the app and its products in ${broker}'s developer portal.`;
    case "rate-limited":
      return `${broker} asks for fewer calls for a while. The token is untouched.`;
    case "maintenance":
      return `${broker} is under maintenance. The token is untouched.`;
    case "server-error":
      return `${broker} had an internal error. The token is untouched.`;
    case "gateway-refused":
      return `${broker}'s gateway turned the call away. The token is untouched. If that lasts, check the app and its callback address in ${broker}'s developer portal.`;
    case "nonce-used":
      return `${broker} took our call for a repetition. The token is untouched.`;
    case "unreachable":
      return `${broker} can't be reached. The token is untouched.`;
    case "timed-out":
      return `${broker} did not answer in time. The token is untouched.`;
    case "unexpected-answer":
      return `${broker} answered with something other than it documents. The token is untouched.`;
  }
}

/** What the status rests on, without the time of it (the reader formats `at` in their own zone). */
export function evidenceSentence(status: Status, broker: string): { text: string; at: Temporal.Instant | null } {
  switch (status.word) {
    case "active":
      return { text: `${broker} answered ${callName(status.verified.call)}.`, at: status.verified.at };
    case "idle":
      return {
        text:
          status.reason === "no-call"
            ? "No call for two hours. The next keep-alive wakes the token."
            : "The access token lapsed. It is refreshed before the open, or when it is asked for.",
        at: status.lastCall.at,
      };
    case "needs-authorization":
      switch (status.reason) {
        case "never":
          return { text: "Never authorized yet.", at: null };
        case "expired":
          return { text: `Expired. Only a login at ${broker} brings a new token.`, at: status.since };
        case "revoked":
          return { text: "Revoked. It needs a new authorization.", at: status.since };
        case "rejected":
          return { text: `${broker} rejected the token, and renewing did not help.`, at: status.since };
      }
    case "unknown":
    case "misconfigured":
      return { text: failureSentence(status.failed.failure.reason, broker), at: status.failed.at };
    case "authorizing":
      return {
        text:
          status.stage === "exchanging" || status.stage === "verifying"
            ? "Proving a new token. The login may have ended the earlier one."
            : `Waiting for you to finish at ${broker}.`,
        at: status.startedAt,
      };
  }
}
