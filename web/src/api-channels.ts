// The calls of the settings about how the person is told.
import type { AddedChannelReply, ChannelCheckView, ChannelsReply, PushKeyReply } from "../../server/http/contract.ts";
import { change, get } from "./api.ts";
import type { Subscribed } from "./push-model.ts";

export type NewChannel =
  | { readonly kind: "email"; readonly address: string }
  | { readonly kind: "ntfy"; readonly topic: string }
  | { readonly kind: "slack" | "discord"; readonly webhookUrl: string }
  | ({ readonly kind: "web-push" } & Subscribed);

export interface ChannelWishes {
  readonly ids?: readonly string[];
  readonly nextChannelAfterSeconds?: number;
  readonly escalateAtMinutes?: number;
  readonly allSet?: boolean;
}

const at = (id: string, rest = ""): string => `/api/channels/${encodeURIComponent(id)}${rest}`;

export const channelsApi = {
  all: () => get<ChannelsReply>("/api/channels"),
  pushKey: () => get<PushKeyReply>("/api/channels/push-key"),
  add: (channel: NewChannel) => change<AddedChannelReply>("POST", "/api/channels", channel),
  remove: (id: string) => change<ChannelsReply>("DELETE", at(id)),
  order: (wishes: ChannelWishes) => change<ChannelsReply>("POST", "/api/channels/order", wishes),
  test: (id: string) => change<ChannelCheckView>("POST", at(id, "/test")),
};
