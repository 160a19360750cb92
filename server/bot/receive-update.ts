// The one way an update comes in, by webhook or by polling: whose it is, whether it is new, and that its failure ends with it.
import type { Update } from "grammy/types";
import { z } from "zod";
import type { Log, RecordStore } from "../ports.ts";
import type { HandleUpdate } from "./bot.ts";

/** What Telegram is asked to bring: what is written, what is tapped, and who shuts the bot out or lets it in again. */
export const updateKinds = ["message", "callback_query", "my_chat_member"] as const;

export type Reception = "taken" | "repeated" | "ignored" | "not-an-update";

/** Rejects, with nothing done, if the store can't be reached: then the update has to be brought again. */
export type ReceiveUpdate = (update: Update) => Promise<Reception>;

interface Needs {
  readonly records: Pick<RecordStore, "commit">;
  readonly log: Log;
}

/** Who acts, in their private chat; the text where they wrote one. */
export interface Caller {
  readonly chatId: string;
  readonly text: string | null;
}

const who = z.looseObject({ id: z.int() });
const chat = z.looseObject({ id: z.int(), type: z.string() });

/** What decides whether an update is ours; the rest of it is the bot's business. */
const envelope = z.looseObject({
  update_id: z.int(),
  message: z.looseObject({ chat, from: who.optional(), text: z.string().optional() }).optional(),
  callback_query: z.looseObject({ from: who, message: z.looseObject({ chat }).optional() }).optional(),
  my_chat_member: z.looseObject({ chat, from: who, new_chat_member: z.looseObject({ status: z.string() }) }).optional(),
});

/** `isHeard`: whether somebody is answered at all. Whoever is not is ignored without a word. */
export function receiveUpdate(
  { records, log }: Needs,
  handle: HandleUpdate,
  isHeard: (caller: Caller) => Promise<boolean>,
): ReceiveUpdate {
  return async (update) => {
    const checked = envelope.safeParse(update);
    if (!checked.success) return "not-an-update";
    const caller = callerOf(checked.data);
    const stranger = "reason" in caller ? caller.reason : (await isHeard(caller)) ? null : "other-chat";
    if (stranger !== null) {
      log.info("telegram-ignored", { reason: stranger });
      return "ignored";
    }
    // Taken before the work: an update that is brought again, however the first time went, is not carried out twice.
    const claim = `telegram/update/${checked.data.update_id}`;
    if ((await records.commit({ claims: [claim] })) === "conflict") return "repeated";
    try {
      await handle(update);
    } catch (error) {
      // Told to try again, Telegram would bring it for hours; the person asks again when they see no answer.
      log.error("telegram-update-failed", { error: causeOf(error) });
    }
    return "taken";
  };
}

/** The person in whose private chat it happened, or why it is none of ours. */
function callerOf(update: z.infer<typeof envelope>): Caller | { readonly reason: string } {
  const { message, callback_query: tap, my_chat_member: standing } = update;
  const place = message?.chat ?? tap?.message?.chat ?? standing?.chat;
  const from = message?.from ?? tap?.from ?? standing?.from;
  if (place === undefined) return { reason: "not-a-message" };
  if (place.type !== "private") return { reason: "not-a-private-chat" };
  // In a private chat the two are one; anything else is made up.
  if (from?.id !== place.id) return { reason: "other-chat" };
  return { chatId: String(place.id), text: message?.text ?? null };
}

/** grammY wraps what a handler threw together with the whole update. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && "error" in error && error.error instanceof Error ? error.error : error;
}
