// What the page knows. The server is the memory: everything here can be thrown away and fetched again.
import { batch, signal } from "@preact/signals";
import type { JournalReply, MessagesReply, StatusReply } from "../../server/http/contract.ts";
import { api, ApiError } from "./api.ts";
import { now, synchronise } from "./clock.ts";
import { forgetLastKnown } from "./last-known.ts";

/** `null`: the first answer is still to come. */
export const signedIn = signal<boolean | null>(null);
export const status = signal<StatusReply | null>(null);
export const journal = signal<JournalReply["entries"] | null>(null);
export const hasOlderEntries = signal(false);
export const messages = signal<MessagesReply | null>(null);

/** When the server was last heard, in server time; and whether the newest try failed. */
export const heardAt = signal<number | null>(null);
export const unreachable = signal(false);

export const journalPage = 30;

/** Asks for everything at once. A failure keeps what is known and says so. */
export async function refresh(): Promise<void> {
  await Promise.all([refreshStatus(), refreshLists()]);
}

/** The journal and the messages; false if one of them did not come. */
export async function refreshLists(): Promise<boolean> {
  const came = await Promise.all([refreshJournal(), refreshMessages()]);
  return !came.includes(false);
}

/** After a sign-out or a lapsed session nothing of the old one may stay on screen or on the device. */
export function forgetEverything(): void {
  batch(() => {
    signedIn.value = false;
    status.value = null;
    journal.value = null;
    messages.value = null;
    unreachable.value = false;
  });
  forgetLastKnown();
}

/** Of two answers that overtake each other, the one asked for last counts. */
let asked = 0;

export async function refreshStatus(): Promise<void> {
  const turn = ++asked;
  const sentAt = performance.now();
  try {
    const reply = await api.status();
    if (turn !== asked) return;
    batch(() => {
      synchronise(reply.now, sentAt, performance.now());
      signedIn.value = true;
      unreachable.value = false;
      heardAt.value = now.value;
      status.value = reply;
    });
  } catch (error) {
    if (turn !== asked) return;
    if (error instanceof ApiError && error.status === 401) forgetEverything();
    else unreachable.value = true;
  }
}

async function refreshJournal(): Promise<boolean> {
  try {
    const { entries } = await api.journal();
    const known = journal.value ?? [];
    // Older pages the person opened stay; newer entries are put in front.
    const oldest = entries.at(-1)?.id ?? 0;
    const kept = known.filter(({ id }) => id < oldest);
    batch(() => {
      if (kept.length === 0) hasOlderEntries.value = entries.length === journalPage;
      journal.value = [...entries, ...kept];
    });
    return true;
  } catch {
    // The status carries the news of an outage; the old list stays.
    return false;
  }
}

async function refreshMessages(): Promise<boolean> {
  try {
    messages.value = await api.messages();
    return true;
  } catch {
    // As above.
    return false;
  }
}
