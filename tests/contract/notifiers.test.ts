// Every channel against a stand-in of its service on a real socket.
import { panelNotifier } from "../../server/adapters/panel-notifier.ts";
import type { Delivered } from "../support/channel-server.ts";
import { testNotifier } from "./notifier.contract.ts";
import { discord, mail, ntfy, push, slack, vapid } from "./open-notifiers.ts";

const everyTrouble = ["gone", "fault", "busy", "drop", "hold"] as const;

testNotifier(
  async (limits) => {
    const { server, notifier } = await mail(limits);
    return {
      notifier,
      standIn: server,
      secrets: { password: server.password, address: server.url, recipient: server.mailbox },
    };
  },
  { channel: "email", troubles: everyTrouble, saysWhen: false, hasSound: true },
);

testNotifier(
  async (limits) => {
    const { server, notifier } = await push(limits);
    return { notifier, standIn: server, secrets: { ...server.subscription, key: vapid.privateKey.reveal() } };
  },
  { channel: "web-push", troubles: everyTrouble, saysWhen: true, hasSound: true },
);

testNotifier(
  async (limits) => {
    const { server, notifier } = await ntfy(limits);
    return { notifier, standIn: server, secrets: { topic: server.topic, token: server.token } };
  },
  { channel: "ntfy", troubles: everyTrouble, saysWhen: true, hasSound: true },
);

testNotifier(
  async (limits) => {
    const { server, notifier } = await slack(limits);
    return { notifier, standIn: server, secrets: { address: server.webhookUrl, path: pathOf(server.webhookUrl) } };
  },
  { channel: "slack", troubles: everyTrouble, saysWhen: true, hasSound: true },
);

testNotifier(
  async (limits) => {
    const { server, notifier } = await discord(limits);
    return { notifier, standIn: server, secrets: { address: server.webhookUrl, path: pathOf(server.webhookUrl) } };
  },
  { channel: "discord", troubles: everyTrouble, saysWhen: true, hasSound: true },
);

testNotifier(
  () => {
    const printed: string[] = [];
    return {
      notifier: panelNotifier((text) => printed.push(text)),
      standIn: {
        get delivered() {
          return printed.map((block): Delivered => {
            const foot = /\n([^\n]+): (https:\S+)$/.exec(block);
            const text = foot === null ? block : block.slice(0, foot.index);
            return { text, link: foot === null ? null : { label: foot[1] ?? "", url: foot[2] ?? "" }, loud: null };
          });
        },
        faults: [],
        troubleNext: () => {},
      },
      secrets: {},
    };
  },
  { channel: "panel", troubles: [], saysWhen: false, hasSound: false },
);

function pathOf(url: string): string {
  return new URL(url).pathname;
}
