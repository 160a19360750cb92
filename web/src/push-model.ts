// Notifications of this browser: whether it can show them, its subscription, and which channel that became.
import { abilityOf, type BrowserTraits, type PushAbility } from "./push-ability-model.ts";
import { forgetPush, type KnownPush, recallPush, rememberPush } from "./push-memory.ts";

export interface Subscribed {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

export function pushAbility(): PushAbility {
  return abilityOf(traits());
}

function traits(): BrowserTraits {
  // An iPad calls itself a Mac, but has fingers.
  const apple =
    /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  const push = "PushManager" in window && "Notification" in window;
  return { workers: "serviceWorker" in navigator, push, apple, permission: push ? Notification.permission : "default" };
}

/** Asks the person if they were not asked before; to be called by a tap. Rejects where the browser refuses. */
export async function subscribe(key: string): Promise<Subscribed> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  // One made out to another key, such as that of an earlier installation, stands in the way.
  const subscription = await pushManager.subscribe(options).catch(async (error: unknown) => {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  });
  const { endpoint = "", keys = {} } = subscription.toJSON();
  return { endpoint, p256dh: keys["p256dh"] ?? "", auth: keys["auth"] ?? "" };
}

export async function remember(channel: string, { endpoint }: Subscribed): Promise<void> {
  rememberPush({ channel, endpoint: await digestOf(endpoint) });
}

/** The channel this browser became, and whether its subscription is still that one; null where it became none. */
export async function knownPush(): Promise<{ readonly channel: string; readonly isCurrent: boolean } | null> {
  const known = recallPush();
  if (known === null || pushAbility() !== "ready") return null;
  return { channel: known.channel, isCurrent: await isCurrent(known) };
}

async function isCurrent({ endpoint }: KnownPush): Promise<boolean> {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  return subscription !== null && subscription !== undefined && (await digestOf(subscription.endpoint)) === endpoint;
}

/** After the channel was removed: the browser need not listen any more. */
export async function unsubscribe(): Promise<void> {
  forgetPush();
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
