// Every way in and every failed try: written down, and noted in the person's own chat without a sound (OWASP ASVS 6.3.4).
import { type Entry, entrySentence } from "../domain/entry.ts";
import type { MessageDraft } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import { actingAs } from "./acting-as.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "records" | "log" | "nudge">;

/** Never rejects: whoever stands at the door at 08:30 has no second way in at hand. */
export async function noteEntry(deps: Needs, person: Person, entry: Entry): Promise<void> {
  const at = deps.clock();
  const { records } = actingAs(deps, { personId: person.id, name: person.name, door: entry.door });
  const kind = entry.outcome === "signed-in" ? "signed-in" : "sign-in-refused";
  const messages = entryMessages(person, entry, at);
  try {
    await records.commit({
      messages,
      journal: [{ at, kind, connectionId: null, text: entrySentence(person.name, entry) }],
    });
    if (messages.length > 0) deps.nudge();
  } catch (error) {
    deps.log.error("sign-in-not-journalled", { error });
  }
  deps.log.info(kind, { reason: entry.door, outcome: entry.outcome });
}

/**
 * A passkey of theirs that did not hold, as a note in the chat; the journal has its line from where all refusals are written
 * down. Once an hour: who knows a passkey's id could otherwise fill the chat with it. Never rejects.
 */
export async function tellOfPasskey(
  deps: Pick<Dependencies, "clock" | "machineClock" | "records" | "log" | "nudge">,
  person: Person,
  reason: string,
): Promise<void> {
  const outcome = reason === "copied-passkey" ? reason : "wrong-passkey";
  const hour = Math.floor(deps.machineClock().epochMilliseconds / 3_600_000);
  const entry = { door: "passkey", outcome, device: null } as const;
  const messages = entryMessages(person, entry, deps.clock(), [`${outcome}/${person.id}/${hour}`]);
  try {
    if (messages.length > 0 && (await deps.records.commit({ messages })) === "committed") deps.nudge();
  } catch (error) {
    // The refusal stands, told or not.
    deps.log.error("refusal-not-told", { error });
  }
}

/** For that person and nobody else. Where they have no chat the journal alone tells it. */
function entryMessages(
  person: Person,
  entry: Entry,
  at: Temporal.Instant,
  claims: readonly string[] = [],
): MessageDraft[] {
  return person.chatId === null
    ? []
    : [{ to: person.id, claims, notice: { kind: "entry", ...entry }, at, channel: "telegram" }];
}
