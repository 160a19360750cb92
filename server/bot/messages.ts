// The words a person reads in the chat. Pure: a notice and its moment in, a message out. No secret can come in here.
import type { ConnectionIdentity } from "../domain/connection.ts";
import type { LivingLogin, Notice } from "../domain/notice.ts";
import { entryNote } from "../domain/entry.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { earlyDeathWords, newYorkMoment, secondsWords } from "../domain/time-words.ts";
import { newYorkDate, nextTradingDay } from "../domain/trading-calendar.ts";
import type { ChatButton, ChatMessage } from "../ports.ts";
import { callbackData } from "./callback-data.ts";
import { drillMessage } from "./drill-message.ts";
import { livingMessage, renewButtons } from "./living-message.ts";
import type { WordingContext } from "../use-cases/dependencies.ts";

/** `pageUrl`: where the page is opened. The link carries no authority: whoever opens it has to be signed in. */
export function messageFor(notice: Notice, context: WordingContext, pageUrl: string): ChatMessage {
  const renew = { label: "Renew", url: pageUrl, miniApp: `${pageUrl}/mini` };
  const open = { label: "Open Prebell", url: pageUrl };
  const name = (id: string) => labelOf(context, id);
  const broker = (id: string) => {
    const identity = context.identities.get(id);
    return identity === undefined ? "The broker" : providerName(identity);
  };

  switch (notice.kind) {
    case "renewal-required":
      return livingMessage(notice, context, pageUrl);
    case "drill":
      return drillMessage(notice, context, pageUrl);
    case "login-ending":
      // Nothing is broken yet: what is not answered now rings on the last morning.
      return { text: loginEnding(notice, context), action: renew, buttons: renewHere(notice, name), silent: true };
    case "all-set":
      return quiet(`✅ All set for today's open: ${notice.connections.map(name).join(", ")}.`);
    case "channel-test":
      return loud(
        `🔔 A test from Prebell by ${notice.label}, asked for at ${newYorkMoment(context.now)}. Nothing is wrong, and nothing needs you.`,
        open,
      );
    case "channel-broken":
      if (notice.isDeaf)
        return loud(`⚠️ What you tap and write in the ${notice.label} does not arrive. ${notice.sentence}`, open);
      return loud(
        `⚠️ Messages no longer reach you by ${notice.label}. ${notice.sentence} Until that is mended they come here.`,
        open,
      );
    case "renewed":
      return quiet(`✅ ${name(notice.connection)} renewed: version ${notice.version}, verified by a real call.`);
    case "renewal-failed":
      return loud(
        `❌ ${name(notice.connection)}: the renewal failed. ${renewalFailures[notice.reason] ?? "Start it again."}`,
        renew,
      );
    case "account-mismatch":
      return loud(
        [
          `🚨 ${name(notice.connection)}: a login opened OTHER accounts.`,
          `Offered: ${notice.offered.join(", ")}. Pinned: ${notice.pinned.join(", ")}.`,
          `Nothing was stored; what was there before stays. The new token was ${notice.revoked ? "revoked" : "thrown away; the broker did not confirm its revocation"}.`,
          `Did you open or close an account? Then run: npm run prebell -- unpin ${notice.connection}, and renew.`,
          "If this was not you, sign every device out and check who can reach Prebell.",
        ].join("\n"),
        open,
      );
    case "expired":
      return quiet(
        `${name(notice.connection)} ${expiryWords(notice.ruleSeconds)}, as it must. You will be reminded before the open.`,
      );
    case "died-early":
      return loud(
        `❌ ${name(notice.connection)}: the login died early. It ${earlyDeathWords(notice.livedSeconds, notice.ruleSeconds)}. A new login in another program or a changed password does that. Your trading system is blind until you log in.`,
        renew,
      );
    case "token-lost":
      return notice.reason === "revoked"
        ? loud(`${name(notice.connection)} was revoked. It needs a new authorization.`, renew)
        : loud(
            `❌ ${name(notice.connection)}: ${broker(notice.connection)} rejected the token before its time, and renewing it did not help. Your trading system is blind until you log in.`,
            renew,
          );
    case "misconfigured":
      return loud(
        `⚠️ ${name(notice.connection)} is misconfigured. ${failureSentence(notice.failure.reason, broker(notice.connection))} Logging in again would not help.`,
        open,
      );
    case "keepalive-failing":
      return loud(
        `⚠️ ${name(notice.connection)}: ${notice.failures} checks in a row failed. ${failureSentence(notice.failure.reason, broker(notice.connection))} Prebell keeps trying.`,
        open,
      );
    case "keepalive-recovered":
      return quiet(`✅ ${name(notice.connection)} answers again.`);
    case "entry":
      return quiet(entryNote(notice));
    case "match":
      return matchQuestion(notice, name(notice.connection));
  }
}

const renewalFailures: Record<string, string> = {
  interrupted:
    "It was interrupted while the code was on its way. Start again for a new code. Whether the token before it survived is being checked.",
  "verifier-rejected":
    "The broker refused the code three times. Start again for a new code. The token before it is untouched.",
  "candidate-rejected":
    "The broker rejected the token it had just given. Start again. Whether the token before it survived is being checked.",
  "account-mismatch":
    "The login opened other accounts than the pinned ones, so nothing was stored; what was there before stays. Its owner was told.",
  "no-accounts": "The login lists no open account, so nothing was stored. Log in with the account your system trades.",
};

function loginEnding(
  { logins }: Extract<Notice, { kind: "login-ending" }>,
  { now, identities }: WordingContext,
): string {
  const beforeBreak = logins.every(({ step }) => step === "before-break");
  const { open } = nextTradingDay(newYorkDate(now));
  const head = beforeBreak
    ? `📅 The market is closed until ${newYorkMoment(open)}. Renew before that, best now:`
    : "📅 A login is about to end. Renew it when it suits you:";
  return [
    head,
    ...logins.map((login) => endingLine(login, labelOf({ identities }, login.connection))),
    ...replacementNote(logins),
  ].join("\n");
}

function renewHere({ logins }: Extract<Notice, { kind: "login-ending" }>, name: (id: string) => string) {
  return logins.slice(0, renewButtons).map(({ connection }): ChatButton[] => [
    {
      label: logins.length === 1 ? "Renew in this chat" : `Here: ${name(connection)}`,
      data: callbackData({ kind: "renew", connection }),
    },
  ]);
}

function endingLine({ endsAt }: LivingLogin, label: string): string {
  return `• ${label}: ends ${newYorkMoment(Temporal.Instant.from(endsAt))}`;
}

function replacementNote(logins: readonly LivingLogin[]): string[] {
  return logins.some(({ replaced }) => replaced)
    ? ["A new login replaces the old one at once, for every program that uses it."]
    : [];
}

function expiryWords(ruleSeconds: number | undefined): string {
  if (ruleSeconds === undefined) return "expired at midnight";
  return `ended ${secondsWords(ruleSeconds)} after its login`;
}

function labelOf({ identities }: { identities: ReadonlyMap<string, ConnectionIdentity> }, id: string): string {
  const identity = identities.get(id);
  return identity === undefined ? id : connectionLabel(identity);
}

function matchQuestion({ id, numbers, device }: Extract<Notice, { kind: "match" }>, connection: string): ChatMessage {
  const where = device === null ? "" : ` in ${device}`;
  return {
    text: `🔑 A sign-in to renew ${connection}${where}. Which number does the page show?`,
    action: null,
    buttons: [
      numbers.map((number) => ({ label: `${number}`, data: callbackData({ kind: "match", id, number }) })),
      [{ label: "It wasn’t me", data: callbackData({ kind: "match", id, number: null }), style: "danger" }],
    ],
    silent: false,
  };
}

function loud(text: string, action: ChatMessage["action"]): ChatMessage {
  return { text, action, silent: false };
}

function quiet(text: string): ChatMessage {
  return { text, action: null, silent: true };
}
