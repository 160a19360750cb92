// What this page tells the Telegram app around it, in the three ways its web views listen to. Instead of Telegram's own script,
// which would be a third party's code in a page that opens doors (core.telegram.org/bots/webapps).

/** The part of `window` that Telegram puts there, or that leads to it. */
export interface Listeners {
  /** Android and iOS. */
  readonly TelegramWebviewProxy?: { postEvent(event: string, data: string): void };
  /** Older desktop apps. */
  readonly external?: object;
  readonly parent?: { postMessage(message: string, targetOrigin: string): void };
}

/** Where Telegram's web version embeds Mini Apps; nobody else may hear what is said. */
const webVersion = "https://web.telegram.org";

export type TelegramEvent =
  | { readonly type: "web_app_ready" | "web_app_expand" | "web_app_close" }
  /** Opens the system's own browser. Heard only in answer to a tap. */
  | { readonly type: "web_app_open_link"; readonly url: string };

export function tellTelegram({ type, ...data }: TelegramEvent, listeners: Listeners): void {
  const message = () => JSON.stringify({ eventType: type, eventData: data });
  if (listeners.TelegramWebviewProxy) listeners.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (listeners.external && canNotify(listeners.external)) listeners.external.notify(message());
  else if (listeners.parent && listeners.parent !== listeners) listeners.parent.postMessage(message(), webVersion);
}

function canNotify(external: object): external is { notify(message: string): void } {
  return "notify" in external && typeof external.notify === "function";
}
