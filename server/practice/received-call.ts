// What arrived, as the client sent it: signatures cover the bytes of the request line, not a tidied URL.
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

export type PracticeEnv = { Bindings: Partial<HttpBindings> };
export type PracticeContext = Context<PracticeEnv>;

export interface ReceivedCall {
  readonly method: string;
  /** Scheme, host and path (RFC 5849 §3.4.1.2). */
  readonly baseUri: string;
  readonly query: string;
  readonly hasBody: boolean;
  readonly authorization: string | null;
}

/** The connection beneath the request; null when the app is called without one. */
export function connectionOf(c: PracticeContext): HttpBindings | null {
  const bindings = c.env as Partial<HttpBindings> | undefined;
  const incoming = bindings?.incoming;
  const outgoing = bindings?.outgoing;
  return incoming === undefined || outgoing === undefined ? null : { incoming, outgoing };
}

export function receivedCall(c: PracticeContext): ReceivedCall {
  const url = new URL(c.req.url);
  const target = connectionOf(c)?.incoming.url ?? url.pathname + url.search;
  const [path = "", ...rest] = target.split("?");
  return {
    method: c.req.method,
    // `origin` is lower-case and has no default port.
    baseUri: url.origin + path,
    query: rest.join("?"),
    hasBody: (c.req.header("content-length") ?? "0") !== "0" || c.req.header("transfer-encoding") !== undefined,
    authorization: c.req.header("authorization") ?? null,
  };
}

export function wantsJson(c: PracticeContext): boolean {
  return c.req.path.endsWith(".json") || (c.req.header("accept") ?? "").includes("application/json");
}
