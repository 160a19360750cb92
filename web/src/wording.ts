// Every word of the first screen and of a renewal. Names of brokers come from the server, never from here.
import type {
  AuthorizationView,
  ClockworkView,
  ConnectionView,
  MarketDayView,
  MarketView,
  StatusReply,
  StatusView,
} from "../../server/http/contract.ts";
import { isOpenAt, type Countdown, type Face, type Step } from "./connection-model.ts";
import { countdownText } from "./countdown-model.ts";
import { loopOf } from "./loop-model.ts";
import { countdownCaption, stateWords } from "./wording-gate.ts";
import { bothTimes, dayName, marketTime, marketZone, timeOfDay } from "./time-model.ts";

export const openingTab = "Opening the broker’s page …";
export const otherDevice = "A renewal is under way on another device. Start your own here.";

export function stateSentence(label: string, face: Face): string {
  return `${label}: ${stateWords[face]}.`;
}

export function markSentence(label: string, countdown: Countdown, minutes: number): string {
  return `${label}: ${minutes} ${minutes === 1 ? "minute" : "minutes"} ${countdownCaption(countdown)}.`;
}

/** The absolute time under the ring. */
export function deadlineSentence(countdown: Countdown, now: number): string {
  const verb = {
    "until-expiry": "Expires",
    "until-login-ends": "Login ends",
    "until-open": "Market opens",
    "since-open": "Market opened",
  }[countdown.kind];
  return `${verb} ${bothTimes(countdown.at, now)}`;
}

/** `refreshes`: keep-alive means a new access token there. */
export function stepLabel(step: Step, label: string, refreshes: boolean): string {
  switch (step.kind) {
    case "renew":
      return `Renew ${label}`;
    case "enter-code":
      return "Enter the code";
    case "return-to-broker":
      return "Finish at the broker";
    case "confirm-accounts":
      return "Confirm accounts";
    case "working":
      return "Show progress";
    case "keep-alive":
      return refreshes ? "Refresh now" : "Run keep-alive now";
    case "check":
      return "Check again now";
  }
}

/** "v4 stored · 12 s from tap" */
export function storedSentence(connection: ConnectionView): string {
  const loop = loopOf(connection);
  if (loop === null) return "";
  return loop.secondsFromTap === null
    ? `v${loop.version} stored`
    : `v${loop.version} stored · ${loop.secondsFromTap} s from tap`;
}

export function marketSentence(market: MarketView, now: number): string {
  const { today, next, occasion } = market;
  const upcoming = `Next: ${dayName(next.open, marketZone)}, ${hours(next)}.`;
  if (today === null) return `No trading today${occasion ? ` (${occasion})` : ""}. ${upcoming}`;
  if (now >= Date.parse(today.close)) return `Closed since ${timeOfDay(today.close, marketZone)} ET. ${upcoming}`;
  const early = today.earlyClose ? ` Early close${occasion ? `: ${occasion}` : ""}.` : "";
  if (isOpenAt(market, now)) return `Market open until ${timeOfDay(today.close, marketZone)} ET.${early}`;
  return `Market hours today ${hours(today)}.${early}`;
}

export function practiceSentence({ clockOffsetSeconds }: { clockOffsetSeconds: number }): string {
  const clock =
    clockOffsetSeconds === 0
      ? ""
      : ` Their clock runs ${countdownText(Math.abs(clockOffsetSeconds) * 1000)} ${clockOffsetSeconds > 0 ? "ahead" : "behind"}.`;
  return `Practice brokers: nothing here is real.${clock}`;
}

/** What the status rests on, and when that was seen. */
export function evidenceSentence({ evidence, evidenceAt }: StatusView, now: number): string {
  return evidenceAt === null ? evidence : `${evidence.replace(/\.$/, "")} · ${marketTime(evidenceAt, now)}`;
}

/** Said by the page itself when the moment came and the server was not asked yet. */
export function endedSentence(at: string, now: number): string {
  return `The token ended at ${marketTime(at, now)}. Only a login at the broker brings it back.`;
}

/** What does not get through to the person or to the trading system, or does not run; an empty list on a good day. */
export function troubleSentences({ chat, events, clockwork, now }: StatusReply): string[] {
  const sentences = [];
  if (clockwork.late) sentences.push(clockworkSentence(clockwork, Date.parse(now)));
  if (chat.lastError !== null)
    sentences.push(`Messages are not getting through (${chat.waiting} waiting): ${chat.lastError}`);
  if (events.waiting > 0 && events.oldestWaitingAt !== null) {
    const count = `${events.waiting} ${events.waiting === 1 ? "event has" : "events have"}`;
    sentences.push(
      `${count} not reached the trading system since ${marketTime(events.oldestWaitingAt, Date.parse(now))}. It may still run on an older token. ${eventRemedies[events.channel]}`.trim(),
    );
  }
  return sentences;
}

const eventRemedies: Record<StatusReply["events"]["channel"], string> = {
  webhook: "Check that the receiver at EVENT_WEBHOOK_URL answers.",
  pubsub: "Pub/Sub did not take it; the log says why.",
  stream: "",
};

function clockworkSentence({ lastTickAt }: ClockworkView, now: number): string {
  const since = lastTickAt === null ? "has never run" : `has not run since ${marketTime(lastTickAt, now)}`;
  return `The clockwork ${since}. Reminders and keep-alives depend on it. Look at the tick job in Cloud Scheduler; on your own machine, restart Prebell.`;
}

/** The bar at the top while the server is silent. */
export function silenceSentence(heardAt: number, now: number, silentMs: number): string {
  const heard = `last heard ${marketTime(heardAt, now)}`;
  const minutes = Math.floor((now - heardAt) / 60_000);
  return now - heardAt < silentMs
    ? `Can’t reach the server · ${heard}`
    : `No word from the server for ${minutes} min · ${heard}`;
}

export function endSentence({ end }: AuthorizationView): string {
  const sentences: Record<string, string> = {
    "authorization-lapsed": "The broker’s request ran out of time.",
    cancelled: "The renewal was cancelled.",
    overtaken: "A later login was stored first.",
    "verifier-rejected": "The broker refused the code.",
    "account-mismatch": "That login opens other accounts than the ones used here. Nothing was stored.",
    "no-accounts": "That login opens no account. Nothing was stored.",
    "candidate-rejected": "The broker refused the new token when it was tried. Nothing was stored.",
    "not-confirmed": "The accounts were not confirmed. Nothing was stored.",
    interrupted: "The renewal was interrupted before its answer was safe.",
  };
  return sentences[end ?? ""] ?? "The last renewal did not finish.";
}

function hours(day: MarketDayView): string {
  const early = day.earlyClose ? ", early close" : "";
  return `${timeOfDay(day.open, marketZone)} – ${timeOfDay(day.close, marketZone)} ET${early}`;
}
