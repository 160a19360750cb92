// What is happening: the event stream, of what the caller may see.
import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { toCloudEvent } from "../domain/token-event.ts";
import type { Log } from "../ports.ts";
import { allow } from "./allow.ts";
import type { Env, Identify, Identity } from "./caller.ts";
import { problem } from "./problem.ts";
import { wholeNumber } from "./query.ts";

const pageOfEvents = 100;
// The records are one file that other processes write too, so the stream looks; a look is one indexed row.
const lookEveryMs = 300;
const breatheEveryMs = 15_000;
/** How long a reader waits before it asks again, where the stream does not stay open. */
const askAgainMs = 10_000;

/** `streaming`: whether `/events` stays open. If not, it tells what is there and ends, and an EventSource asks again. */
export function eventRoutes(identify: Identify, streaming: boolean, log: Log): Hono<Env> {
  return new Hono<Env>().get("/events", allow("events"), async (c) => {
    // Resumes after the event the reader saw last (EventSource sends Last-Event-ID); without one it starts at now.
    const seen = wholeNumber(c.req.header("last-event-id") ?? c.req.query("after"), null);
    if (seen === undefined) return problem(c, 400, "bad-query", "Last-Event-ID and after are whole numbers.");
    if (!streaming) {
      const text = await happenedSince(c.var, seen);
      return c.body(text, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
    }
    const sequence = seen ?? (await c.var.deps.outbox.lastSequence());
    c.header("X-Accel-Buffering", "no");
    const tell = (stream: SSEStreamingApi) => keepTelling(stream, c, identify, sequence);
    return streamSSE(c, tell, async (error) => log.error("stream-failed", { error }));
  });
}

async function keepTelling(stream: SSEStreamingApi, c: Context<Env>, identify: Identify, from: number): Promise<void> {
  const { records, outbox } = c.var.deps;
  let sequence = from;
  let changes = -1;
  let quietMs = 0;
  let { visible } = c.var;
  while (!stream.aborted) {
    const count = await records.changeCount();
    if (count !== changes || quietMs >= breatheEveryMs) {
      // A stream must not outlive the sign-out, nor tell of what is somebody else's by now.
      const identity = await identify(c);
      if (identity === null || identity.caller === null) {
        // Whoever reads along asks, is turned away, and shows nothing any more.
        await stream.writeSSE({ event: "changed", data: String(count) });
        return;
      }
      ({ visible } = identity);
      quietMs = 0;
    }
    if (count !== changes) {
      const events = await outbox.eventsAfter(sequence, pageOfEvents);
      for (const event of events) {
        sequence = event.sequence;
        if (!visible.has(event.connectionId)) continue;
        const data = JSON.stringify(toCloudEvent(event));
        await stream.writeSSE({ id: String(event.sequence), event: event.type, data });
      }
      // More than one page is waiting: the next follows at once.
      if (events.length === pageOfEvents) continue;
      await stream.writeSSE({ event: "changed", data: String(count) });
      changes = count;
    } else if (quietMs === 0) {
      await stream.write(": still here\n\n");
    }
    await stream.sleep(lookEveryMs);
    quietMs += lookEveryMs;
  }
}

/** All events after `seen` as an event stream that has ended. Its last id lets the next request go on from here. */
async function happenedSince({ deps, visible }: Identity, seen: number | null): Promise<string> {
  const { records, outbox } = deps;
  // Counted before the reading: what changes meanwhile is seen next time.
  const count = await records.changeCount();
  const last = await outbox.lastSequence();
  let sequence = seen ?? last;
  const lines = [`retry: ${askAgainMs}\n\n`];
  while (sequence < last) {
    const events = await outbox.eventsAfter(sequence, pageOfEvents);
    for (const event of events) {
      sequence = event.sequence;
      if (!visible.has(event.connectionId)) continue;
      lines.push(`id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(toCloudEvent(event))}\n\n`);
    }
    if (events.length < pageOfEvents) break;
  }
  lines.push(`id: ${sequence}\nevent: changed\ndata: ${count}\n\n`);
  return lines.join("");
}
