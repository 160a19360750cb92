// The one way the webhook-like channels are called: no redirect is followed, nothing waits longer than the time limit, and
// what went wrong is told in a sentence that holds no address, no secret and no text.
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { DeliveryError } from "../ports.ts";
import { isNoMetadataServer, operatorLookup, publicLookup } from "./public-address.ts";

export const channelTimeoutMs = 10_000;

export interface ChannelRequest {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Null for the address itself: for tests, the server that stands in for its origin. */
  readonly apiRoot?: string | null;
  /** Only to public addresses, because somebody else than the operator named the server. */
  readonly publicOnly?: boolean;
  readonly timeoutMs?: number | undefined;
}

export interface ChannelAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds: number | null;
}

/** More than any channel has to say. */
const longestAnswer = 64 * 1024;

/** The channel's answer, whatever it is; rejects with `DeliveryError` if none comes. `channel`: how a person calls it. */
export async function callChannel(channel: string, request: ChannelRequest): Promise<ChannelAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs ?? channelTimeoutMs);
  try {
    return await exchange(request, signal);
  } catch {
    throw new DeliveryError(
      signal.aborted
        ? `${channel} did not answer in time; it is tried again.`
        : `${channel} can't be reached; check its address and this machine's connection.`,
    );
  }
}

/** `remedy`: what to do about it, as the end of the sentence. */
export function channelRefusal(channel: string, answer: ChannelAnswer, remedy: string): DeliveryError {
  const { status, retryAfterSeconds } = answer;
  const busy = status === 429 || status >= 500;
  return new DeliveryError(`${channel} refused with ${status}; ${busy ? "it is tried again later." : remedy}`, {
    // The same again would be refused again; 408 and 425 are about this one attempt.
    permanent: status >= 400 && status < 500 && ![408, 425, 429].includes(status),
    retryAfterSeconds,
  });
}

function exchange(request: ChannelRequest, signal: AbortSignal): Promise<ChannelAnswer> {
  const { method = "POST", headers = {}, body, publicOnly = false, apiRoot = null } = request;
  const target = new URL(request.url);
  const address = apiRoot === null ? target : new URL(`${apiRoot}${target.pathname}${target.search}`);
  // A literal address is never looked up.
  const literal = address.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && (publicOnly || !isNoMetadataServer(literal)))
    throw new Error("An address that no name stands for, or a metadata server.");
  const answered = Promise.withResolvers<ChannelAnswer>();
  const send = address.protocol === "https:" ? httpsRequest : httpRequest;
  const lookup = publicOnly ? publicLookup : operatorLookup;
  const call = send(address, { method, headers, signal, agent: false, lookup }, (response) => {
    let text = "";
    const finish = () => {
      const { statusCode: status = 0, headers: came } = response;
      answered.resolve({ status, body: text, retryAfterSeconds: retryAfter(came["retry-after"]) });
    };
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      text += part;
      if (text.length < longestAnswer) return;
      finish();
      response.destroy();
    });
    response.on("end", finish);
    response.on("error", answered.reject);
  });
  call.on("error", answered.reject);
  call.end(body);
  return answered.promise;
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | undefined): number | null {
  if (value === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

/** The answer as an object; empty if it is none. */
export function jsonOf({ body }: ChannelAnswer): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}
