// Signing in, with a one-time link or a passkey, and out again. What comes from Telegram goes on in hand-over-model.ts.
import { signal } from "@preact/signals";
import { perform } from "./action-model.ts";
import { api } from "./api.ts";
import { forgetEverything, refresh, signedIn } from "./board-model.ts";

/** The token of the link this page was opened with. It lives in memory only and is spent by a tap, never by a visit. */
export const handoff = signal<string | null>(null);
/** Whether that link is an invitation, which makes a person of whoever accepts it. */
export const isInvitation = signal(false);
/** The same for the link that Telegram handed over. */
export const handedOver = signal<string | null>(null);

/** Such a link is for the first time on a device, so this is the moment to offer more. */
export const cameByLink = signal(false);

/** Takes the token out of the address before anything else can see it; true if there was one. */
export function readHandoff(): boolean {
  const link = new URLSearchParams(location.hash.slice(1));
  const token = link.get("signin") ?? link.get("invite");
  const handed = link.get("go");
  if (token === null && handed === null) return false;
  history.replaceState(null, "", location.pathname);
  isInvitation.value = link.has("invite");
  handoff.value = token;
  handedOver.value = handed;
  return true;
}

export async function signIn(): Promise<void> {
  const token = handoff.value;
  if (token === null) return;
  await perform("sign-in", async () => {
    await (isInvitation.value ? api.accept(token) : api.signIn(token));
    cameByLink.value = true;
    await enter();
  });
}

export async function signInByPasskey(): Promise<void> {
  await perform("passkey", async () => {
    await (await import("./passkey-ceremony.ts")).signIn();
    await enter();
  });
}

async function enter(): Promise<void> {
  signedIn.value = null;
  handoff.value = null;
  await refresh();
}

export async function signOut(): Promise<void> {
  await perform("sign-out", async () => {
    await api.signOut();
    forgetEverything();
  });
}
