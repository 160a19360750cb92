// Keeps the page true: server-sent events where they get through, and polling in any case.
import { effect } from "@preact/signals";
import { refresh, signedIn } from "./board-model.ts";
import { now, tick } from "./clock.ts";
import { openAuthorization } from "./connection-model.ts";
import { fillFromClipboard, renewing } from "./renewal-model.ts";

const calmMs = 30_000;
/** While the person is at the broker a callback in another tab or a reply in the chat may finish the renewal. */
const renewingMs = 3000;
const verifyingMs = 1500;
/** Several events of one change make one question. */
const gatherMs = 120;

let source: EventSource | null = null;
let askedAt = 0;
let gathering = 0;

export function listen(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tick();
    ask();
    connect();
    void fillFromClipboard();
  });
  addEventListener("online", ask);
  setInterval(() => {
    if (document.visibilityState === "visible" && performance.now() - askedAt >= patience()) ask();
  }, verifyingMs);
  effect(() => {
    if (signedIn.value) connect();
    else disconnect();
  });
}

function ask(): void {
  // Signed out there is nothing to ask for; `null` is a first answer that never came.
  if (signedIn.peek() === false) return;
  askedAt = performance.now();
  void refresh();
}

function patience(): number {
  const connection = renewing.peek();
  if (connection === null) return calmMs;
  const stage = openAuthorization(connection, now.peek())?.stage;
  return stage === "exchanging" || stage === "verifying" ? verifyingMs : renewingMs;
}

function connect(): void {
  if (!signedIn.peek() || (source !== null && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource("/api/events");
  source.addEventListener("changed", () => {
    clearTimeout(gathering);
    gathering = window.setTimeout(ask, gatherMs);
  });
}

function disconnect(): void {
  source?.close();
  source = null;
}
