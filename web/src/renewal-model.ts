// A renewal as this page drives it. The steps themselves live on the server; a reload goes on where it was.
import { batch, computed, effect, signal } from "@preact/signals";
import type { ConnectionView } from "../../server/http/contract.ts";
import { isUnderWay, perform, trouble } from "./action-model.ts";
import { isCodeAddress } from "./address-model.ts";
import { api } from "./api.ts";
import { announce } from "./announcer.ts";
import { refresh, status } from "./board-model.ts";
import { now } from "./clock.ts";
import { cleanCode, codeInClipboard, isExactCode, isPlausibleCode } from "./code-model.ts";
import { openAuthorization, wasJustRenewed } from "./connection-model.ts";
import { focus } from "./focus-model.ts";
import { focusSoon } from "./focus-soon.ts";
import { openingTab, storedSentence } from "./wording.ts";

/** The connection whose renewal is on screen. */
export const renewingId = signal<string | null>(null);
export const code = signal("");
/** The browser refused to open a tab, or it was closed: offer the link itself, large. */
export const needsLink = signal(false);
export const canPaste = signal(typeof navigator.clipboard?.readText === "function");
/** The connection that was just renewed: its ring shows a check for a moment. */
export const celebrated = signal<string | null>(null);
/** The same, for as long as the page stays: its proof is offered first. */
export const renewedId = signal<string | null>(null);
/** When the person last came back to this page while a code is awaited, in server time. */
export const backAt = signal<number | null>(null);

export const renewing = computed<ConnectionView | null>(
  () => status.value?.connections.find(({ id }) => id === renewingId.value) ?? null,
);

declare global {
  interface Permissions {
    // Chromium only; elsewhere the promise rejects.
    query(descriptor: { name: "clipboard-read" }): Promise<PermissionStatus>;
  }
}

const celebrationMs = 8000;

export async function beginRenewal(id: string, restart = false): Promise<void> {
  if (isUnderWay("begin")) return;
  // In the tap itself: after an await the browser would take the tab for a pop-up.
  const tab = openTab();
  batch(() => {
    focus(id);
    renewingId.value = id;
    code.value = "";
    needsLink.value = false;
    backAt.value = null;
    celebrated.value = null;
    renewedId.value = null;
  });
  const begun = await perform(
    "begin",
    async () => {
      const { authorizeUrl, ceremony } = await api.begin(id, restart);
      if (tab !== null && !tab.closed) tab.location.replace(authorizeUrl);
      else if (ceremony === "redirect") location.assign(authorizeUrl);
      else needsLink.value = true;
      await refresh();
    },
    "renewal",
  );
  if (!begun) tab?.close();
}

export function openRenewal(id: string): void {
  batch(() => {
    focus(id);
    renewingId.value = id;
  });
}

/** Leaves the renewal open on the server; the button leads back. */
export function closeRenewal(): void {
  batch(() => {
    renewingId.value = null;
    code.value = "";
    if (trouble.value?.where === "renewal") trouble.value = null;
  });
}

/** `pasted`: exactly a code and nothing else is sent at once; what is typed waits for the button. */
export function enterCode(text: string, pasted: boolean): void {
  code.value = cleanCode(text);
  if (pasted && isExactCode(code.value)) void submitCode();
}

export async function submitCode(): Promise<void> {
  const id = renewingId.value;
  if (id === null || !isPlausibleCode(code.value)) return;
  await perform("complete", () => finish(api.complete(id, { verifier: code.value })), "renewal");
}

/** `pasted`: surely the address, so it is sent at once: its code lives thirty seconds. Nothing is cleaned, the server reads it. */
export function enterAddress(text: string, pasted: boolean): void {
  code.value = text;
  if (pasted && isCodeAddress(text)) void submitAddress();
}

export async function submitAddress(): Promise<void> {
  const id = renewingId.value;
  const verifier = code.value.trim();
  if (id === null || verifier === "") return;
  await perform("complete", () => finish(api.complete(id, { verifier })), "renewal");
  // Good for one try; and the next paste should not be put behind it.
  code.value = "";
}

export async function answerAccounts(accept: boolean): Promise<void> {
  const id = renewingId.value;
  if (id === null) return;
  await perform("complete", () => finish(api.confirmAccounts(id, accept)), "renewal");
  if (!accept && trouble.value === null) closeRenewal();
}

/** The accounts changed at the broker and the new ones are the person's own: the next login asks about them. */
export async function forgetPin(id: string): Promise<void> {
  await perform("unpin", () => finish(api.unpin(id)), "renewal");
}

export async function cancelRenewal(): Promise<void> {
  const id = renewingId.value;
  if (id === null) return;
  const cancelled = await perform("cancel", () => finish(api.cancel(id)), "renewal");
  if (cancelled) closeRenewal();
}

/** True if the field should take over, because the browser won't hand out the clipboard. */
export async function paste(enter: (text: string, pasted: boolean) => void): Promise<boolean> {
  try {
    enter(await navigator.clipboard.readText(), true);
    return code.value === "";
  } catch {
    canPaste.value = false;
    return true;
  }
}

/** Back from the broker: fills in what it gave if the browser already lets us look, and never asks for that here. */
export async function comeBack(): Promise<void> {
  const connection = renewing.value;
  const open = connection === null ? null : openAuthorization(connection, now.value);
  if (open?.stage !== "waiting") return;
  backAt.value = now.value;
  if (code.value !== "") return;
  try {
    const permission = await navigator.permissions.query({ name: "clipboard-read" });
    if (permission.state !== "granted") return;
    const text = await navigator.clipboard.readText();
    code.value = (open.ceremony === "verifier" ? codeInClipboard(text) : isCodeAddress(text) ? text : null) ?? "";
  } catch {
    // No such permission in this browser: the button and the field remain.
  }
}

/** Whatever the answer was, what counts is what the server now says; so ask even after a refusal. */
async function finish(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } finally {
    await refresh();
  }
}

/**
 * After a reload in the middle, opens what this browser had begun; after the callback page, shows what it finished. Once, at
 * the first status.
 */
export function resumeRenewal(): void {
  const stop = status.subscribe((known) => {
    if (known === null) return;
    const begun = known.connections.find((connection) => openAuthorization(connection, Date.parse(known.now))?.mine);
    const done = known.connections.find((connection) => wasJustRenewed(connection, Date.parse(known.now)));
    if (begun !== undefined) openRenewal(begun.id);
    else if (done !== undefined) celebrate(done);
    // Not in this very call: `stop` is only there once it returned.
    queueMicrotask(() => stop());
  });
}

/** However it was completed, here, by the callback page or in the chat: the next status shows it. */
export function watchRenewal(): () => void {
  let open = "";
  return effect(() => {
    const connection = renewing.value;
    if (!connection?.authorization) return;
    const { stage, startedAt } = connection.authorization;
    if (stage !== "completed" && stage !== "failed") open = startedAt;
    // The one before this may still be listed as completed while a new one begins.
    if (stage !== "completed" || open !== startedAt) return;
    closeRenewal();
    celebrate(connection);
  });
}

function celebrate(connection: ConnectionView): void {
  const { id, label } = connection;
  batch(() => {
    focus(id);
    celebrated.value = id;
    renewedId.value = id;
  });
  // After the plain change of state, which is announced in this same turn and would talk over it.
  queueMicrotask(() => announce(`${label}: ${storedSentence(connection)}`));
  focusSoon("focused");
  setTimeout(() => {
    if (celebrated.value === id) celebrated.value = null;
  }, celebrationMs);
}

function openTab(): Window | null {
  const tab = window.open("", "_blank");
  if (tab === null) return null;
  tab.opener = null;
  // A blank white page is a lamp in the face at 08:30 in the dark.
  tab.document.documentElement.style.colorScheme = "light dark";
  tab.document.title = openingTab;
  tab.document.body.textContent = openingTab;
  return tab;
}
