// Pure. Why a wish of the person or of a trading system was not carried out, with the remedy. Nothing was lost.
import { mostOwnConnections } from "./broker-keys.ts";
import type { BrokerFailure, FailureReason } from "./broker-answer.ts";
import { failureSentence } from "./sentences.ts";

export type RefusalCode =
  | "unknown-connection"
  | "verifier-malformed"
  | "verifier-rejected"
  | "verifier-used"
  | "authorization-lapsed"
  | "authorization-denied"
  | "authorization-interrupted"
  | "authorization-missing"
  | "authorization-elsewhere"
  | "callback-mismatch"
  | "renewal-in-progress"
  | "too-many-attempts"
  | "account-mismatch"
  | "no-accounts"
  | "candidate-rejected"
  | "broker-unavailable"
  | "misconfigured"
  | "nothing-to-confirm"
  | "no-token"
  | "token-too-short"
  | "no-previous-version"
  | "earlier-version-rejected"
  | "unknown-version"
  | "locked"
  | "owner-first"
  | "unknown-person"
  | "name-taken"
  | "first-person"
  | "not-oneself"
  | "owns-connections"
  | "not-an-owner"
  | "owned-already"
  | "unknown-token"
  | "token-name-taken"
  | "token-configured"
  | "beyond-rights"
  | "drill-open"
  | "drill-time"
  | "drill-real-need"
  | "unknown-drill"
  | "too-many-connections"
  | "connection-name-taken"
  | "keys-configured";

export interface Refusal {
  readonly outcome: "refused";
  readonly code: RefusalCode;
  /** The broker's part in it, where there was one. */
  readonly reason: FailureReason | null;
  /** Codes the person may still try on this link; null where that is not the question. */
  readonly triesLeft: number | null;
}

export function refuse(code: RefusalCode, facts: { reason?: FailureReason; triesLeft?: number } = {}): Refusal {
  return { outcome: "refused", code, reason: facts.reason ?? null, triesLeft: facts.triesLeft ?? null };
}

/** The refusal that a broker's failed answer leads to. */
export function refuseFor(failure: BrokerFailure): Refusal {
  switch (failure.kind) {
    case "needs-person":
      return refuse("no-token", { reason: failure.reason });
    case "misconfigured":
      return refuse("misconfigured", { reason: failure.reason });
    case "transient":
    case "rate-limited":
      return refuse("broker-unavailable", { reason: failure.reason });
  }
}

const untouched = "Nothing stored has changed.";
// A login that came through may end the earlier token at the broker.
const inDoubt = "Whether the token in use survived that login is being checked.";

/** What to tell the person: what happened, what is safe, what to do. */
export function refusalSentence(refusal: Refusal, broker: string): string {
  switch (refusal.code) {
    case "unknown-connection":
      return "There is no such connection. GET /status lists those there are.";
    case "verifier-malformed":
      return broker === "Schwab"
        ? `That is neither the address of the page that ${broker} sent you to nor the code in it. Copy the whole address, from https:// on. ${untouched}`
        : `That is not a code as ${broker} gives them: 4 to 10 letters and digits, such as MX9ES. ${untouched}`;
    case "verifier-rejected":
      if (refusal.reason === "code-rejected") return `${failureSentence(refusal.reason, broker)} ${untouched}`;
      return (refusal.triesLeft ?? 0) > 0
        ? `${broker} did not accept that code. Check it and try again (${refusal.triesLeft} left), or start again. ${untouched}`
        : `${broker} did not accept that code. Start again for a new one. ${untouched}`;
    case "verifier-used":
      return "That code has done its work already: the new token is stored. Nothing more to do.";
    case "authorization-lapsed":
      return `Too late: the link and its code have run out. Start again. ${untouched}`;
    case "authorization-denied":
      return `${broker} says that the login was cancelled. Start again when you are ready. ${untouched}`;
    case "authorization-interrupted":
      return `The code was sent to ${broker}, but the answer was lost. Start again for a new code. ${inDoubt}`;
    case "authorization-missing":
      return "No renewal is waiting for a code here. Tap Renew first.";
    case "authorization-elsewhere":
      return "This renewal was started on another device. Finish it there, or start your own here.";
    case "callback-mismatch":
      return `That address does not belong to the renewal waiting here. Start again. ${untouched}`;
    case "renewal-in-progress":
      return "This connection is being worked on this very moment. Look again in a few seconds.";
    case "too-many-attempts":
      return "Twenty renewals were started within the hour. Wait a few minutes; this protects your login from being locked.";
    case "account-mismatch":
      return `The login opened other accounts than the pinned ones, so the new token was discarded. ${untouched} ${inDoubt} Accounts that are new at the broker: \`prebell unpin\`, then renew.`;
    case "no-accounts":
      return `${broker} lists no open account for this login, so there is nothing to verify it by. Nothing was stored.`;
    case "candidate-rejected":
      return `${broker} gave a token and then rejected it. Nothing was stored. Start again. ${inDoubt}`;
    case "broker-unavailable":
      return `${failureSentence(refusal.reason ?? "unreachable", broker)} Try again in a moment.`;
    case "misconfigured":
      return failureSentence(refusal.reason ?? "signature-invalid", broker);
    case "nothing-to-confirm":
      return "There are no accounts waiting to be confirmed. Tap Renew to start.";
    case "no-token":
      return "There is no usable token. It needs a renewal by a person first.";
    case "token-too-short":
      return "The token dies before that time. Ask for less, or have it renewed.";
    case "no-previous-version":
      return "There is no earlier version to go back to.";
    case "earlier-version-rejected":
      return `${broker} no longer takes the earlier token: a newer login ends it. Nothing was changed.`;
    case "unknown-version":
      return "That version was never stored. GET /status shows the current one.";
    case "locked":
      return `Renewals are locked, by /lock in the chat. A passkey on the page unlocks them, or the server's terminal: npm run prebell -- people unlock NAME. ${untouched}`;
    case "owner-first":
      return "The first login is its owner's: only they can say which accounts are the right ones. After that you can renew it.";
    case "unknown-person":
      return "There is nobody of that name here.";
    case "name-taken":
      return "Somebody here is called that already. Choose another name.";
    case "first-person":
      return "That person came with the installation, so that it always has an owner: they stay, and stay an owner. Their name can be changed.";
    case "not-oneself":
      return "You can't do that to yourself: you might lock everybody out. Another owner can, or the server's terminal.";
    case "owns-connections":
      return "Connections belong to that person. Give them to another owner first.";
    case "not-an-owner":
      return "That person is no owner. Make them one first, then give them the connection.";
    case "owned-already":
      return "The connection belongs to that person already.";
    case "unknown-token":
      return "There is no such token, or it was revoked or has lapsed.";
    case "token-name-taken":
      return "A token of that name is in use. Rotate it, or choose another name.";
    case "token-configured":
      return "That token stands in the configuration: change API_TOKENS, or API_TOKEN, there.";
    case "beyond-rights":
      return "A token can do no more than who makes it: only a connection's owner may let a program fetch its tokens.";
    case "too-many-connections":
      return `There are ${mostOwnConnections} connections already, which is as many as may be added. Remove one that is not needed.`;
    case "connection-name-taken":
      return "You have a connection of that name at this broker already. Give this one another name, or replace the keys of that one.";
    case "keys-configured":
      return "This connection's keys stand in the server's configuration. Change or remove them there, and restart.";
    case "drill-open":
      return "A fire drill is planned or running already. Only one can be at a time; whoever planned it can call it off.";
    case "drill-time":
      return "A fire drill can be planned from now to 24 hours ahead.";
    case "drill-real-need":
      return "A real renewal is needed before this open: that one is the drill. Plan one for later.";
    case "unknown-drill":
      return "No such drill of yours is planned or running.";
  }
}
