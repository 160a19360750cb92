// The cookie of a web session, set and taken back in one way.
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { deviceWords } from "../domain/device.ts";
import type { Secret } from "../domain/secret.ts";
import { absoluteLimit } from "../domain/web-session.ts";
import { sessionCookie } from "./caller.ts";

export interface CookieSettings {
  /** The page is served over https, so the cookie must never travel otherwise. */
  readonly https: boolean;
}

const attributes = ({ https }: CookieSettings) =>
  ({ httpOnly: true, sameSite: "Strict", path: "/", secure: https }) as const;

/** How long the session really holds is decided here, not by the browser. */
export function setSessionCookie(c: Context, secret: Secret, settings: CookieSettings): void {
  const maxAge = absoluteLimit.total("seconds");
  setCookie(c, sessionCookie, secret.reveal(), { ...attributes(settings), maxAge });
}

export function clearSessionCookie(c: Context, settings: CookieSettings): void {
  deleteCookie(c, sessionCookie, attributes(settings));
}

/** What the browser calls itself, for notes of who came in. */
export function deviceOf(c: Context): string | null {
  return deviceWords(c.req.header("user-agent") ?? "");
}
