// Who was turned away, as lines of the journal. The journal is kept for good, so whoever keeps trying gets ever fewer lines:
// the next after a minute, then after two, four, … up to a day, each with how many went by unwritten.
import type { Actor, JournalKind } from "../domain/journal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "providers" | "records" | "log">;

export interface TurnedAway {
  readonly code: string;
  /** Null: nobody knows who it was. */
  readonly actor: Actor | null;
  /** Null where it concerned none, or one that they may not know of. */
  readonly connectionId: string | null;
}

/** Never rejects: the refusal stands, written down or not. Codes that nobody has to hear of are passed over. */
export type NoteRefusal = (refusal: TurnedAway) => Promise<void>;

const firstPauseMinutes = 1;
const longestPauseMinutes = 24 * 60;

const worthALine: Readonly<Record<string, { readonly kind?: JournalKind; readonly what: string }>> = {
  "not-your-role": { what: "a renewal by somebody who may only look" },
  "owner-only": { what: "something that only the owner may do" },
  "not-in-scope": { what: "something that the API token does not allow" },
  "wrong-api-token": { what: "a wrong, revoked or lapsed API token" },
  "cross-origin": { what: "a request from another page than Prebell's own" },
  "too-many-attempts": { what: "a renewal, after twenty were started within the hour" },
  "too-many-failures": { what: "an attempt at a door that too many had failed at" },
  locked: { what: "a renewal, because everything is locked" },
  "passkey-refused": { kind: "sign-in-refused", what: "a passkey that did not prove what it should" },
  "link-spent": { kind: "sign-in-refused", what: "a sign-in with a link that was used already, or is too old" },
};

interface Pause {
  readonly until: Temporal.Instant;
  readonly minutes: number;
  /** How many came since the last line. */
  readonly unwritten: number;
}

export function createNoteRefusal(deps: Needs): NoteRefusal {
  // As many as there are callers that are known, and one for all others.
  const pauses = new Map<string, Pause>();

  return async ({ code, actor, connectionId }) => {
    const noted = worthALine[code];
    if (noted === undefined) return;
    const now = deps.machineClock();
    const who = actor === null ? "" : JSON.stringify([actor.personId, actor.name]);
    const key = `${code} ${who}`;
    const pause = pauses.get(key);
    if (pause !== undefined && isBefore(now, pause.until)) {
      pauses.set(key, { ...pause, unwritten: pause.unwritten + 1 });
      return;
    }
    const minutes = nextPause(pause, now);
    pauses.set(key, { until: now.add({ minutes }), minutes, unwritten: 0 });
    const provider = connectionId === null ? undefined : deps.providers.get(connectionId);
    const start = provider === undefined ? "Refused:" : `${connectionLabel(provider.identity)}: refused,`;
    const unwritten = pause?.unwritten ?? 0;
    const more = unwritten === 0 ? "" : ` ${unwritten} more since the last such line.`;
    const text = `${start} ${noted.what}.${more}`;
    const entry = { at: deps.clock(), kind: noted.kind ?? "refused", connectionId, text } as const;
    try {
      await deps.records.commit({ journal: [actor === null ? entry : { ...entry, by: actor }] });
    } catch (error) {
      deps.log.error("refusal-not-journalled", { reason: code, error });
    }
  };
}

/** Whoever came back soon after the pause still goes on. */
function nextPause(last: Pause | undefined, now: Temporal.Instant): number {
  if (last === undefined || !isBefore(now, last.until.add({ minutes: last.minutes }))) return firstPauseMinutes;
  return Math.min(2 * last.minutes, longestPauseMinutes);
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}
