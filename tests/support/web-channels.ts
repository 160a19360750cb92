// How the stub's person is told: one channel of each origin, one in order, one that just failed, one never used.
import type { ChannelCheckView, ChannelsReply } from "../../server/http/contract.ts";

const looked = (failure: string | null = null): ChannelCheckView => ({
  at: "2026-11-20T13:00:05Z",
  by: "look",
  seconds: 0.12,
  failure,
});

const none = { deliveries: [], lastFailure: null, lastCheck: null };

export const shownChannels: ChannelsReply = {
  channels: [
    {
      id: "telegram",
      kind: "telegram",
      label: "Telegram chat ••21",
      origin: "chat",
      deliveries: [{ at: "2026-11-20T13:30:01Z", seconds: 0.41 }],
      lastFailure: null,
      lastCheck: looked(),
    },
    {
      id: "email-1f",
      kind: "email",
      label: "e-mail o••@a-rather-long-domain-name.example.com",
      origin: "configuration",
      ...none,
      lastCheck: looked("The mail server refused the login with 535; check user and password in SMTP_URL."),
    },
    { id: "ntfy-2e", kind: "ntfy", label: "ntfy topic ••x9q", origin: "own", ...none, lastCheck: looked() },
    { id: "web-push-3d", kind: "web-push", label: "push to Chrome (a1b2)", origin: "own", ...none },
  ],
  wishes: { nextChannelAfterSeconds: 60, escalateAtMinutes: 15, allSet: false },
  room: 8,
  offers: { email: true, ntfyServer: "https://ntfy.sh" },
};
