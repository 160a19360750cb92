// `prebell status`: what is true of every connection, in New York time.
import { deadlineOf, needsPerson, type Status } from "../domain/status.ts";
import { connectionLabel, evidenceSentence, providerName } from "../domain/sentences.ts";
import { isDrill } from "../domain/drill.ts";
import type { MarketDay, TradingDay } from "../domain/trading-calendar.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { type ConnectionOverview, readOverview } from "../use-cases/overview.ts";
import { print } from "./commands.ts";

/** 3 if a connection needs the person, so that scripts can ask. */
const exitNeedsPerson = 3;

export async function statusCommand(deps: Dependencies): Promise<number> {
  const { connections, today, nextDay, now } = await readOverview(deps);
  print(marketLine(today, nextDay));
  for (const each of connections) print(connectionLines(each, now));
  return connections.some(({ connection, status }) => needsPerson(status) && !isDrill(connection.id))
    ? exitNeedsPerson
    : 0;
}

const words: Record<Status["word"], string> = {
  active: "● active",
  idle: "◐ idle",
  "needs-authorization": "○ needs you",
  unknown: "? unknown",
  misconfigured: "! misconfigured",
  authorizing: "… authorizing",
};

function connectionLines(each: ConnectionOverview, now: Temporal.Instant): string {
  const { connection, status, policy } = each;
  const evidence = evidenceSentence(status, providerName(connection));
  const deadline = deadlineOf(status);
  const lines = [
    "",
    `${words[status.word].padEnd(16)} ${connectionLabel(connection)} (${connection.id})`,
    `  ${evidence.text}${evidence.at === null ? "" : ` ${newYorkTime(evidence.at)}`}`,
  ];
  // Two clocks where the access token has its own: only the first needs the person.
  const dies = policy.access === null ? "Dies" : "Login ends";
  if (deadline !== null) lines.push(`  ${dies} ${newYorkTime(deadline)}, in ${span(now, deadline)}.`);
  const lapse = deadline === null ? null : (connection.token?.accessExpiresAt ?? null);
  if (lapse !== null) lines.push(`  Access token ${lapseWords(lapse, now)}.`);
  if (connection.token !== null)
    lines.push(`  Version ${connection.token.version}, stored ${newYorkTime(connection.token.storedAt)}.`);
  if (each.nextCheckAt !== null) lines.push(`  Next keep-alive ${newYorkTime(each.nextCheckAt)}.`);
  if (each.nextReminderAt !== null) lines.push(`  Next reminder ${newYorkTime(each.nextReminderAt)}.`);
  for (const { consumer, version } of each.confirmations)
    lines.push(
      `  ${consumer} runs on version ${version}${version === connection.token?.version ? "." : " (not the stored one)."}`,
    );
  return lines.join("\n");
}

function marketLine(today: MarketDay, nextDay: TradingDay): string {
  return today.kind === "closed"
    ? `Market closed today (${today.occasion}); opens ${newYorkTime(nextDay.open)}.`
    : `Trading day: ${newYorkTime(today.open)} to ${newYorkTime(today.close)}${today.earlyClose ? " (early close)" : ""}.`;
}

function lapseWords(lapse: Temporal.Instant, now: Temporal.Instant): string {
  return Temporal.Instant.compare(now, lapse) < 0
    ? `lapses ${newYorkTime(lapse)}, in ${span(now, lapse)}; Prebell refreshes it`
    : `lapsed ${newYorkTime(lapse)}; it is refreshed when it is due or asked for`;
}

/** "Fri 20 Nov, 09:30 ET" */
function newYorkTime(at: Temporal.Instant): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "America/New_York",
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return `${format.format(at.epochMilliseconds)} ET`;
}

function span(from: Temporal.Instant, to: Temporal.Instant): string {
  const { hours, minutes } = to.since(from, { largestUnit: "hours", smallestUnit: "minutes" });
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
