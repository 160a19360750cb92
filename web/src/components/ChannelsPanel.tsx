import type { ChannelsReply } from "../../../server/http/contract.ts";
import { showChannels, told } from "../channels-model.ts";
import { channelWords } from "../wording-channels.ts";
import { AddChannel } from "./AddChannel.tsx";
import { Trouble } from "./Button.tsx";
import { ChannelRow } from "./ChannelRow.tsx";
import { TellingWishes } from "./TellingWishes.tsx";

/** By which channels the person is told, in which order, and how patient each wait is. */
export function ChannelsPanel() {
  const reply = told.value;
  return (
    <section class="panel tall" aria-labelledby="channels-title" ref={showChannels}>
      <h2 id="channels-title">{channelWords.title}</h2>
      {reply === null ? <p class="empty">{channelWords.loading}</p> : <Channels reply={reply} />}
      <Trouble where="channels" />
    </section>
  );
}

function Channels({ reply }: { reply: ChannelsReply }) {
  const { channels } = reply;
  const isAlone = channels.length === 1 && channels[0]?.kind === "panel";
  return (
    <>
      <p class="note">{isAlone ? channelWords.empty : channelWords.why}</p>
      <ol class="channels">
        {channels.map((channel, index) => (
          <ChannelRow key={channel.id} channel={channel} place={index + 1} of={channels.length} />
        ))}
      </ol>
      <Trouble where="order-channels" />
      <AddChannel reply={reply} />
      <TellingWishes wishes={reply.wishes} />
    </>
  );
}
