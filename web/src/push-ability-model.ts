// Pure. Whether a browser can show notifications of this page, by what it is like.

/**
 * ready: a tap away · home-screen: an iPhone shows them only for a page on its home screen · denied: the person said no once, and
 * only the browser's own settings take that back · missing: not in this browser, or not over plain http.
 */
export type PushAbility = "ready" | "home-screen" | "denied" | "missing";

export interface BrowserTraits {
  readonly workers: boolean;
  readonly push: boolean;
  /** iPhone or iPad. */
  readonly apple: boolean;
  readonly permission: "default" | "denied" | "granted";
}

export function abilityOf({ workers, push, apple, permission }: BrowserTraits): PushAbility {
  if (!workers) return "missing";
  if (!push) return apple ? "home-screen" : "missing";
  return permission === "denied" ? "denied" : "ready";
}
