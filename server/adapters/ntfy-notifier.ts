// Notifier over ntfy (docs.ntfy.sh/publish, as JSON). Whoever knows the topic reads along: it stands in no error and no log.
import type { Secret } from "../domain/secret.ts";
import { shortened, utf8Length } from "../domain/shortened.ts";
import { DeliveryError, type Notifier } from "../ports.ts";
import { callChannel, type ChannelAnswer, channelRefusal, type ChannelRequest, jsonOf } from "./channel-request.ts";

export interface NtfySettings {
  /** The server's origin. */
  readonly url: string;
  /** For the operator's own server only. */
  readonly token: Secret | null;
  /** The operator named the server, so it may stand in the same network. */
  readonly trusted: boolean;
  readonly timeoutMs?: number;
}

/** More is turned into an attachment, which no notification shows. */
const longestMessageBytes = 4096;

/** 5 rings on and on, past a phone's own quiet where that is allowed; 2 makes no sound. */
const priorities = { loud: 5, silent: 2 };

const name = "ntfy";

export function ntfyNotifier(settings: NtfySettings, topic: Secret): Notifier {
  const { url, token, trusted, timeoutMs } = settings;

  const call = (request: Omit<ChannelRequest, "url">, path = ""): Promise<ChannelAnswer> =>
    callChannel(name, {
      ...request,
      url: `${url}/${path}`,
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
      },
      publicOnly: !trusted,
      timeoutMs,
    });

  return {
    channel: "ntfy",
    async send({ text, action, silent }) {
      const message = {
        topic: topic.reveal(),
        title: "Prebell",
        message: shortened(text, longestMessageBytes, utf8Length),
        priority: silent ? priorities.silent : priorities.loud,
        ...(action === null
          ? {}
          : { click: action.url, actions: [{ action: "view", label: action.label, url: action.url, clear: true }] }),
      };
      const answer = await call({ body: JSON.stringify(message) });
      if (answer.status !== 200) throw refusal(answer);
      // A page in the way answers 200 too; only a server that kept the message names it.
      if (jsonOf(answer).get("event") !== "message")
        throw new DeliveryError("ntfy did not confirm the message; check that NTFY_URL is an ntfy server.");
      return null;
    },
    async check() {
      const answer = await call({ method: "GET" }, `${topic.reveal()}/auth`);
      // That is the right to read: a token that may only write lacks it, and still does all that is asked here.
      if (answer.status === 403 && token !== null)
        return "ntfy knows the token; whether it may write to the topic shows with the first message.";
      if (answer.status !== 200) throw refusal(answer);
      if (jsonOf(answer).get("success") !== true)
        throw new DeliveryError("ntfy did not answer as ntfy does; check that NTFY_URL is an ntfy server.");
      return "ntfy takes messages for the topic; whether a phone listens to it shows with the first one.";
    },
  };
}

function refusal(answer: ChannelAnswer): DeliveryError {
  return channelRefusal(name, answer, remedy(answer.status));
}

function remedy(status: number): string {
  switch (status) {
    case 401:
      return "check NTFY_TOKEN.";
    case 403:
      return "the topic is reserved: set an NTFY_TOKEN that may write to it, or choose another.";
    case 404:
      return "check that NTFY_URL is an ntfy server.";
    default:
      return "choose another topic.";
  }
}
