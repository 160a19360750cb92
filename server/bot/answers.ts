// What the bot answers to commands, and to whatever else is written or tapped: each in the name of whose chat it is.
import type { ConnectionIdentity } from "../domain/connection.ts";
import { deliverEvents } from "../use-cases/deliver-events.ts";
import { deliverMessages } from "../use-cases/deliver-messages.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { keepAliveConnection, type KeepAliveOutcome } from "../use-cases/keep-alive-connection.ts";
import { noteChatStanding } from "../use-cases/note-chat-standing.ts";
import { readOverview } from "../use-cases/overview.ts";
import type { CallbackData, UnknownData } from "./callback-data.ts";
import { type ChatPerson, chatPersonOf } from "./chat-person.ts";
import type { BotCommand } from "./commands.ts";
import { askLock, lockTapped, matchTapped } from "./door-answers.ts";
import { drillTapped } from "./drill-answers.ts";
import type { BotEffect, BotHandlers, Sender } from "./handlers.ts";
import { holdTapped, snoozeWritten } from "./hold-answers.ts";
import { renewAnswers } from "./renew-answers.ts";
import { helpReply, keepAliveReply, staleButton, statusReply } from "./replies.ts";

export function botAnswers(deps: Dependencies, pageUrl: string): BotHandlers {
  const renew = renewAnswers(pageUrl);

  /** Nothing is said to who was taken off the list meanwhile. */
  const answered = async (from: Sender, answer: (who: ChatPerson) => Promise<readonly BotEffect[]>) => {
    const who = await chatPersonOf(deps, from);
    return who === null ? [] : answer(who);
  };

  async function toCommand(name: BotCommand, args: string, who: ChatPerson): Promise<readonly BotEffect[]> {
    switch (name) {
      case "status":
        return say(statusReply(await readOverview(who.deps), pageUrl));
      case "renew":
        return renew.written(who, args);
      case "snooze":
        return snoozeWritten(who, args);
      case "keepalive":
        return say(keepAliveReply(await keepAliveAll(deps, who)));
      case "lock":
        return askLock(who.deps.machineClock());
      case "start":
      case "help":
        return say(helpReply(pageUrl));
    }
  }

  async function toTap(
    data: CallbackData | UnknownData,
    who: ChatPerson,
    tapped: string | null,
  ): Promise<readonly BotEffect[]> {
    switch (data.kind) {
      case "acknowledge":
      case "snooze":
        return holdTapped(who, data, tapped);
      case "renew":
        return renew.tapped(who, data.connection);
      case "cancel":
        return renew.cancelled(who, data.id);
      case "on-drill":
        return drillTapped(who.deps, data.id, who.person.id);
      case "match":
        return matchTapped(who, data);
      case "lock":
        return lockTapped(who, data);
      case "unknown":
        return [{ do: "toast", text: staleButton }];
    }
  }

  const toStanding = async (from: Sender, standing: "blocked" | "open") => {
    const who = await chatPersonOf(deps, from);
    if (who !== null) await noteChatStanding(who.deps, who.person, standing);
  };

  return {
    command: (name, args, from) => answered(from, (who) => toCommand(name, args, who)),
    text: ({ text }, from) =>
      answered(from, async (who) => (await renew.brought(who, text)) ?? say(helpReply(pageUrl))),
    tap: (data, from, message) => answered(from, (who) => toTap(data, who, message)),
    blocked: (from) => toStanding(from, "blocked"),
    unblocked: (from) => toStanding(from, "open"),
  };
}

function say(text: string): readonly BotEffect[] {
  return [{ do: "say", text }];
}

async function keepAliveAll(
  all: Dependencies,
  { deps, renewable }: ChatPerson,
): Promise<readonly (readonly [ConnectionIdentity, KeepAliveOutcome | "broke-off"])[]> {
  // Delivered here and not behind our back: after the answer there may be no processor.
  const work = { ...deps, nudge: () => {} };
  const outcomes = await Promise.all(
    renewable.map(async (connection) => {
      try {
        return [connection, await keepAliveConnection(work, connection.id, { force: true })] as const;
      } catch (error) {
        deps.log.error("keep-alive-failed", { connection: connection.id, error });
        return [connection, "broke-off"] as const;
      }
    }),
  );
  // Of everybody: seen by one person, what waits for the others would look overtaken.
  await Promise.all([deliverMessages(all), deliverEvents(all)]);
  return outcomes;
}
