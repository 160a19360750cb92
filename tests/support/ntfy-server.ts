// An ntfy server on this machine: one topic behind a token, as strict as documented (docs.ntfy.sh/publish) and as its source
// (server/errors.go) and stricter: what would become an attachment is refused.
import { z } from "zod";
import {
  type Answer,
  type Call,
  type ChannelStandIn,
  jsonBody,
  RuleBroken,
  startChannelServer,
} from "./channel-server.ts";

const topic = "canaryTopic_3456789";
const token = "tk_canarytoken567890123456789012";

const error = (code: number, text: string): Answer => ({
  status: Math.floor(code / 100),
  body: { code, http: Math.floor(code / 100), error: text },
});
const unauthorized = error(40_101, "unauthorized");
const forbidden = error(40_301, "forbidden");
const badJson = error(40_017, "invalid request: request body must be message JSON");

const message = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string().optional(),
  message: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 4096, "it would become an attachment"),
  priority: z.int().min(1).max(5).optional(),
  click: z.url().optional(),
  actions: z
    .array(z.strictObject({ action: z.literal("view"), label: z.string().min(1), url: z.url(), clear: z.boolean() }))
    .max(3)
    .optional(),
});

export interface NtfyServer extends ChannelStandIn {
  readonly topic: string;
  readonly token: string;
}

export async function startNtfyServer(): Promise<NtfyServer> {
  const server = await startChannelServer({
    gone: forbidden,
    fault: error(50_001, "internal server error"),
    busy: (retryAfter) => ({
      ...error(42_901, "limit reached: too many requests, please be nice"),
      headers: { "retry-after": String(retryAfter) },
    }),
    answer(call, deliver) {
      if (call.headers.authorization !== `Bearer ${token}`) return unauthorized;
      if (call.method === "GET")
        return call.path === `/${topic}/auth` ? { status: 200, body: { success: true } } : forbidden;
      if (call.method !== "POST" || call.path !== "/") return error(40_401, "page not found");
      return publish(call);

      function publish(request: Call): Answer {
        const sent = message.safeParse(jsonBody(request, badJson));
        if (!sent.success) throw new RuleBroken(z.prettifyError(sent.error), badJson);
        if (sent.data.topic !== topic) return forbidden;
        const { click, actions: [view] = [], priority = 3, message: text } = sent.data;
        if (click !== view?.url) throw new RuleBroken("tap and button lead to different places", badJson);
        deliver({ text, link: view === undefined ? null : { label: view.label, url: view.url }, loud: priority >= 4 });
        return { status: 200, body: { id: "sPs71M8A2T", time: 1_781_000_000, event: "message", topic, message: text } };
      }
    },
  });
  return { ...server, topic, token };
}
