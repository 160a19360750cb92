// Who is in the chat, and what there is for them: everything that is done there is done in their name, on what they may see.
import { mayOn } from "../domain/access.ts";
import type { Connection } from "../domain/connection.ts";
import { type Person, personOfChat } from "../domain/person.ts";
import { actingAs, seeingOnly } from "../use-cases/acting-as.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Sender } from "./handlers.ts";

export interface ChatPerson {
  readonly person: Person;
  /** In their name, with the connections they may see and no others. */
  readonly deps: Dependencies;
  /** Those connections. */
  readonly visible: readonly Connection[];
  /** Those of them that they may renew. */
  readonly renewable: readonly Connection[];
}

/** Null for anybody who is not, or no longer, on the list. */
export async function chatPersonOf(deps: Dependencies, { chatId }: Sender): Promise<ChatPerson | null> {
  const people = await deps.records.people();
  const person = personOfChat(people, chatId);
  if (person === null) return null;
  const visible = (await deps.records.connections()).filter(
    (connection) => deps.providers.has(connection.id) && mayOn(person, connection, "see"),
  );
  const own = actingAs(deps, { personId: person.id, name: person.name, door: "chat" });
  return {
    person,
    deps: seeingOnly(own, new Set(visible.map(({ id }) => id))),
    visible,
    renewable: visible.filter((connection) => mayOn(person, connection, "renew")),
  };
}
