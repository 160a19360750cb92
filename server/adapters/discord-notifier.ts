// Notifier over a Discord webhook. Who holds its address can write into the channel: it is a secret as a whole.
import type { Secret } from "../domain/secret.ts";
import { shortened } from "../domain/shortened.ts";
import { type ChatMessage, DeliveryError, type Notifier } from "../ports.ts";
import { callChannel, type ChannelAnswer, channelRefusal, type ChannelRequest, jsonOf } from "./channel-request.ts";

export interface DiscordSettings {
  /** For tests: a server that stands in for discord.com. */
  readonly apiRoot: string | null;
  readonly timeoutMs?: number;
}

const longestContent = 2000;

/** discord.com/developers/docs/resources/message#message-object-message-flags */
const suppressEmbeds = 1 << 2;
const suppressNotifications = 1 << 12;

/** discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownMessage = 10_008;

const name = "Discord";

/** Asked of every client, in this form (discord.com/developers/docs/reference#user-agent); whose page it is stays our secret. */
const userAgent = "DiscordBot (https://prebell.invalid, 1)";

export function discordNotifier({ apiRoot, timeoutMs }: DiscordSettings, webhookUrl: Secret): Notifier {
  /** `path`: below the webhook's; its thread, if it names one, is kept. */
  function call(method: NonNullable<ChannelRequest["method"]>, path = "", body?: object): Promise<ChannelAnswer> {
    const url = new URL(webhookUrl.reveal());
    url.pathname += path;
    // Otherwise a message that was not kept is answered as if it were.
    if (method === "POST") url.searchParams.set("wait", "true");
    return callChannel(name, {
      url: url.href,
      method,
      apiRoot,
      headers: { "content-type": "application/json", "user-agent": userAgent },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
    });
  }

  return {
    channel: "discord",
    async send(message) {
      const answer = await call("POST", "", {
        ...content(message),
        flags: suppressEmbeds | (message.silent ? suppressNotifications : 0),
      });
      if (answer.status !== 200) throw refusal(answer);
      const id = jsonOf(answer).get("id");
      if (typeof id !== "string")
        throw new DeliveryError("Discord did not confirm the message; check what answers in its place.");
      return id;
    },
    async edit(reference, message) {
      const changed = { ...content(message), flags: suppressEmbeds };
      const answer = await call("PATCH", `/messages/${encodeURIComponent(reference)}`, changed);
      if (answer.status !== 200) throw refusal(answer);
    },
    async remove(reference) {
      const answer = await call("DELETE", `/messages/${encodeURIComponent(reference)}`);
      if (answer.status === 404 && jsonOf(answer).get("code") === unknownMessage) return;
      if (answer.status !== 204) throw refusal(answer);
    },
    async check() {
      const answer = await call("GET");
      if (answer.status !== 200) throw refusal(answer);
      if (typeof jsonOf(answer).get("channel_id") !== "string")
        throw new DeliveryError("Discord did not answer as Discord does; check what answers in its place.");
      return "Discord's webhook takes messages.";
    },
  };
}

/** Nobody is called by name, whatever the text says. */
function content({ text, action }: ChatMessage) {
  const link = action === null ? "" : `\n\n${escaped(action.label)}: <${action.url}>`;
  const body = shortened(text, longestContent - link.length, (part) => escaped(part).length);
  return { content: escaped(body) + link, allowed_mentions: { parse: [] } };
}

/** Markdown's characters lose their meaning, some at a line's start only; within an address the backslash would break it. */
function escaped(text: string): string {
  return text.replace(/https?:\/\/\S+|[\\*_~`|<[]|^[>#-]/gm, (found) => (found.length > 1 ? found : `\\${found}`));
}

function refusal(answer: ChannelAnswer): DeliveryError {
  // In its body Discord says to the millisecond what the header rounds; a ban by its gateway says it in the header only.
  const wish = Number(jsonOf(answer).get("retry_after"));
  const retryAfterSeconds = answer.status === 429 && wish > 0 ? Math.ceil(wish) : answer.retryAfterSeconds;
  return channelRefusal(
    name,
    { ...answer, retryAfterSeconds },
    "the webhook is gone or wrong: make a new one in Discord.",
  );
}
