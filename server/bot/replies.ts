// The words of the bot's answers to commands. Pure; made for a phone: one connection takes three short lines.
import type { ConnectionIdentity } from "../domain/connection.ts";
import { connectionLabel, evidenceSentence, providerName } from "../domain/sentences.ts";
import { deadlineOf, needsPerson, type Status } from "../domain/status.ts";
import type { KeepAliveOutcome } from "../use-cases/keep-alive-connection.ts";
import type { Overview } from "../use-cases/overview.ts";
import { botCommands } from "./commands.ts";

/** The answer where the work on it broke off. */
export const brokenReply = "Something broke inside Prebell; the log says what. Try again in a moment.";

/** The answer to a tap that means nothing any more. */
export const staleButton = "This button is out of date. /status shows what there is to do.";

/** The answer to /start, /help and whatever else was written. */
export function helpReply(pageUrl: string): string {
  return [
    "Prebell keeps your broker tokens fresh. It asks you here before the open when one needs you, and proves, stores and keeps alive what you bring.",
    "",
    ...botCommands.map(({ command, description }) => `/${command} – ${description}`),
    "",
    pageUrl,
  ].join("\n");
}

/** `pageUrl` carries no authority: whoever opens it has to be signed in. */
export function statusReply({ connections, now }: Overview, pageUrl: string): string {
  if (connections.length === 0) return "No connection is yours or shared with you.";
  const blocks = connections.map(({ connection, status }) => connectionBlock(connection, status, now));
  const needed = connections.some(({ status }) => needsPerson(status));
  return [...blocks, `${needed ? "Renew: " : ""}${pageUrl}`].join("\n\n");
}

export function keepAliveReply(outcomes: readonly (readonly [ConnectionIdentity, KeepAliveOutcome | "broke-off"])[]) {
  if (outcomes.length === 0) return "There is nothing here that you may keep alive.";
  return outcomes.map(([identity, outcome]) => `${connectionLabel(identity)}: ${outcomeWords[outcome]}`).join("\n");
}

const outcomeWords: Record<KeepAliveOutcome | "broke-off", string> = {
  ok: "✅ verified by the account list.",
  refreshed: "✅ refreshed, verified and stored.",
  revived: "✅ had gone idle; renewed and verified.",
  failed: "⚠️ the check failed; /status says why. The token is untouched.",
  ended: "🔔 the token is dead. It needs you.",
  "nothing-to-keep-alive": "has no living token.",
  "not-due": "is not due.",
  busy: "is being worked on this very moment.",
  "broke-off": "⚠️ something broke inside Prebell; the log says what.",
};

const statusWords: Record<Status["word"], string> = {
  active: "✅ active",
  idle: "🌙 idle",
  "needs-authorization": "🔔 needs you",
  unknown: "❔ unknown",
  misconfigured: "⚠️ misconfigured",
  authorizing: "⏳ renewing",
};

function connectionBlock(identity: ConnectionIdentity, status: Status, now: Temporal.Instant): string {
  const evidence = evidenceSentence(status, providerName(identity));
  const deadline = deadlineOf(status);
  const lines = [
    `${connectionLabel(identity)}: ${statusWords[status.word]}`,
    evidence.at === null ? evidence.text : `${evidence.text.replace(/\.$/, "")} · ${newYorkTime(evidence.at, now)}`,
  ];
  if (deadline !== null) lines.push(`${span(now, deadline)} left, until ${newYorkTime(deadline, now)}`);
  return lines.join("\n");
}

/** "09:30 ET", or "Fri 09:30 ET" on another day. */
function newYorkTime(at: Temporal.Instant, now: Temporal.Instant): string {
  const there = at.toZonedDateTimeISO("America/New_York");
  const today = now.toZonedDateTimeISO("America/New_York").toPlainDate();
  const time = there.toPlainTime().toString({ smallestUnit: "minute" });
  const day = there.toPlainDate();
  if (day.equals(today)) return `${time} ET`;
  const near = Math.abs(today.until(day).days) < 7;
  const format = near ? ({ weekday: "short" } as const) : ({ day: "numeric", month: "short" } as const);
  return `${day.toLocaleString("en-GB", format)} ${time} ET`;
}

function span(from: Temporal.Instant, to: Temporal.Instant): string {
  const { days, hours, minutes } = to.since(from, { smallestUnit: "minutes", largestUnit: "hours" }).round({
    largestUnit: "days",
    smallestUnit: "minutes",
    roundingMode: "floor",
  });
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

/** What becomes of questions about who is at the door, and of /lock. */
export const doorReplies = {
  askLock:
    "Lock everything? All sign-ins end, on every device, and no renewal is accepted until you unlock it with a passkey on the page. Keep-alives go on.",
  locked:
    "🔒 Locked. All sign-ins have ended, and renewals are refused. To unlock: sign in on the page with a passkey. Without one, on the server: npm run prebell -- people unlock NAME.",
  approved: "✅ The number is right. Go back to the page: the renewal starts there.",
  wrong: "❌ That is another number than the page shows. Nobody was let in. To try again, tap Renew in the reminder.",
  "not-me":
    "🚫 Nobody was let in. Somebody tried to come in with a link from your Telegram. If you can’t explain that: /lock, and end foreign sessions in Telegram’s own settings (Devices).",
};
