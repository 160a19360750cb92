// The journal as JSON lines, for keeping elsewhere: one object per entry, newest first, its fields always in this order.
import { type Actor, type JournalEntry, type JournalKind, type Outcome, outcomeOf } from "../domain/journal.ts";
import type { JournalLine } from "../domain/journal-chain.ts";
import type { Dependencies } from "./dependencies.ts";
import { walkJournal } from "./walk-journal.ts";

/** Each with its line feed. Reads a page when the one before has been taken. */
export async function* exportJournal(
  { records }: Pick<Dependencies, "records">,
  isWanted: (entry: JournalEntry) => boolean = () => true,
): AsyncGenerator<string, void, undefined> {
  for await (const line of walkJournal(records)) if (isWanted(line)) yield `${JSON.stringify(exported(line))}\n`;
}

export interface ExportedLine {
  readonly id: number;
  readonly at: string;
  readonly kind: JournalKind;
  readonly outcome: Outcome;
  readonly connection: string | null;
  readonly text: string;
  /** Null: Prebell by itself. */
  readonly by: { readonly person: string | null; readonly name: string; readonly door: Actor["door"] } | null;
  /** Keyed, over this line and the one before; null in lines from before there was a chain. */
  readonly hash: string | null;
}

function exported({ id, at, kind, connectionId, text, by, hash }: JournalLine): ExportedLine {
  return {
    id,
    at: at.toString({ smallestUnit: "millisecond" }),
    kind,
    outcome: outcomeOf(kind),
    connection: connectionId,
    text,
    by: by === undefined ? null : { person: by.personId, name: by.name, door: by.door },
    hash,
  };
}
