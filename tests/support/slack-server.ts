// hooks.slack.com on this machine: one webhook, as strict as documented (docs.slack.dev/messaging/sending-messages-using-
// incoming-webhooks, …/block-kit, …/formatting-message-text) and stricter: an unescaped control character is refused.
import { z } from "zod";
import { type Answer, type ChannelStandIn, jsonBody, RuleBroken, startChannelServer } from "./channel-server.ts";

const path = "/services/T0CANARY01/B0CANARY02/slackCanaryToken3456789012";
const invalid: Answer = { status: 400, body: "invalid_payload" };

const textObject = z.strictObject({
  type: z.enum(["plain_text", "mrkdwn"]),
  text: z.string().min(1).max(3000),
});
const message = z.strictObject({
  text: z.string().min(1).max(40_000),
  mrkdwn: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  blocks: z
    .array(z.strictObject({ type: z.literal("section"), text: textObject }))
    .min(1)
    .max(50),
});

export interface SlackServer extends ChannelStandIn {
  readonly webhookUrl: string;
}

export async function startSlackServer(): Promise<SlackServer> {
  const server = await startChannelServer({
    gone: { status: 404, body: "no_service" },
    fault: { status: 500, body: "rollup_error" },
    busy: (retryAfter) => ({ status: 429, headers: { "retry-after": String(retryAfter) }, body: "rate_limited" }),
    answer(call, deliver) {
      if (call.path !== path) return { status: 404, body: "no_service" };
      if (call.method !== "POST") return { status: 405, body: "" };
      const sent = jsonBody(call, invalid);
      if (z.object({ text: z.literal("") }).safeParse(sent).success) return { status: 400, body: "no_text" };
      const parsed = message.safeParse(sent);
      if (!parsed.success) throw new RuleBroken(z.prettifyError(parsed.error), { status: 400, body: "invalid_blocks" });
      const { text, blocks } = parsed.data;
      const [first, second] = blocks;
      const foot = second?.text.type === "mrkdwn" ? second.text.text : "";
      const link = /<(https?:[^|>]+)\|([^>]+)>/.exec(foot);
      // Checked too: it is what the notification shows.
      plain(text);
      deliver({
        text: first?.text.type === "plain_text" ? plain(first.text.text) : "",
        link: link === null ? null : { label: plain(link[2] ?? ""), url: plain(link[1] ?? "") },
        loud: foot.includes("<!channel>"),
      });
      return { status: 200, body: "ok" };
    },
  });
  return { ...server, webhookUrl: `https://hooks.slack.com${path}` };
}

function plain(text: string): string {
  if (/[<>]|&(?!(?:amp|lt|gt);)/.test(text)) throw new RuleBroken("a control character is not escaped", invalid);
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
