// discord.com's webhooks on this machine: one webhook, as strict as documented (discord.com/developers/docs/resources/webhook)
// and stricter: nothing in a text may be read as formatting, and nobody may be called.
import { z } from "zod";
import {
  type Answer,
  type ChannelStandIn,
  type Delivered,
  jsonBody,
  RuleBroken,
  startChannelServer,
} from "./channel-server.ts";

const path = "/api/webhooks/223704706495545344/discordCanary_7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2";
const unknownWebhook: Answer = { status: 404, body: { message: "Unknown Webhook", code: 10_015 } };
const unknownMessage: Answer = { status: 404, body: { message: "Unknown Message", code: 10_008 } };
const invalid: Answer = { status: 400, body: { message: "Invalid Form Body", code: 50_035 } };

const mentions = z.strictObject({ parse: z.tuple([]) });
const content = z.string().min(1).max(2000);
const suppressEmbeds = 4;
const suppressNotifications = 4096;
const created = z.strictObject({
  content,
  allowed_mentions: mentions,
  flags: z.union([z.literal(suppressEmbeds), z.literal(suppressEmbeds | suppressNotifications)]),
});
const changed = z.strictObject({ content, allowed_mentions: mentions, flags: z.literal(suppressEmbeds) });

export interface DiscordServer extends ChannelStandIn {
  readonly webhookUrl: string;
  /** What stands in the channel now, by id. */
  readonly messages: ReadonlyMap<string, Delivered>;
}

export async function startDiscordServer(): Promise<DiscordServer> {
  const messages = new Map<string, Delivered>();
  const server = await startChannelServer({
    gone: unknownWebhook,
    fault: { status: 502, body: "<html>Bad Gateway</html>" },
    busy: (retryAfter) => ({
      status: 429,
      // The header is rounded; the body is exact.
      headers: { "retry-after": "1" },
      body: { message: "You are being rate limited.", retry_after: retryAfter - 0.25, global: false },
    }),
    answer(call, deliver) {
      const { pathname, searchParams } = new URL(call.path, "http://discord.invalid");
      if (!/^DiscordBot \(\S+, \S+\)/.test(call.headers["user-agent"] ?? ""))
        throw new RuleBroken("a client that does not name itself", { status: 403, body: "error code: 1010" });
      const [, id] = new RegExp(`^${path}/messages/(\\d+)$`).exec(pathname) ?? [];
      if (id !== undefined) return answerAbout(id);
      if (pathname !== path) return unknownWebhook;
      if (call.method === "GET") return { status: 200, body: { id: "1", type: 1, channel_id: "2", name: "Prebell" } };
      const sent = created.safeParse(jsonBody(call, invalid));
      if (!sent.success) throw new RuleBroken(z.prettifyError(sent.error), invalid);
      const read = reading(sent.data.content, (sent.data.flags & suppressNotifications) === 0);
      deliver(read);
      const reference = String(1_300_000_000_000_000_000n + BigInt(messages.size));
      messages.set(reference, read);
      return searchParams.get("wait") === "true" ? { status: 200, body: { id: reference } } : { status: 204 };

      function answerAbout(message: string): Answer {
        const before = messages.get(message);
        if (before === undefined) return unknownMessage;
        if (call.method === "DELETE") return messages.delete(message) ? { status: 204 } : unknownMessage;
        const edit = changed.safeParse(jsonBody(call, invalid));
        if (!edit.success) throw new RuleBroken(z.prettifyError(edit.error), invalid);
        messages.set(message, reading(edit.data.content, before.loud ?? true));
        return { status: 200, body: { id: message } };
      }
    },
  });
  return { ...server, webhookUrl: `https://discord.com${path}`, messages };
}

function reading(markdown: string, loud: boolean): Delivered {
  const foot = /\n\n([^\n]+): <(https?:[^>]+)>$/.exec(markdown);
  const link = foot === null ? null : { label: shown(foot[1] ?? ""), url: foot[2] ?? "" };
  return { text: shown(foot === null ? markdown : markdown.slice(0, foot.index)), link, loud };
}

/** The markdown as its reader sees it. */
function shown(markdown: string): string {
  const bare = markdown.replace(/https?:\/\/\S+|\\[^0-9A-Za-z\s]/g, "");
  if (/[*_~`|<[\\]|^[>#-]/m.test(bare)) throw new RuleBroken("something reads as formatting", invalid);
  return markdown.replace(/\\([^0-9A-Za-z\s])/g, "$1");
}
