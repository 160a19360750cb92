// Types only, part of contract.ts: how a person is told, and what is known of each way.

export type ChannelName = "telegram" | "panel" | "email" | "web-push" | "ntfy" | "slack" | "discord";

/** `GET /api/channels`, and the answer to every change of them: one's own, the first one tried first */
export interface ChannelsReply {
  channels: ChannelView[];
  wishes: WishesView;
  /** How many more may be added. */
  room: number;
  offers: ChannelOffers;
}

/** What the operator set up for everybody's channels. */
export interface ChannelOffers {
  email: boolean;
  /** The origin of the ntfy server where none is named. */
  ntfyServer: string;
}

export interface ChannelView {
  id: string;
  kind: ChannelName;
  /** Masked: "e-mail a••@example.com". */
  label: string;
  /** Only one's own can be removed; what the configuration names and the chat with the bot are changed there. */
  origin: "own" | "configuration" | "chat";
  /** The newest messages it took, newest first. */
  deliveries: { at: string; seconds: number }[];
  lastFailure: { at: string; sentence: string } | null;
  /** The newest daily look or test; null before the first. */
  lastCheck: ChannelCheckView | null;
}

export interface ChannelCheckView {
  at: string;
  /** look: whether it would take a message, without one · test: with one. */
  by: "look" | "test";
  seconds: number;
  /** Null: it would take, or took, a message. */
  failure: string | null;
}

export interface WishesView {
  /** How long a channel may fail before the next one is tried. */
  nextChannelAfterSeconds: number;
  /** So many minutes before the open, unanswered, the next person is asked too; 0 is the open itself. */
  escalateAtMinutes: number;
  /** A quiet word on mornings that need nothing. */
  allSet: boolean;
}

/** `POST /api/channels` `{kind, …}` */
export interface AddedChannelReply extends ChannelsReply {
  /** The id of the channel that was added, or was there already. */
  added: string;
}

/** `GET /api/channels/push-key` */
export interface PushKeyReply {
  /** What this browser subscribes with, base64url; null where Web Push is not set up. */
  key: string | null;
}

/** One try to bring a message to its reader. */
export interface TryView {
  /** The channel's label. */
  channel: string;
  at: string;
  seconds: number;
  /** Null: it took the message. */
  failure: string | null;
}
