// Keep-alive by hand: one real call to the broker, and what came of it.
import { perform, trouble } from "./action-model.ts";
import { announce } from "./announcer.ts";
import { api } from "./api.ts";
import { refresh } from "./board-model.ts";
import { keepAliveSentence } from "./wording-details.ts";

/** `where`: the place on the page that started it and shows what went wrong. */
export function keepAlive(id: string, where: string): Promise<boolean> {
  return perform(
    `keep-alive ${id}`,
    async () => {
      const reply = await api.keepAlive(id);
      const sentence = keepAliveSentence(reply);
      await refresh();
      if (reply.outcome === "ok" || reply.outcome === "revived") announce(sentence);
      else trouble.value = { where, sentence };
    },
    where,
  );
}

export function keepAllAlive(): Promise<boolean> {
  return perform(
    "keep-all-alive",
    async () => {
      await api.keepAllAlive();
      await refresh();
    },
    "keep-alive",
  );
}
