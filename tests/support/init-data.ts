// What Telegram gives a Mini App when it is opened, signed by somebody else's program.
import { sign } from "@tma.js/init-data-node";

export const botToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
export const ownerChat = "7654321";

/** As Telegram writes it: with what a name may hold, and the fields that come along. `queryId` is another at each opening. */
export function initData(
  openedAt: Temporal.Instant,
  { userId = ownerChat, token = botToken, queryId = "AAHdF6IQAAAAAN0XohDhrOrc" } = {},
): string {
  const user = { id: Number(userId), first_name: 'O\'wner & "Co"\n+é', language_code: "en", is_bot: false };
  const rest = { query_id: queryId, chat_instance: "-3788475317572404878", chat_type: "private" };
  return sign(
    { user, ...rest, signature: "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe" },
    token,
    new Date(openedAt.epochMilliseconds),
  );
}
