// What happened: the journal, to read and to take away, and the messages, of what the caller may see.
import { type Context, Hono } from "hono";
import { mayOn } from "../domain/access.ts";
import type { Connection } from "../domain/connection.ts";
import { type JournalEntry, type JournalKind, outcomeOf } from "../domain/journal.ts";
import type { JournalLine } from "../domain/journal-chain.ts";
import { actOfNotice, connectionsOf } from "../domain/notice.ts";
import { channelsOf } from "../domain/telling.ts";
import type { Log } from "../ports.ts";
import { exportJournal } from "../use-cases/export-journal.ts";
import { allow, allowOwner, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";
import { labelOf, tryView } from "./channel-views.ts";
import type { JournalReply, MessagesReply } from "./contract.ts";
import { problem } from "./problem.ts";
import { wholeNumber } from "./query.ts";
import { iso, isoOrNull } from "./views.ts";
import { ownsIt } from "./viewer.ts";

const maxEntries = 100;
/** Where most of the journal is other people's, one answer does not read all of it. */
const maxPages = 10;

export function journalRoutes(): Hono<Env> {
  return new Hono<Env>()
    .get("/journal", allow(null), async (c) => {
      const limit = wholeNumber(c.req.query("limit"), 30);
      const before = wholeNumber(c.req.query("before"), null);
      if (limit === undefined || before === undefined)
        return problem(c, 400, "bad-query", "limit and before are whole numbers.");
      const entries = await visibleEntries(c, Math.min(limit ?? 30, maxEntries), before ?? undefined);
      return c.json<JournalReply>({
        entries: entries.map((entry) => ({
          id: entry.id,
          at: iso(entry.at),
          kind: entry.kind,
          connection: entry.connectionId,
          text: entry.text,
          outcome: outcomeOf(entry.kind),
          by: entry.by === undefined ? null : { name: entry.by.name, door: entry.by.door },
        })),
      });
    })
    .get("/journal/export", allowOwner(), async (c) => {
      const known = await knownConnections(c);
      const lines = faultsLogged(
        c.var.deps.log,
        exportJournal(c.var.deps, (entry) => maySee(c, known, entry)),
      );
      c.header("Content-Type", "application/jsonl; charset=utf-8");
      c.header("Content-Disposition", 'attachment; filename="prebell-journal.jsonl"');
      // Read as the reader takes it, and no further once they are gone.
      return c.body(ReadableStream.from(lines).pipeThrough(new TextEncoderStream()));
    })
    .get("/messages", allow(null), async (c) => {
      const { deps } = c.var;
      const { person } = personOf(c);
      const channels = channelsOf(person, deps.configuredChannels);
      const identities = new Map([...deps.providers].map(([id, provider]) => [id, provider.identity]));
      const messages = await deps.outbox.messages(maxEntries / 2);
      return c.json<MessagesReply>({
        channel: channels[0]?.kind ?? "panel",
        messages: messages
          .filter(({ to, state }) => to === person.id && state !== "dropped")
          .filter(({ notice }) =>
            connectionsOf(notice).every((id) => mayRead(c, c.var.visible.get(id), actOfNotice(notice) === "own")),
          )
          .map((message) => ({
            id: message.id,
            at: iso(message.createdAt),
            kind: message.notice.kind,
            state: message.state,
            sentAt: isoOrNull(message.sentAt),
            to: person.name,
            channel: message.passage.channel === null ? null : labelOf(message.passage.channel, channels),
            seconds: message.sentAt === null ? null : message.sentAt.since(message.createdAt).total("seconds"),
            tries: message.passage.tries.map((each) => tryView(each, channels)),
            text:
              message.text ??
              deps.wording(message.notice, {
                now: message.createdAt,
                identities,
                statuses: new Map(),
                connections: new Map(),
                confirmations: [],
                reader: null,
              }).text,
          })),
      });
    });
}

/** By then the answer has begun: all it can do is break off. */
async function* faultsLogged(log: Log, lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  try {
    yield* lines;
  } catch (error) {
    log.error("journal-export-failed", { error });
    throw error;
  }
}

async function visibleEntries(c: Context<Env>, limit: number, before: number | undefined) {
  const found: JournalLine[] = [];
  const known = await knownConnections(c);
  let from = before;
  for (let page = 0; page < maxPages && found.length < limit; page += 1) {
    const entries = await c.var.deps.records.journal(limit, from);
    found.push(...entries.filter((entry) => maySee(c, known, entry)));
    from = entries.at(-1)?.id;
    if (entries.length < limit || from === undefined) break;
  }
  return found.slice(0, limit);
}

type Known = ReadonlyMap<string, Connection>;

/** Those the person may see, and those they might before these were removed. */
async function knownConnections(c: Context<Env>): Promise<Known> {
  const { person, session } = personOf(c);
  const recorded = session.onlyFor === null ? await c.var.deps.records.connections() : [];
  const removed = recorded.filter((each) => each.removedAt !== null && mayOn(person, each, "see"));
  return new Map([...c.var.visible, ...removed.map((each) => [each.id, each] as const)]);
}

/** What names accounts, or other people, is the owner's to read. */
const ownersKinds: ReadonlySet<JournalKind> = new Set([
  "accounts-pinned",
  "account-mismatch",
  "connection-shared",
  "connection-unshared",
  "connection-given",
]);

/** What concerns no connection is between whoever did it and the owners. */
function maySee(c: Context<Env>, known: Known, { connectionId, kind, by }: JournalEntry): boolean {
  if (connectionId !== null) return mayRead(c, known.get(connectionId), ownersKinds.has(kind));
  const { person, session } = personOf(c);
  if (session.onlyFor !== null) return false;
  return person.role === "owner" || by?.personId === person.id;
}

function mayRead(c: Context<Env>, connection: Connection | undefined, ownersOnly: boolean): boolean {
  return connection !== undefined && (!ownersOnly || ownsIt(c.var.caller, connection));
}
