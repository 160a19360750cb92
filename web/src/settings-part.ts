// The third file of the page, fetched when somebody opens it: who may do what, and what is told where. `#settings` in the
// address, so that the phone's own way back closes it.
import { signal } from "@preact/signals";

type Part = typeof import("./pages/Settings.tsx");

export const settingsPart = signal<Part | "missing" | null>(null);
export const settingsOpen = signal(false);

const hash = "#settings";

export function watchSettings(): void {
  addEventListener("hashchange", look);
  look();
}

function look(): void {
  settingsOpen.value = location.hash === hash;
  if (settingsOpen.value && (settingsPart.value === null || settingsPart.value === "missing")) void load();
}

async function load(): Promise<void> {
  const part = await import("./pages/Settings.tsx").catch(() => "missing" as const);
  if (part !== "missing" && settingsPart.value === null) part.start();
  settingsPart.value = part;
}

export function openSettings(): void {
  location.hash = hash;
}

export function closeSettings(): void {
  // Whoever came by a link has no page before this one to go back to.
  history.replaceState(null, "", location.pathname);
  settingsOpen.value = false;
}
