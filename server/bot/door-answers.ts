// What the chat decides about the doors: which number the page shows, and whether everything is locked. A tap carries no
// authority: what counts is whose chat it came from.
import { lockPerson } from "../use-cases/lock.ts";
import { tapNumber, type TapResult } from "../use-cases/match-number.ts";
import { type CallbackData, callbackData } from "./callback-data.ts";
import type { ChatPerson } from "./chat-person.ts";
import type { BotEffect } from "./handlers.ts";
import { doorReplies, staleButton } from "./replies.ts";

/** A question from long ago is no question any more. */
const lockQuestionLife = { minutes: 10 };

export function askLock(now: Temporal.Instant): readonly BotEffect[] {
  const data = callbackData({ kind: "lock", askedAt: Math.floor(now.epochMilliseconds / 1000) });
  return [{ do: "say", text: doorReplies.askLock, buttons: [[{ label: "Lock everything", data, style: "danger" }]] }];
}

export async function lockTapped(
  { deps, person }: ChatPerson,
  { askedAt }: Extract<CallbackData, { kind: "lock" }>,
): Promise<readonly BotEffect[]> {
  const asked = Temporal.Instant.fromEpochMilliseconds(askedAt * 1000);
  if (Temporal.Instant.compare(deps.machineClock(), asked.add(lockQuestionLife)) > 0) return stale();
  await lockPerson(deps, person.id);
  deps.log.warn("locked");
  return [
    { do: "toast", text: "Locked." },
    { do: "edit", text: doorReplies.locked },
  ];
}

export async function matchTapped(
  { deps, person }: ChatPerson,
  { id, number }: Extract<CallbackData, { kind: "match" }>,
): Promise<readonly BotEffect[]> {
  const result = await tapNumber(deps, person, id, number);
  if (result === "lapsed") return stale();
  return [
    { do: "toast", text: toasts[result] },
    { do: "edit", text: doorReplies[result] },
  ];
}

const toasts: Record<Exclude<TapResult, "lapsed">, string> = {
  approved: "Right. Go back to the page.",
  wrong: "That is another number. Nobody was let in.",
  "not-me": "Nobody was let in.",
};

function stale(): readonly BotEffect[] {
  return [{ do: "toast", text: staleButton }];
}
