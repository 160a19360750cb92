// The web app's files as the build left them. Inline scripts and styles are allowed by their hashes, nothing else is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Env } from "./caller.ts";
import { fileHeaders, type Headers, immutableHeaders, pageHeaders } from "./headers.ts";

/** `root`: the folder `vite build` wrote. Fails if it was not built. */
export function pageRoutes(root: string): Hono<Env> {
  const files = serveStatic<Env>({ root, precompressed: true });
  const [index, callback, mini] = [page(root, "index.html"), page(root, "callback.html"), page(root, "mini.html")];

  return new Hono<Env>()
    .get("/", index)
    .get("/index.html", index)
    .get("/callback/:provider", callback)
    .get("/callback.html", callback)
    .get("/mini", mini)
    .get("/mini.html", mini)
    .get("/assets/*", async (c, next) => {
      setHeaders(c, immutableHeaders);
      return files(c, next);
    })
    .get("*", async (c, next) => {
      setHeaders(c, fileHeaders);
      return files(c, next);
    });
}

function page(root: string, name: string): MiddlewareHandler<Env> {
  const path = join(root, name);
  if (!existsSync(path)) throw new Error(`${path} is missing. Build the page first: npm start does it.`);
  const html = readFileSync(path);
  const brotli = existsSync(`${path}.br`) ? readFileSync(`${path}.br`) : null;
  const headers = pageHeaders(html.toString("utf8"));

  return async (c) => {
    setHeaders(c, headers);
    c.header("Content-Type", "text/html; charset=utf-8");
    c.header("Vary", "Accept-Encoding");
    if (brotli === null || !/\bbr\b/.test(c.req.header("accept-encoding") ?? "")) return c.body(html);
    c.header("Content-Encoding", "br");
    return c.body(brotli);
  };
}

function setHeaders(c: Context<Env>, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
}
