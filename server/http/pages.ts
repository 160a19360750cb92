// The web app's files as the build left them. Inline scripts and styles are allowed by their hashes, nothing else is.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono, type MiddlewareHandler } from "hono";
import type { Env } from "./caller.ts";

/** `root`: the folder `vite build` wrote. Fails if it was not built. */
export function pageRoutes(root: string): Hono<Env> {
  const files = serveStatic<Env>({ root, precompressed: true });

  return new Hono<Env>()
    .get("/", page(root, "index.html"))
    .get("/callback/:provider", page(root, "callback.html"))
    .get("/assets/*", async (c, next) => {
      c.header("Cache-Control", "public, max-age=31536000, immutable");
      return files(c, next);
    })
    .get("*", async (c, next) => {
      c.header("Cache-Control", "no-cache");
      return files(c, next);
    });
}

function page(root: string, name: string): MiddlewareHandler<Env> {
  const path = join(root, name);
  if (!existsSync(path)) throw new Error(`${path} is missing. Build the page first: npm start does it.`);
  const html = readFileSync(path);
  const brotli = existsSync(`${path}.br`) ? readFileSync(`${path}.br`) : null;
  const policy = contentSecurityPolicy(html.toString("utf8"));

  return async (c) => {
    c.header("Content-Type", "text/html; charset=utf-8");
    c.header("Content-Security-Policy", policy);
    c.header("Cache-Control", "no-cache");
    c.header("Vary", "Accept-Encoding");
    if (brotli === null || !/\bbr\b/.test(c.req.header("accept-encoding") ?? "")) return c.body(html);
    c.header("Content-Encoding", "br");
    return c.body(brotli);
  };
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
