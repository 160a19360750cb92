// Keeps the page true while somebody looks: server-sent events where they get through, and polling in any case.
import { effect } from "@preact/signals";
import { refreshLists, refreshStatus, signedIn, status } from "./board-model.ts";
import { now, tick } from "./clock.ts";
import { openAuthorization } from "./connection-model.ts";
import { comeBack, renewing } from "./renewal-model.ts";

const calmMs = 30_000;
/** While the person is at the broker a callback in another tab or a reply in the chat may finish the renewal. */
const renewingMs = 3000;
const verifyingMs = 1500;
/** Several events of one change make one question. */
const gatherMs = 120;

let source: EventSource | null = null;
let askedAt = 0;
/** The question that is out, if one is. */
let asking: Promise<void> | null = null;
let gathering = false;
/** The newest change count that the server told. */
let told: number | null = null;
/** The change count that the journal and the messages on screen are at least as new as. */
let listsAt: number | null = null;

const isVisible = () => document.visibilityState === "visible";

export function listen(): void {
  document.addEventListener("visibilitychange", () => {
    // Behind a proxy that buffers, the stream is a question every few seconds: not for a page that nobody sees.
    if (!isVisible()) return disconnect();
    tick();
    ask();
    void comeBack();
  });
  addEventListener("online", ask);
  setInterval(() => {
    if (isVisible() && asking === null && performance.now() - askedAt >= patience()) ask();
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
  connect();
  const question = catchUp().finally(() => {
    // A later one, after the device woke up, may have overtaken it.
    if (asking === question) asking = null;
  });
  asking = question;
}

/** The status moves with the clock; the lists only when a record changed. */
async function catchUp(): Promise<void> {
  await refreshStatus();
  const changes = status.peek()?.changes ?? null;
  if (changes !== null && changes !== listsAt && (await refreshLists())) listsAt = changes;
}

function patience(): number {
  const connection = renewing.peek();
  if (connection === null) return calmMs;
  const stage = openAuthorization(connection, now.peek())?.stage;
  return stage === "exchanging" || stage === "verifying" ? verifyingMs : renewingMs;
}

/** An error that a stream does not recover from by itself closes it; the next question opens another. */
function connect(): void {
  if (!signedIn.peek() || !isVisible() || (source !== null && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource("/api/events");
  source.addEventListener("changed", ({ data }: MessageEvent<string>) => {
    told = Number(data);
    if (!gathering) void gather();
  });
}

/** Waits for more of the same change, and for a question that is out: its answer may hold the change already. */
async function gather(): Promise<void> {
  gathering = true;
  await new Promise((resolve) => setTimeout(resolve, gatherMs));
  // oxlint-disable-next-line no-await-in-loop -- one question may follow another
  for (let question = asking; question !== null; question = asking) await question;
  gathering = false;
  if (isVisible() && told !== status.peek()?.changes) ask();
}

function disconnect(): void {
  source?.close();
  source = null;
}
