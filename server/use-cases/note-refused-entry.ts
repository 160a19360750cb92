// A failed try at the passkey door: logged always, journalled a few times in ten minutes, so that a stranger who keeps trying
// can't bury what else is written there. What only somebody with a real passkey can cause is always journalled.
import type { Dependencies } from "./dependencies.ts";

export type EntryRefusal = "bad-challenge" | "unknown-passkey" | "not-genuine" | "wrong-person" | "copied-passkey";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "records" | "log">;

const window = Temporal.Duration.from({ minutes: 10 });
const maxLines = 3;
/** Enough of the journal to find that many lines among the lines of a busy morning. */
const look = 20;

export async function noteRefusedEntry(
  deps: Needs,
  reason: EntryRefusal,
  /** Whom the passkey belongs to, and its name; null where it is nobody's. */
  known: { readonly person: string; readonly passkey: string } | null,
  fault?: unknown,
): Promise<void> {
  deps.log.warn("sign-in-refused", { reason, error: fault });
  const at = deps.clock();
  try {
    if (reason !== "copied-passkey" && (await isCrowded(deps, at))) return;
    const text = sentence(reason, known);
    await deps.records.commit({ journal: [{ at, kind: "sign-in-refused", connectionId: null, text }] });
  } catch (error) {
    // The refusal stands, written down or not.
    deps.log.error("refusal-not-journalled", { error });
  }
}

async function isCrowded({ records }: Needs, now: Temporal.Instant): Promise<boolean> {
  const since = now.subtract(window);
  const recent = (await records.journal(look)).filter(({ at }) => Temporal.Instant.compare(at, since) > 0);
  return recent.filter(({ kind }) => kind === "sign-in-refused").length >= maxLines;
}

function sentence(reason: EntryRefusal, known: { readonly person: string; readonly passkey: string } | null): string {
  const which = known === null ? "an unknown passkey" : `the passkey “${known.passkey}” of ${known.person}`;
  switch (reason) {
    case "copied-passkey":
      return `${which[0]?.toUpperCase()}${which.slice(1)} was refused: it counts fewer uses than are known here, so somebody may have a copy. Remove it if you don't know why.`;
    case "bad-challenge":
      return `A sign-in with ${which} was refused: it came too late, or twice.`;
    case "unknown-passkey":
      return "A sign-in with an unknown passkey was refused.";
    case "not-genuine":
      return `A sign-in with ${which} was refused: it did not prove itself.`;
    case "wrong-person":
      return `A proof with ${which} was refused: somebody else is signed in there.`;
  }
}
