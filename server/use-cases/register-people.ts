// Makes the records agree with the configuration at start: there is a first person, and their chat is the one configured.
import { firstPersonId, newPerson } from "../domain/person.ts";
import type { Dependencies } from "./dependencies.ts";

/** `chatId`: null where no chat is configured; what was recorded before then stays. */
export async function registerFirstPerson(
  deps: Pick<Dependencies, "clock" | "records">,
  chatId: string | null,
): Promise<void> {
  const person = (await deps.records.people()).find(({ id }) => id === firstPersonId);
  const createdAt = deps.clock();
  // A conflict means that another process was faster, which is as good.
  if (person === undefined)
    await deps.records.commit({
      person: newPerson({ id: firstPersonId, name: "Owner", role: "owner", chatId, createdAt }),
    });
  else if (chatId !== null && person.chatId !== chatId) await deps.records.commit({ person: { ...person, chatId } });
}
