// Asks a channel whether a message would arrive, without sending one, and takes the time.
import type { Channel } from "../domain/channel.ts";
import type { ChannelCheck } from "../domain/channel-check.ts";
import { DeliveryError } from "../ports.ts";
import { troubleSentence } from "./channel-trouble.ts";
import type { Dependencies } from "./dependencies.ts";
import { examineChatWebhook } from "./examine-telling.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "notifierFor" | "chatAnswers">;

export interface Look {
  readonly check: ChannelCheck;
  /** Looking again would show the same. */
  readonly isPermanent: boolean;
  /** Messages would arrive, but what is answered there would not come back. */
  readonly isDeaf: boolean;
  /** For the log; null where nothing failed. */
  readonly error: unknown;
}

export async function lookAtChannel(deps: Needs, channel: Channel): Promise<Look> {
  const startedAt = deps.machineClock();
  const done = (failure: string | null): ChannelCheck => ({
    channel: channel.id,
    checkedAt: deps.clock(),
    by: "look",
    milliseconds: Math.round(deps.machineClock().since(startedAt).total("milliseconds")),
    failure,
  });
  try {
    await deps.notifierFor(channel).check();
    const deafness = channel.kind === "telegram" ? await deafnessOf(deps) : null;
    if (deafness === null) return { check: done(null), isPermanent: false, isDeaf: false, error: null };
    const error = new DeliveryError(deafness, { permanent: true });
    return { check: done(deafness), isPermanent: true, isDeaf: true, error };
  } catch (error) {
    const isPermanent = error instanceof DeliveryError && error.permanent;
    return { check: done(troubleSentence(error)), isPermanent, isDeaf: false, error };
  }
}

/** Why what is answered in the chat does not come back; null where it does, or is fetched. */
async function deafnessOf({ clock, chatAnswers }: Needs): Promise<string | null> {
  if (chatAnswers === null) return null;
  const { verdict, sentence, remedy } = examineChatWebhook(await chatAnswers.webhook(), chatAnswers.publicUrl, clock());
  return verdict === "fault" ? [sentence, remedy].join(" ") : null;
}
