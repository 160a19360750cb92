// Reads a person, decides a change on what was read, commits it; decides anew if somebody was faster.
import { type Person, presentPerson } from "../domain/person.ts";
import type { Change } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

const maxTries = 5;

/** `decide` sees the latest facts and may be called again; null changes nothing. The person as committed; null if none is there. */
export async function changePerson(
  deps: Pick<Dependencies, "records">,
  personId: string,
  decide: (person: Person) => (Change & { readonly person: Person }) | null,
): Promise<Person | null> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const person = presentPerson(await deps.records.people(), personId);
    const change = person === null ? null : decide(person);
    if (change === null) return person;
    if ((await deps.records.commit(change)) === "committed")
      return { ...change.person, revision: change.person.revision + 1 };
  }
  throw new Error(`The record of the person ${personId} kept changing; gave up after ${maxTries} tries.`);
}
