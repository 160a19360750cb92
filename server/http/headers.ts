// Every header that decides what a browser or a cache may do with an answer. The server sends these, and firebase.json is
// written from them, because Hosting answers for the files by itself.
import { createHash } from "node:crypto";

export type Headers = Readonly<Record<string, string>>;

/** On every answer. */
export const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Robots-Tag": "noindex, nofollow",
  "Permissions-Policy":
    "clipboard-read=(self), clipboard-write=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), screen-wake-lock=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
} as const satisfies Headers;

/** On every answer where the page is opened over https. */
export const strictTransport = { "Strict-Transport-Security": "max-age=31536000" } as const satisfies Headers;

/**
 * Everything dynamic, refusals and 404s included: a cache in front would keep those too. "private" says nothing new to
 * caches, but Hosting lets a cookie through only beside that word.
 */
export const dynamicHeaders = {
  "Cache-Control": "private, no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const satisfies Headers;

/** Files whose name changes with their content. */
export const immutableHeaders = { "Cache-Control": "public, max-age=31536000, immutable" } as const satisfies Headers;

/** Every other file: kept, but never shown without asking whether it is still the newest. */
export const fileHeaders = { "Cache-Control": "no-cache" } as const satisfies Headers;

export function pageHeaders(html: string): Headers {
  return { ...fileHeaders, "Content-Security-Policy": contentSecurityPolicy(html) };
}

/** Each inline script and style by its hash; nothing else inline, nothing from elsewhere. */
export function contentSecurityPolicy(html: string): string {
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}(?![^>]*\\ssrc=)[^>]*>([\\s\\S]*?)</${tag}>`, "g"))]
      .map(
        ([, content]) =>
          `'sha256-${createHash("sha256")
            .update(content ?? "")
            .digest("base64")}'`,
      )
      .join(" ");
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes("script")}`,
    `style-src 'self' ${hashes("style")}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types prebell",
  ].join("; ");
}
