// What the bot answers to commands, and to whatever else is written or tapped.
import type { ConnectionIdentity } from "../domain/connection.ts";
import { actingInChat } from "../use-cases/acting-as.ts";
import { deliverEvents } from "../use-cases/deliver-events.ts";
import { deliverMessages } from "../use-cases/deliver-messages.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { keepAliveConnection, type KeepAliveOutcome } from "../use-cases/keep-alive-connection.ts";
import { readOverview } from "../use-cases/overview.ts";
import type { BotEffect, BotHandlers } from "./handlers.ts";
import { helpReply, keepAliveReply, staleButton, statusReply } from "./replies.ts";

export function botAnswers(deps: Dependencies, pageUrl: string): BotHandlers {
  return {
    async command(name, _args, from) {
      switch (name) {
        case "status":
          return say(statusReply(await readOverview(deps), pageUrl));
        case "keepalive":
          return say(keepAliveReply(await keepAliveAll(await actingInChat(deps, from.chatId))));
        case "start":
        case "help":
          return say(helpReply(pageUrl));
      }
    },
    text: async () => say(helpReply(pageUrl)),
    tap: async () => [{ do: "toast", text: staleButton }],
    async blocked() {
      deps.log.warn("chat-blocked");
    },
    async unblocked() {
      deps.log.info("chat-unblocked");
    },
  };
}

function say(text: string): readonly BotEffect[] {
  return [{ do: "say", text }];
}

async function keepAliveAll(
  deps: Dependencies,
): Promise<readonly (readonly [ConnectionIdentity, KeepAliveOutcome | "broke-off"])[]> {
  // Delivered here and not behind our back: after the answer there may be no processor.
  const work = { ...deps, nudge: () => {} };
  const outcomes = await Promise.all(
    [...deps.providers.values()].map(async ({ identity }) => {
      try {
        return [identity, await keepAliveConnection(work, identity.id, { force: true })] as const;
      } catch (error) {
        deps.log.error("keep-alive-failed", { connection: identity.id, error });
        return [identity, "broke-off"] as const;
      }
    }),
  );
  await Promise.all([deliverMessages(deps), deliverEvents(deps)]);
  return outcomes;
}
