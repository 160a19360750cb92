// A person as JSON and back, for the sealed box only: with the secrets of their channels in plain text.
import { fromPlainChannel, type PlainChannel, toPlainChannel } from "../domain/channel.ts";
import { newPerson, type Person } from "../domain/person.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";

type PlainPerson = Omit<Person, "channels"> & { readonly channels: readonly PlainChannel[] };

export function personToJson(person: Person): string {
  return factsToJson({ ...person, channels: person.channels.map(toPlainChannel) } satisfies PlainPerson);
}

/** What was not recorded yet when it was written is as for a new person. */
export function personFromJson(json: string): Person {
  const plain = factsFromJson<PlainPerson>(json);
  return { ...newPerson(plain), ...plain, channels: (plain.channels ?? []).map(fromPlainChannel) };
}
