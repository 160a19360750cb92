// What the ways in from Telegram ask of the server.
import type { EnteredReply, HandOverReply, MiniAppReply } from "../../server/http/contract.ts";
import { changeOnce } from "./api.ts";

export const doorApi = {
  openMini: (initData: string) => changeOnce<MiniAppReply>("POST", "/api/telegram/open", { initData }),
  handOver: (token: string) => changeOnce<HandOverReply>("POST", "/api/sessions/hand-over", { token }),
  match: (secret: string) => changeOnce<EnteredReply>("POST", "/api/sessions/match", { secret }),
};
