// The page a broker sends the browser back to. No framework: it scrubs its address, hands the rest over and leaves.
import { api, ApiError } from "./api.ts";
import { waitingFor } from "./callback-model.ts";
import { callbackWords, failureSentence } from "./wording-failure.ts";

const arrived = new URL(location.href);
// First of all: whatever the broker put into the address leaves the address bar and the history.
history.replaceState(null, "", arrived.pathname);
// Told to the server all the same, so that it knows what became of the renewal.
const denied = arrived.searchParams.has("error");

try {
  const { connections } = await api.status();
  const wanted = arrived.searchParams.get("connection");
  const provider = arrived.pathname.split("/").findLast((segment) => segment !== "") ?? "";
  const id = wanted ?? waitingFor(connections, provider, arrived.searchParams.get("state"));
  if (id === null) {
    fail(callbackWords.nothingWaiting);
    offerCopy();
  } else {
    await api.complete(id, { callbackUrl: arrived.href });
    // Accounts to confirm are on the dashboard too: its renewal opens where the server stands.
    location.replace("/");
  }
} catch (error) {
  fail(error instanceof ApiError ? error.message : failureSentence(-1));
  // Not signed in here, or begun elsewhere: then it may have been begun in the chat.
  if (error instanceof ApiError && (error.status === 401 || error.status === 409)) offerCopy();
}

/** Whoever began in the chat has to bring the address there; what it holds shows nowhere on this page. */
function offerCopy(): void {
  const button = document.querySelector("button");
  if (button === null || denied || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(arrived.href);
    button.textContent = callbackWords.copied;
  });
}

function fail(sentence: string): void {
  const [heading, line, link] = ["h1", "p", "a"].map((tag) => document.querySelector<HTMLElement>(tag));
  if (heading) heading.textContent = denied ? callbackWords.notGranted : callbackWords.notFinished;
  if (line) line.textContent = denied ? callbackWords.denied : sentence;
  if (link) link.hidden = false;
  heading?.focus();
}
