// The same dependencies in somebody's name: the journal says who it was, and what they may not see is not there.
import type { Actor, JournalEntry } from "../domain/journal.ts";
import type { Change, RecordStore } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

/** Everything that is journalled through the result is journalled as theirs. */
export function actingAs<Deps extends Pick<Dependencies, "records">>(deps: Deps, actor: Actor): Deps {
  const signed = (entry: JournalEntry): JournalEntry => ({ by: actor, ...entry });
  const commit = (change: Change) =>
    deps.records.commit(change.journal === undefined ? change : { ...change, journal: change.journal.map(signed) });
  const records: RecordStore = {
    ...deps.records,
    commit,
    confirm: (confirmation, entry) => deps.records.confirm(confirmation, signed(entry)),
  };
  return { ...deps, records };
}

/** Connections that are not among `visible` are unknown to the result. */
export function seeingOnly<Deps extends Pick<Dependencies, "providers">>(
  deps: Deps,
  visible: ReadonlySet<string>,
): Deps {
  const providers = new Map([...deps.providers].filter(([id]) => visible.has(id)));
  return { ...deps, providers };
}
