// "I'm on it" and "Snooze", tapped or written: what was understood, in few words. The living message shows the rest.
import { longestSnooze } from "../domain/hold.ts";
import { newYorkTime } from "../domain/time-words.ts";
import { holdReminders, type HoldResult } from "../use-cases/hold-reminders.ts";
import type { CallbackData } from "./callback-data.ts";
import type { ChatPerson } from "./chat-person.ts";
import type { BotEffect } from "./handlers.ts";

const usualSnooze = 10;

export async function holdTapped(
  { deps, person }: ChatPerson,
  data: Extract<CallbackData, { kind: "acknowledge" | "snooze" }>,
  tapped: string | null,
): Promise<readonly BotEffect[]> {
  const { tradingDay } = data;
  const answer =
    data.kind === "acknowledge" ? ({ kind: "on-it" } as const) : ({ kind: "snoozed", minutes: data.minutes } as const);
  const result = await holdReminders(deps, { personId: person.id, tradingDay, ...answer });
  const standing = await deps.outbox.standingMessages();
  const isLiving = standing.some(({ to, passage }) => to === person.id && passage.reference === tapped);
  // A reminder of another day, or one whose sending was cut off before it was noted: nothing keeps it true.
  const stray: BotEffect[] = isLiving ? [] : [{ do: "remove" }];
  return [{ do: "toast", text: holdWords(result) }, ...stray];
}

export async function snoozeWritten({ deps, person }: ChatPerson, args: string): Promise<readonly BotEffect[]> {
  const [, given] = /^(\d{1,4})(?: ?m(?:in(?:utes?)?)?)?$/i.exec(args) ?? [];
  const minutes = given === undefined ? usualSnooze : Number(given);
  if ((args !== "" && given === undefined) || minutes < 1 || minutes > longestSnooze)
    return [{ do: "say", text: `Say for how many minutes, up to ${longestSnooze}: /snooze 20` }];
  const result = await holdReminders(deps, { personId: person.id, kind: "snoozed", minutes, tradingDay: null });
  return [{ do: "say", text: holdWords(result), silent: true }];
}

export function holdWords(result: HoldResult): string {
  if (result.outcome === "held") {
    const until = newYorkTime(result.hold.untilAt, "minutes");
    return result.hold.kind === "on-it"
      ? `Good. Quiet until ${until} New York time.`
      : `Snoozed until ${until} New York time.`;
  }
  switch (result.why) {
    case "another-day":
      return "That was another day's reminder. /status shows today.";
    case "no-trading":
      return "There is no trading today, so nothing rings.";
    case "market-open":
      return "The market is open: there is nothing left to put off.";
    case "nothing-needed":
      return "Nothing needs you this morning, so nothing rings.";
  }
}
