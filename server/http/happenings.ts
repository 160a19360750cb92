// What happened and what is happening: the journal, the messages, and the event stream.
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { toCloudEvent } from "../domain/token-event.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { allow, type Env } from "./caller.ts";
import type { JournalReply, MessagesReply } from "./contract.ts";
import { problem } from "./problem.ts";
import { iso, isoOrNull } from "./views.ts";

const maxEntries = 100;
// The records are one file that other processes write too, so the stream looks; a look is one indexed row.
const lookEveryMs = 300;
const breatheEveryMs = 15_000;
/** How long a reader waits before it asks again, where the stream does not stay open. */
const askAgainMs = 10_000;

/** `streaming`: whether `/events` stays open. If not, it tells what is there and ends, and an EventSource asks again. */
export function happeningRoutes(deps: Dependencies, streaming: boolean): Hono<Env> {
  return new Hono<Env>()
    .get("/journal", allow(null), async (c) => {
      const limit = wholeNumber(c.req.query("limit"), 30);
      const before = wholeNumber(c.req.query("before"), null);
      if (limit === undefined || before === undefined)
        return problem(c, 400, "bad-query", "limit and before are whole numbers.");
      const entries = await deps.records.journal(Math.min(limit ?? 30, maxEntries), before ?? undefined);
      return c.json<JournalReply>({
        entries: entries.map((entry) => ({
          id: entry.id,
          at: iso(entry.at),
          kind: entry.kind,
          connection: entry.connectionId,
          text: entry.text,
        })),
      });
    })
    .get("/messages", allow(null), async (c) => {
      const identities = new Map([...deps.providers].map(([id, provider]) => [id, provider.identity]));
      const messages = await deps.outbox.messages(maxEntries / 2);
      return c.json<MessagesReply>({
        channel: deps.notifier.channel,
        messages: messages
          .filter((message) => message.state !== "dropped")
          .map((message) => ({
            id: message.id,
            at: iso(message.createdAt),
            kind: message.notice.kind,
            state: message.state,
            sentAt: isoOrNull(message.sentAt),
            text:
              message.text ??
              deps.wording(message.notice, { now: message.createdAt, identities, statuses: new Map() }).text,
          })),
      });
    })
    .get("/events", allow("events"), async (c) => {
      // Resumes after the event the reader saw last (EventSource sends Last-Event-ID); without one it starts at now.
      const seen = wholeNumber(c.req.header("last-event-id") ?? c.req.query("after"), null);
      if (seen === undefined) return problem(c, 400, "bad-query", "Last-Event-ID and after are whole numbers.");
      if (!streaming) {
        const text = await happenedSince(deps, seen);
        return c.body(text, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
      }
      let sequence = seen ?? (await deps.outbox.lastSequence());
      c.header("X-Accel-Buffering", "no");
      const caller = c.var.caller;
      const isAllowed = async () =>
        caller?.kind === "machine" ||
        (caller !== null && (await deps.sessions.hasSession(caller.sessionId, deps.machineClock())));
      const tell = async (stream: SSEStreamingApi) => {
        let changes = -1;
        let quietMs = 0;
        while (!stream.aborted) {
          const count = await deps.records.changeCount();
          if (count !== changes || quietMs >= breatheEveryMs) {
            // A stream must not outlive the sign-out.
            if (!(await isAllowed())) return;
            quietMs = 0;
          }
          if (count !== changes) {
            const events = await deps.outbox.eventsAfter(sequence, maxEntries);
            for (const event of events) {
              const data = JSON.stringify(toCloudEvent(event));
              await stream.writeSSE({ id: String(event.sequence), event: event.type, data });
              sequence = event.sequence;
            }
            // More than one page is waiting: the next follows at once.
            if (events.length === maxEntries) continue;
            await stream.writeSSE({ event: "changed", data: String(count) });
            changes = count;
          } else if (quietMs === 0) {
            await stream.write(": still here\n\n");
          }
          await stream.sleep(lookEveryMs);
          quietMs += lookEveryMs;
        }
      };
      return streamSSE(c, tell, async (error) => deps.log.error("stream-failed", { error }));
    });
}

/** All events after `seen` as an event stream that has ended. Its last id lets the next request go on from here. */
async function happenedSince({ records, outbox }: Dependencies, seen: number | null): Promise<string> {
  // Counted before the reading: what changes meanwhile is seen next time.
  const count = await records.changeCount();
  const last = await outbox.lastSequence();
  let sequence = seen ?? last;
  const lines = [`retry: ${askAgainMs}\n\n`];
  while (sequence < last) {
    const events = await outbox.eventsAfter(sequence, maxEntries);
    for (const event of events) {
      lines.push(`id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(toCloudEvent(event))}\n\n`);
      sequence = event.sequence;
    }
    if (events.length < maxEntries) break;
  }
  lines.push(`id: ${sequence}\nevent: changed\ndata: ${count}\n\n`);
  return lines.join("");
}

/** The number, `absent` if there was none, undefined if it is not a whole number. */
function wholeNumber(text: string | undefined, absent: number | null): number | null | undefined {
  if (text === undefined) return absent;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
