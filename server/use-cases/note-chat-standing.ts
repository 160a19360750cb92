// Somebody shut the bot out of their chat, or let it in again: noted, and in the first case told over their next channel.
import type { Person } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import type { Dependencies } from "./dependencies.ts";
import { tellBrokenChannel } from "./tell-broken-channel.ts";

type Needs = Pick<Dependencies, "clock" | "records" | "configuredChannels" | "log" | "nudge">;

export async function noteChatStanding(deps: Needs, person: Person, standing: "blocked" | "open"): Promise<void> {
  const at = deps.clock();
  if (standing === "open") {
    deps.log.info("chat-unblocked");
    const text = `${person.name} let the bot in again: messages reach them there.`;
    await deps.records.commit({ journal: [{ at, kind: "chat-unblocked", connectionId: null, text }] });
    return;
  }
  deps.log.error("chat-blocked");
  const text = `${person.name} blocked the bot: no message reaches them there any more.`;
  await deps.records.commit({ journal: [{ at, kind: "chat-blocked", connectionId: null, text }] });
  const chat = channelsOf(person, deps.configuredChannels).find(({ kind }) => kind === "telegram");
  if (chat === undefined) return;
  await tellBrokenChannel(deps, person, chat, "The bot was blocked there: open it in Telegram and press Start.");
  deps.nudge();
}
