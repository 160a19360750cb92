// Takes a person out: their sessions, passkeys, shares and programs' tokens end with them. Their name stays in the journal.
import { isGood } from "../domain/api-token.ts";
import { firstPersonId, type Person } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "records" | "log">;

/** `by`: who wants it; null: the server's terminal. */
export async function removePerson(
  deps: Needs,
  personId: string,
  by: Person | null,
): Promise<{ readonly outcome: "removed" } | Refusal> {
  if (personId === firstPersonId) return refuse("first-person");
  if (personId === by?.id) return refuse("not-oneself");
  const connections = await deps.records.connections();
  // Who else could say whose logins those are?
  if (connections.some(({ ownerId, removedAt }) => ownerId === personId && removedAt === null))
    return refuse("owns-connections");
  const removed = await changePerson(deps, personId, (person) => {
    const now = deps.machineClock();
    const text = `${person.name} (${person.role}) was removed.`;
    return {
      person: { ...person, removedAt: now, sessionsEndedAt: now, passkeys: [], chatId: null, channels: [], hold: null },
      journal: [{ at: deps.clock(), kind: "person-removed", connectionId: null, text }],
    };
  });
  if (removed === null) return refuse("unknown-person");
  await tidyUp(deps, personId);
  return { outcome: "removed" };
}

/** They are nobody by now, whatever becomes of this. */
async function tidyUp(deps: Needs, personId: string): Promise<void> {
  const now = deps.machineClock();
  const [connections, tokens] = await Promise.all([deps.records.connections(), deps.records.apiTokens()]);
  for (const connection of connections.filter(({ sharedWith }) => sharedWith.includes(personId))) {
    const sharedWith = connection.sharedWith.filter((id) => id !== personId);
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    const outcome = await deps.records.commit({ connection: { ...connection, sharedWith } });
    if (outcome === "conflict") deps.log.warn("share-left-behind", { connection: connection.id });
  }
  for (const token of tokens.filter((each) => each.personId === personId && isGood(each, now)))
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    await deps.records.commit({ apiToken: { ...token, expiresAt: now } });
}
