// The words of a notice at this moment, and what tells whether a standing message still shows them.
import type { Notice } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import type { ChatMessage } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Situation } from "./situation.ts";

export interface Words {
  readonly chat: ChatMessage;
  readonly digest: string;
}

export function wordsNow(
  { providers, wording, random }: Pick<Dependencies, "providers" | "wording" | "random">,
  notice: Notice,
  situation: Situation,
  reader: Person,
): Words {
  const identities = new Map([...providers].map(([id, provider]) => [id, provider.identity]));
  const chat = wording(notice, { ...situation, identities, reader });
  return { chat, digest: random.digest(JSON.stringify(chat)) };
}
