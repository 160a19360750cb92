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
  if (id === null) fail(callbackWords.nothingWaiting);
  else {
    await api.complete(id, { callbackUrl: arrived.href });
    // Accounts to confirm are on the dashboard too: its renewal opens where the server stands.
    location.replace("/");
  }
} catch (error) {
  fail(error instanceof ApiError ? error.message : failureSentence(-1));
}

function fail(sentence: string): void {
  const [heading, line, link] = ["h1", "p", "a"].map((tag) => document.querySelector<HTMLElement>(tag));
  if (heading) heading.textContent = denied ? callbackWords.notGranted : callbackWords.notFinished;
  if (line) line.textContent = denied ? callbackWords.denied : sentence;
  if (link) link.hidden = false;
  heading?.focus();
}
