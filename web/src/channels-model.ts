// How the person is told: their channels in order, what each said last, and their wishes. The server is the memory.
import { batch, signal } from "@preact/signals";
import type { ChannelCheckView, ChannelsReply, ChannelView } from "../../server/http/contract.ts";
import { perform, trouble } from "./action-model.ts";
import { channelsApi, type ChannelWishes, type NewChannel } from "./api-channels.ts";
import { moved } from "./channel-list-model.ts";
import { knownPush, remember, subscribe, unsubscribe } from "./push-model.ts";
import { channelWords } from "./wording-channels.ts";

export type AddableKind = NewChannel["kind"];

export const told = signal<ChannelsReply | null>(null);
export const pushKey = signal<string | null>(null);
/** The channel this browser became, if any. */
export const thisBrowser = signal<{ readonly channel: string; readonly isCurrent: boolean } | null>(null);
/** What tests said since the settings were opened, by channel. */
export const tested = signal<ReadonlyMap<string, ChannelCheckView>>(new Map());
/** Whose form stands open. */
export const adding = signal<AddableKind | null>(null);

function loadChannels(): Promise<boolean> {
  return perform("channels", async () => {
    const [reply, { key }, known] = await Promise.all([channelsApi.all(), channelsApi.pushKey(), knownPush()]);
    batch(() => {
      told.value = reply;
      pushKey.value = key;
      thisBrowser.value = known;
    });
  });
}

/** For the panel: asked anew whenever it opens. */
export const showChannels = (panel: Element | null): void => {
  if (panel === null) forgetChannels();
  else void loadChannels();
};

/** What was seen here is not for who signs in next. */
function forgetChannels(): void {
  batch(() => {
    told.value = null;
    thisBrowser.value = null;
    tested.value = new Map();
    adding.value = null;
  });
}

export function addChannel(channel: NewChannel): Promise<boolean> {
  return perform("add-channel", async () => {
    const reply = await channelsApi.add(channel);
    batch(() => {
      told.value = reply;
      adding.value = null;
    });
  });
}

/** By a tap: the browser asks the person, and what it gives becomes a channel. */
export async function addThisBrowser(): Promise<void> {
  const key = pushKey.value;
  if (key === null) return;
  let refused = false;
  await perform("add-channel", async () => {
    const subscription = await subscribe(key).catch(() => null);
    refused = subscription === null;
    if (subscription === null) return;
    const reply = await channelsApi.add({ kind: "web-push", ...subscription });
    await remember(reply.added, subscription);
    batch(() => {
      told.value = reply;
      thisBrowser.value = { channel: reply.added, isCurrent: true };
      adding.value = null;
    });
  });
  if (refused) trouble.value = { where: "add-channel", sentence: channelWords.browserRefused };
}

export function removeChannel({ id }: ChannelView): Promise<boolean> {
  return perform(`remove ${id}`, async () => {
    told.value = await channelsApi.remove(id);
    if (thisBrowser.value?.channel !== id) return;
    thisBrowser.value = null;
    await unsubscribe().catch(() => {});
  });
}

export function testChannel({ id }: ChannelView): Promise<boolean> {
  return perform(
    `test ${id}`,
    async () => {
      const check = await channelsApi.test(id);
      tested.value = new Map([...tested.value, [id, check]]);
    },
    `channel ${id}`,
  );
}

/** One place up (-1) or down (1). */
export function moveChannel({ id }: ChannelView, by: -1 | 1): Promise<boolean> {
  const ids = moved(told.value?.channels.map((channel) => channel.id) ?? [], id, by);
  return perform("order-channels", async () => {
    told.value = await channelsApi.order({ ids });
  });
}

export function changeWishes(wishes: ChannelWishes): Promise<boolean> {
  return perform("wishes", async () => {
    told.value = await channelsApi.order(wishes);
  });
}
