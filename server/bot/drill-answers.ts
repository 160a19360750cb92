// "I'm on it" under a fire drill's alert.
import { acknowledgeDrill } from "../use-cases/acknowledge-drill.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { BotEffect } from "./handlers.ts";
import { staleButton } from "./replies.ts";

export async function drillTapped(
  deps: Pick<Dependencies, "clock" | "records" | "nudge">,
  drillId: string,
  personId: string,
): Promise<readonly BotEffect[]> {
  const taken = await acknowledgeDrill(deps, drillId, personId);
  return [{ do: "toast", text: taken ? "Noted. It is a drill: renew as you would for real." : staleButton }];
}
