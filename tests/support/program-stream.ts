// Reads the program's server-sent events as an EventSource does, as far as our tests need it.
import { eventually } from "./wait.ts";

export interface StreamedEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

export interface EventStream {
  readonly contentType: string | null;
  /** What has come so far. */
  readonly events: readonly StreamedEvent[];
  /** The first `count` events that announce something about a token; waits for them. */
  tokenEvents(count: number): Promise<StreamedEvent[]>;
  close(): void;
}

export async function openStream(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
  const hangUp = new AbortController();
  const response = await fetch(url, { headers, signal: hangUp.signal });
  if (!response.ok || response.body === null) throw new Error(`The stream answered ${response.status}.`);
  const events: StreamedEvent[] = [];
  void read(response.body.pipeThrough(new TextDecoderStream()), events);
  const ofTokens = () => events.filter(({ id }) => id !== null);
  return {
    contentType: response.headers.get("content-type"),
    events,
    tokenEvents: async (count) =>
      (await eventually(`${count} events`, () => ofTokens().length >= count && ofTokens())).slice(0, count),
    close: () => hangUp.abort(),
  };
}

async function read(stream: ReadableStream<string>, events: StreamedEvent[]): Promise<void> {
  let rest = "";
  try {
    for await (const text of stream) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      events.push(...blocks.map(parse));
    }
  } catch {
    // Hung up, by us or by the program's end.
  }
}

function parse(block: string): StreamedEvent {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  return { id: field("id") ?? null, event: field("event") ?? "message", data: field("data") ?? "" };
}
