// Every word of how the person is told.
import type { ChannelCheckView, ChannelView, WishesView } from "../../server/http/contract.ts";
import type { PushAbility } from "./push-ability-model.ts";
import { secondsText } from "./seconds-model.ts";
import { marketTime } from "./time-model.ts";

export const channelWords = {
  title: "How you are told",
  why: "The first channel is used. When it fails, the next one takes over, and you hear of it.",
  loading: "Asking for your channels…",
  empty: "Nothing reaches you outside of this page yet. Add a channel below.",
  test: "Send a test",
  up: "up",
  down: "down",
  remove: "Remove …",
  removeNow: "Remove it",
  keep: "Keep it",
  thisBrowser: "this browser",
  renewed: "This browser changed its subscription, so its notifications no longer arrive.",
  renew: "Switch them on again",
  add: "Add a channel",
  full: "Ten channels are enough. Remove one to add another.",
  browserRefused:
    "This browser gave no subscription. Allow notifications for this page in the browser’s settings, and try again.",
  wishes: "Patience",
  patience: "When a channel fails, try the next one after",
  escalation: "When nobody answers, ask the next person",
  allSet: "Tell me quietly on mornings that need nothing",
  copy: "Copy",
  copied: "Copied",
} as const;

export const addWords = {
  email: {
    pick: "E-mail",
    label: "Your e-mail address",
    hint: "Phones ring for it only if the mail app is allowed to.",
    submit: "Add e-mail",
  },
  ntfy: {
    pick: "ntfy app",
    label: "Topic",
    hint: "Whoever knows the topic reads along: keep the long one that was made for you.",
    submit: "I have subscribed: add it",
  },
  slack: {
    pick: "Slack",
    label: "Webhook address",
    hint: "In Slack: Apps, Incoming Webhooks, Add to Slack, choose a channel, copy the Webhook URL.",
    submit: "Add Slack",
  },
  discord: {
    pick: "Discord",
    label: "Webhook address",
    hint: "In Discord: the channel’s settings, Integrations, Webhooks, New Webhook, Copy Webhook URL.",
    submit: "Add Discord",
  },
  "web-push": { pick: "This browser", label: "", hint: "", submit: "Allow notifications here" },
} as const;

export const noEmail = "E-mail is not set up on this server: whoever runs it sets SMTP_URL and SMTP_FROM.";
export const noPush = "Notifications of browsers are not set up on this server: whoever runs it sets VAPID_SUBJECT.";

/** What stands where the button to allow notifications would be; null where the button does. */
export function pushHindrance(ability: PushAbility): string | null {
  switch (ability) {
    case "ready":
      return null;
    case "home-screen":
      return "An iPhone or iPad shows notifications only for a page on its home screen: tap Share, then Add to Home Screen, open Prebell from there, sign in, and come back to this place.";
    case "denied":
      return "Notifications of this page were refused once. Only the browser’s own settings for this page allow them again.";
    case "missing":
      return "This browser shows no notifications of pages, or not over plain http.";
  }
}

export const pushNote =
  "Works while the browser is allowed to run, also with the page closed. Signing out here ends it.";

export function ntfySteps(server: string): readonly string[] {
  return [
    "Install the ntfy app (App Store, Google Play or F-Droid).",
    `In it tap +, and subscribe to this topic${server === "https://ntfy.sh" ? "" : ` on ${new URL(server).host}`}:`,
  ];
}

export function removeQuestion(name: string): string {
  return `${name}: remove it? Messages then go to your other channels.`;
}

export const originWords: Record<ChannelView["origin"], string | null> = {
  own: null,
  configuration: "From the server’s configuration",
  chat: null,
};

/** What a test just came to. */
export function testSentence({ seconds, failure }: ChannelCheckView, kind: ChannelView["kind"]): string {
  if (failure !== null) return failure;
  const look = kind === "panel" ? "It stands in the server’s terminal." : "Look whether it arrived.";
  return `Took ${secondsText(seconds)}. ${look}`;
}

/** The newest of what is known, message or look; null while nothing is. */
export function stateOf(
  { deliveries, lastFailure, lastCheck }: ChannelView,
  now: number,
): { readonly tone: "ok" | "bad"; readonly sentence: string } | null {
  const [delivery] = deliveries;
  const known = [
    ...(delivery
      ? [{ at: delivery.at, tone: "ok" as const, text: `took a message in ${secondsText(delivery.seconds)}` }]
      : []),
    ...(lastFailure ? [{ at: lastFailure.at, tone: "bad" as const, text: lastFailure.sentence }] : []),
    ...(lastCheck ? [{ at: lastCheck.at, ...checkWords(lastCheck) }] : []),
  ];
  const newest = known.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  return newest === undefined ? null : { tone: newest.tone, sentence: `${marketTime(newest.at, now)}: ${newest.text}` };
}

function checkWords({ by, seconds, failure }: ChannelCheckView): {
  readonly tone: "ok" | "bad";
  readonly text: string;
} {
  if (failure !== null) return { tone: "bad", text: failure };
  const what = by === "test" ? "took a test" : "checked, in order";
  return { tone: "ok", text: `${what} (${secondsText(seconds)})` };
}

export function patienceText(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = seconds / 60;
  return `${Number.isInteger(minutes) ? minutes : minutes.toFixed(1)} ${minutes === 1 ? "minute" : "minutes"}`;
}

export function escalationText(minutes: WishesView["escalateAtMinutes"]): string {
  return minutes === 0 ? "at the open" : `${minutes} minutes before the open`;
}
