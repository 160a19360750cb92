// Fire drills, as the settings show them: the newest one while it runs, and what those before it were worth.
import { effect, signal } from "@preact/signals";
import type { DrillsReply, DrillView } from "../../server/http/contract-drills.ts";
import { perform } from "./action-model.ts";
import { announce } from "./announcer.ts";
import { change, get } from "./api.ts";
import { refreshStatus, signedIn } from "./board-model.ts";
import { isOpen, nextAt } from "./drill-times.ts";
import { saidAtEnd } from "./wording-drills.ts";

export const drills = signal<DrillView[] | null>(null);
/** Where its troubles are shown. */
export const place = "drills";

const lookEveryMs = 1000;
let looking: ReturnType<typeof setInterval> | null = null;

/** Looks again and again while the panel is in view: a drill's steps come from the chat, the broker's page, the trading system. */
export function showDrills(panel: Element | null): void {
  if (looking !== null) clearInterval(looking);
  looking = null;
  if (panel === null) return;
  void perform("show-drills", load, place);
  looking = setInterval(() => {
    if (isOpen(drills.peek()?.[0]) && document.visibilityState === "visible") void load().catch(() => {});
  }, lookEveryMs);
}

/** Nothing of it stays after a sign-out. */
export function watchDrills(): void {
  effect(() => {
    if (!signedIn.value) drills.value = null;
  });
}

async function load(): Promise<void> {
  const before = drills.peek()?.[0];
  const reply = await get<DrillsReply>("/api/drills");
  drills.value = reply.drills;
  const [newest] = reply.drills;
  if (newest !== undefined && before?.id === newest.id && isOpen(before) && !isOpen(newest))
    announce(saidAtEnd(newest));
}

/** `time`: "HH:MM" on the device's clock; null: now. */
export function startDrill(time: string | null): Promise<boolean> {
  return perform(
    "start-drill",
    async () => {
      await change("POST", "/api/drills", time === null ? {} : { at: nextAt(time, new Date()).toISOString() });
      await Promise.all([load(), refreshStatus()]);
    },
    place,
  );
}

export function cancelDrill({ id }: DrillView): Promise<boolean> {
  return perform(
    "cancel-drill",
    async () => {
      await change("DELETE", `/api/drills/${encodeURIComponent(id)}`);
      await Promise.all([load(), refreshStatus()]);
    },
    place,
  );
}
