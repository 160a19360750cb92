// Reading calls of Schwab's Trader API: what is sent along, what an answer means, and when to ask again.
import { randomUUID } from "node:crypto";
import { type BrokerAnswer, type BrokerCall, failed, succeeded } from "../domain/broker-answer.ts";
import type { TokenSet } from "../domain/connection.ts";
import type { Clock } from "../ports.ts";
import { type Asked, patiently } from "./patience.ts";
import { classifyApiRefusal } from "./schwab-answer.ts";

export interface BrokerTrace {
  readonly call: BrokerCall;
  readonly httpStatus: number | null;
  readonly correlationId: string | null;
}

export interface SchwabApi {
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly trace: (call: BrokerTrace) => void;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

export const userAgent = "prebell";
const correlationHeader = "Schwab-Client-CorrelId";
const callTimeoutMs = 10_000;

/** Schwab's own name for a call, which its support asks for. */
export function correlationOf(headers: Headers | undefined): string | null {
  return headers?.get(correlationHeader) ?? null;
}

/** `path` is below /accounts. A body that `parse` does not recognise is not a success, whatever the status says. */
export function readAccounts<T>(
  api: SchwabApi,
  call: BrokerCall,
  path: string,
  tokenSet: TokenSet,
  parse: (body: string) => T | null,
): Promise<BrokerAnswer<T>> {
  const url = new URL(`${api.apiUrl}/trader/v1/accounts/${path}`);
  const ask = async (): Promise<Asked<T>> => {
    const sent = await send(url, tokenSet);
    if (!sent.ok) {
      api.trace({ call, httpStatus: null, correlationId: null });
      return { answer: sent, retryAfter: null };
    }
    const { httpStatus, headers, body } = sent.value;
    api.trace({ call, httpStatus, correlationId: correlationOf(headers) });
    if (httpStatus !== 200)
      return { answer: classifyApiRefusal(httpStatus, body), retryAfter: headers.get("retry-after") };
    const value = parse(body);
    return { answer: value === null ? failed("unexpected-answer", httpStatus) : succeeded(value), retryAfter: null };
  };
  return patiently(ask, api.clock, api.pause);
}

interface Reply {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly body: string;
}

async function send(url: URL, { accessToken }: TokenSet): Promise<BrokerAnswer<Reply>> {
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${accessToken.reveal()}`,
        accept: "application/json",
        "user-agent": userAgent,
        // Any name will do; a fault of 2024 refused calls without one.
        [correlationHeader]: randomUUID(),
      },
      // A followed redirect would show the token to somebody else.
      redirect: "manual",
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    return succeeded({ httpStatus: response.status, headers: response.headers, body: await response.text() });
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return failed(timedOut ? "timed-out" : "unreachable");
  }
}
