// Notifier over a Slack incoming webhook. Who holds its address can write into the channel: it is a secret as a whole.
import type { Secret } from "../domain/secret.ts";
import { shortened } from "../domain/shortened.ts";
import { type ChatMessage, DeliveryError, type Notifier } from "../ports.ts";
import { callChannel, type ChannelAnswer, channelRefusal } from "./channel-request.ts";

export interface SlackSettings {
  /** For tests: a server that stands in for hooks.slack.com. */
  readonly apiRoot: string | null;
  readonly timeoutMs?: number;
}

/** Of one section's text (docs.slack.dev/reference/block-kit/blocks/section-block). */
const longestSection = 3000;

const name = "Slack";

export function slackNotifier({ apiRoot, timeoutMs }: SlackSettings, webhookUrl: Secret): Notifier {
  const post = (message: object): Promise<ChannelAnswer> =>
    callChannel(name, {
      url: webhookUrl.reveal(),
      apiRoot,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(message),
      timeoutMs,
    });

  return {
    channel: "slack",
    async send(message) {
      const answer = await post(slackMessage(message));
      if (answer.status !== 200) throw refusal(answer);
      if (answer.body.trim() !== "ok")
        throw new DeliveryError("Slack did not confirm the message; check what answers in its place.");
      return null;
    },
    async check() {
      // Slack has no call that only looks: a message without text is refused, but only where the webhook works.
      const answer = await post({ text: "" });
      if (answer.status === 400 && /^(no_text|missing_text)/.test(answer.body))
        return "Slack's webhook takes messages.";
      throw refusal(answer);
    },
  };
}

/**
 * Formatting can't be read into a plain-text section. A webhook can't make a sound by itself: a loud message calls
 * everybody in the channel.
 */
function slackMessage({ text, action, silent }: ChatMessage) {
  const escapedText = escaped(shortened(text, longestSection, (part) => escaped(part).length));
  const link = action === null ? [] : [`<${escaped(action.url)}|${escaped(action.label)}>`];
  const foot = [...(silent ? [] : ["<!channel>"]), ...link].join(" ");
  return {
    // What the notification itself shows.
    text: escapedText,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "section", text: { type: "plain_text", text: escapedText } },
      ...(foot === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text: foot } }]),
    ],
  };
}

/** The three characters with a meaning of their own (docs.slack.dev/messaging/formatting-message-text#escaping). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function refusal(answer: ChannelAnswer): DeliveryError {
  return channelRefusal(name, answer, remedy(answer.body.trim()));
}

/** By Slack's own word for it. */
function remedy(word: string): string {
  switch (word) {
    case "channel_is_archived":
    case "channel_not_found":
      return "its channel is archived or gone: make a webhook for another one.";
    case "action_prohibited":
    case "posting_to_general_channel_denied":
      return "the workspace does not let the webhook write there: ask its administrator.";
    default:
      return "the webhook is gone or wrong: make a new one in Slack.";
  }
}
