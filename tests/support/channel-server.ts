// What the stand-ins for chat services have in common: they listen, keep what came, and misbehave when told to.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "./listen.ts";

/** What reached the person, as they read it; `loud` null where the channel can't tell. */
export interface Delivered {
  readonly text: string;
  readonly link: { readonly label: string; readonly url: string } | null;
  readonly loud: boolean | null;
}

/**
 * What the next call meets: the address is gone for good, the service has a fault, wants to be left alone for a while, cuts
 * the connection, never answers.
 */
export type ChannelTrouble = "gone" | "fault" | { readonly retryAfter: number } | "drop" | "hold";

export interface ChannelStandIn {
  /** Where it listens. */
  readonly url: string;
  /** Oldest first. */
  readonly delivered: readonly Delivered[];
  /** What was refused because it breaks the service's rules. */
  readonly faults: readonly string[];
  troubleNext(trouble: ChannelTrouble): void;
}

export interface Call {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export interface ChannelService {
  /** The answer to a call; `deliver` puts a message before the person. */
  answer(call: Call, deliver: (message: Delivered) => void): Answer;
  readonly gone: Answer;
  readonly fault: Answer;
  busy(retryAfter: number): Answer;
}

/** Thrown by a service where a call breaks its rules. */
export class RuleBroken extends Error {
  readonly answer: Answer;

  constructor(what: string, answer: Answer) {
    super(what);
    this.answer = answer;
  }
}

export async function startChannelServer(service: ChannelService): Promise<ChannelStandIn> {
  const delivered: Delivered[] = [];
  const faults: string[] = [];
  const troubles: ChannelTrouble[] = [];

  function decide(call: Call): Answer | "drop" | "hold" {
    const trouble = troubles.shift();
    if (trouble === "drop" || trouble === "hold") return trouble;
    if (trouble === "gone" || trouble === "fault") return service[trouble];
    if (trouble !== undefined) return service.busy(trouble.retryAfter);
    try {
      return service.answer(call, (message) => delivered.push(message));
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      faults.push(error.message);
      return error.answer;
    }
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const answer = decide({ method, path, headers, body: await buffer(request) });
    if (answer === "hold") return;
    if (answer === "drop") return void response.destroy();
    const isObject = typeof answer.body === "object";
    response
      .writeHead(answer.status, { ...(isObject ? { "content-type": "application/json" } : {}), ...answer.headers })
      .end(isObject ? JSON.stringify(answer.body) : answer.body);
  }

  const port = await listen(createServer((request, response) => void receive(request, response)));
  return {
    url: `http://127.0.0.1:${port}`,
    delivered,
    faults,
    troubleNext: (trouble) => void troubles.push(trouble),
  };
}

/** The call's body as JSON; broken rules are answered with `refusal`. */
export function jsonBody({ headers, body }: Call, refusal: Answer): unknown {
  const type = headers["content-type"] ?? "";
  if (!type.startsWith("application/json")) throw new RuleBroken(`the content type is ${type}`, refusal);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new RuleBroken("the body is no JSON", refusal);
  }
}
