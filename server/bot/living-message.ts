// The one message of a person's morning, as it has to read at this moment: who needs them, what they answered, what is done
// and who runs on it. Pure; made again whenever something changes, and different only where something did.
import type { Connection, ConnectionIdentity } from "../domain/connection.ts";
import { isHeld } from "../domain/hold.ts";
import type { LivingLogin, Notice } from "../domain/notice.ts";
import { asksPerson } from "../domain/planner.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { newYorkMoment, newYorkTime } from "../domain/time-words.ts";
import { marketDay, type TradingDay } from "../domain/trading-calendar.ts";
import type { ChatButton, ChatMessage } from "../ports.ts";
import type { WordingContext } from "../use-cases/dependencies.ts";
import { callbackData } from "./callback-data.ts";
import { type Part, richText } from "./rich-text.ts";

type Reminder = Extract<Notice, { kind: "renewal-required" }>;

/** Three fit a phone; the page has the rest. */
export const renewButtons = 3;
const snoozeMinutes = 10;

/** `pageUrl`: where the page is opened. The link carries no authority: whoever opens it has to be signed in. */
export function livingMessage(notice: Reminder, context: WordingContext, pageUrl: string): ChatMessage {
  const day = marketDay(Temporal.PlainDate.from(notice.tradingDay));
  if (day.kind === "closed") return { text: "Renewal required.", action: null, silent: false };
  const lines = notice.connections.map((id) => lineOf(id, day, context, notice.living));
  const open = lines.filter(({ state }) => state !== "renewed");
  const needed = lines.filter(({ state }) => state === "needed");
  const isOver = Temporal.Instant.compare(context.now, day.close) >= 0;
  const held = needed.length > 0 && !isOver ? holdWords(day, context) : null;
  const text = richText([
    open.length === 0 ? doneHead(lines, day) : head(notice, lines, day, context),
    ...(notice.insteadOf === undefined || open.length === 0 ? [] : [[`${notice.insteadOf} did not answer. Can you?`]]),
    ...lines.map(({ parts }) => parts),
    ...(day.earlyClose && open.length > 0 ? [["Today the market closes early, at 13:00."]] : []),
    ...replacementNote(needed.flatMap(({ living }) => living ?? [])),
    ...(held === null ? [] : [[held]]),
  ]);
  const answerable = needed.length > 0 && !isOver;
  return {
    ...text,
    action: answerable ? { label: "Renew", url: pageUrl, miniApp: `${pageUrl}/mini` } : null,
    ...(answerable ? { buttons: buttonsFor(needed, day, context, held !== null) } : {}),
    silent: false,
  };
}

interface Line {
  readonly id: string;
  readonly label: string;
  readonly state: "needed" | "under-way" | "renewed";
  readonly parts: readonly Part[];
  readonly living: LivingLogin | null;
  readonly renewedAt: Temporal.Instant | null;
}

function lineOf(id: string, day: TradingDay, context: WordingContext, all: readonly LivingLogin[] = []): Line {
  const identity = context.identities.get(id);
  const label = identity === undefined ? id : connectionLabel(identity);
  const status = context.statuses.get(id);
  const connection = context.connections.get(id) ?? null;
  const login = all.find((each) => each.connection === id) ?? null;
  const living = login !== null && isAhead(login.endsAt, context.now) ? login : null;
  const bare = { id, label, living: null, renewedAt: null };
  if (status !== undefined && connection !== null && !asksPerson(status, day) && status.word !== "authorizing")
    return { ...bare, state: "renewed", ...renewedLine(label, connection, context) };
  if (status?.word === "authorizing")
    return {
      ...bare,
      state: status.stage === "waiting" ? "needed" : "under-way",
      parts: [`⏳ ${label}: ${status.stage === "waiting" ? "login begun at the broker" : "proving the new token"}`],
    };
  if (status?.word === "misconfigured")
    return {
      ...bare,
      state: "needed",
      parts: [`• ${label}: ${failureSentence(status.failed.failure.reason, nameOf(identity))}`],
    };
  const ends = living === null ? "" : `: ends ${newYorkMoment(Temporal.Instant.from(living.endsAt))}`;
  return { ...bare, state: "needed", parts: [`• ${label}${ends}`], living };
}

/** What is proven, and who says that they run on it. */
function renewedLine(label: string, { id, token }: Connection, { confirmations }: WordingContext) {
  const running = confirmations.filter(
    ({ connectionId, version }) => connectionId === id && version === token?.version,
  );
  const confirmed = running.map(
    ({ consumer, at }) => `\n   ${consumer} runs on it since ${newYorkTime(at, "seconds")}`,
  );
  const when = token === null ? "" : ` ${newYorkTime(token.storedAt, "minutes")}, version ${token.version}`;
  return { parts: [`✅ ${label}: renewed${when}${confirmed.join("")}`], renewedAt: token?.storedAt ?? null };
}

function head(notice: Reminder, lines: readonly Line[], day: TradingDay, { now }: WordingContext): readonly Part[] {
  const needed = lines.filter(({ state }) => state !== "renewed");
  if (Temporal.Instant.compare(now, day.close) >= 0) return [{ bold: "❌ The market has closed without a renewal:" }];
  if (Temporal.Instant.compare(now, day.open) >= 0)
    return needed.every(({ living }) => living !== null)
      ? [{ bold: "🔔 The market is open and your login will not last to the close. Renewal required:" }]
      : [{ bold: "🔔 The market is open and your trading system has no valid token. Renewal required:" }];
  return [
    { bold: notice.slot === 15 ? "🔔 Last call: the market opens " : "🔔 The market opens " },
    { countdown: day.open, text: `at ${newYorkTime(day.open, "minutes")} New York time` },
    { bold: ". Renewal required:" },
  ];
}

function doneHead(lines: readonly Line[], day: TradingDay): readonly Part[] {
  const last = lines.flatMap(({ renewedAt }) => renewedAt ?? []).toSorted((a, b) => Temporal.Instant.compare(a, b));
  const at = last.at(-1);
  if (at === undefined) return [{ bold: "✅ Nothing is needed any more." }];
  const lead = Math.floor(day.open.since(at).total("minutes"));
  const words = lead > 0 ? `, ${lead} min before the open` : "";
  return [{ bold: `✅ Renewed ${newYorkTime(at, "minutes")}${words}.` }];
}

function holdWords(day: TradingDay, { now, reader }: WordingContext): string | null {
  const hold = reader?.hold ?? null;
  if (hold === null || !isHeld(hold, day, now)) return null;
  const until = newYorkTime(hold.untilAt, "minutes");
  return hold.kind === "on-it" ? `🙋 You are on it. Quiet until ${until}.` : `💤 Snoozed until ${until}.`;
}

function buttonsFor(
  needed: readonly Line[],
  day: TradingDay,
  { now, reader }: WordingContext,
  held: boolean,
): readonly (readonly ChatButton[])[] {
  const tradingDay = day.date.toString();
  const renew = needed.slice(0, renewButtons).map(({ id, label }): ChatButton[] => [
    {
      label: needed.length === 1 ? "Renew in this chat" : `Here: ${label}`,
      data: callbackData({ kind: "renew", connection: id }),
    },
  ]);
  // The open rings whatever is answered: from then on there is nothing to hold.
  if (Temporal.Instant.compare(now, day.open) >= 0) return renew;
  const onIt = held && reader?.hold?.kind === "on-it";
  const snoozed = held && reader?.hold?.kind === "snoozed";
  return [
    ...renew,
    [
      {
        label: onIt ? "✓ On it" : "I'm on it",
        data: callbackData({ kind: "acknowledge", tradingDay }),
        ...(onIt ? { style: "success" as const } : {}),
      },
      {
        label: snoozed ? "✓ Snoozed" : `Snooze ${snoozeMinutes} min`,
        data: callbackData({ kind: "snooze", minutes: snoozeMinutes, tradingDay }),
      },
    ],
  ];
}

function replacementNote(living: readonly LivingLogin[]): string[][] {
  return living.some(({ replaced }) => replaced)
    ? [["A new login replaces the old one at once, for every program that uses it."]]
    : [];
}

function nameOf(identity: ConnectionIdentity | undefined): string {
  return identity === undefined ? "The broker" : providerName(identity);
}

function isAhead(instant: string, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, Temporal.Instant.from(instant)) < 0;
}
