// A program on the practice brokers' clock, a webhook receiver, and a fresh token each trading morning.
import type { KeepAliveReply } from "../../server/http/contract.ts";
import { good } from "../support/program-client.ts";
import { startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-scheduler";

export async function startKeepAliveScene() {
  const receiver = await startWebhookReceiver();
  // A Monday, with eleven ordinary trading days to come that an ordinary one follows.
  const program = await startProgram({ at: "2026-06-01T10:00:00Z", env: { ...receiver.env, API_TOKEN: apiToken } });
  const client = await program.signIn();
  const machine = program.machine(apiToken);
  const callsTo = async (path: string) => (await program.control.state()).calls[path] ?? 0;
  const tick = () => machine.post("/cron/tick");
  const untilTold = () =>
    eventually("all to be told", async () => {
      const { chat, events } = await client.status();
      return chat.waiting === 0 && events.waiting === 0;
    });

  return {
    program,
    client,
    machine,
    tick,
    connection: () => client.connection("etrade-prod"),
    minutesLater: (minutes: number) => program.control.advance(Temporal.Duration.from({ minutes })),
    runNow: () => good<KeepAliveReply>(client.post("/api/connections/etrade-prod/keepalive")),
    listings: () => callsTo("/prod/v1/accounts/list"),
    renewals: () => callsTo("/oauth/renew_access_token"),
    /** 09:00 in New York of the next Monday to Thursday, with a token just stored. */
    async nextMorning(): Promise<void> {
      const { clock } = await program.control.state();
      const now = Temporal.Instant.from(clock.now).toZonedDateTimeISO("America/New_York");
      const days = now.dayOfWeek >= 4 ? 8 - now.dayOfWeek : 1;
      await program.control.setTo(now.add({ days }).with({ hour: 9, minute: 0, second: 0 }).toInstant());
      await tick();
      await program.renew(client, "etrade-prod");
      await untilTold();
    },
    /** What the person and the trading system were told because of `act`, in order. */
    async toldBy(act: () => Promise<unknown>): Promise<{ texts: string[]; events: string[] }> {
      const lastMessage = (await client.messages())[0]?.id ?? 0;
      const lastEvent = receiver.deliveries.length;
      await act();
      await untilTold();
      const messages = (await client.messages()).filter(({ id }) => id > lastMessage);
      return {
        texts: messages.map(({ text }) => text).toReversed(),
        events: receiver.deliveries.slice(lastEvent).map(({ type }) => type),
      };
    },
  };
}
