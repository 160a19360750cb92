// The page inside Telegram: says who opened it, and hands over to the system's own browser. No framework, no session, nothing
// kept: the broker's login belongs into a browser with an address bar (RFC 8252), and whoever needs another link opens this anew.
import type { MiniAppReply } from "../../server/http/contract.ts";
import { ApiError } from "./api.ts";
import { doorApi } from "./door-api.ts";
import { needsLogin, readLaunch, type Theme } from "./mini-model.ts";
import { tellTelegram, type TelegramEvent } from "./telegram-bridge.ts";
import { failureSentence } from "./wording-failure.ts";
import { miniWords, stateWord } from "./wording-mini.ts";

const launch = readLaunch(location.hash);
// First of all: what it was opened with leaves the address.
history.replaceState(null, "", location.pathname);

const heading = find("h1");
const note = find("#note");
const list = find("#connections");
const close = find("#close");

close.addEventListener("click", () => tell({ type: "web_app_close" }));

if (launch === null) note.textContent = miniWords.elsewhere;
else {
  if (launch.theme !== null) dress(launch.theme);
  tell({ type: "web_app_ready" });
  tell({ type: "web_app_expand" });
  note.textContent = miniWords.opening;
  try {
    show(await doorApi.openMini(launch.initData));
  } catch (error) {
    heading.textContent = miniWords.failed;
    end(error instanceof ApiError ? error.message : failureSentence(-1));
  }
}

function show({ person, connections, validSeconds }: MiniAppReply): void {
  heading.textContent = miniWords.greeting(person);
  if (connections.length === 0) return end(miniWords.nothing);
  const isLocked = connections.every(({ handOver }) => handOver === null);
  note.textContent = isLocked ? miniWords.locked : miniWords.choose;
  // What needs a login first; of two alike the server's order.
  const ordered = connections.toSorted((a, b) => Number(needsLogin(b.status)) - Number(needsLogin(a.status)));
  list.replaceChildren(...ordered.map(item));
  close.hidden = !isLocked;
  if (!isLocked) setTimeout(() => end(miniWords.stale), validSeconds * 1000);
}

function item({ label, status, handOver }: MiniAppReply["connections"][number]): HTMLElement {
  const [row, name, state] = ["li", "strong", "span"].map((tag) => document.createElement(tag));
  if (!row || !name || !state) throw new Error("The document makes no elements.");
  name.textContent = label;
  state.textContent = stateWord(status);
  row.append(name, state);
  if (handOver !== null) row.append(button(label, needsLogin(status), handOver));
  return row;
}

function button(label: string, isMain: boolean, url: string): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = isMain ? "main" : "";
  made.textContent = miniWords.renew(label);
  made.addEventListener("click", () => {
    if (made.ariaDisabled === "true") return;
    // In the tap itself: Telegram opens nothing by itself. The link was made before, and is good once.
    tell({ type: "web_app_open_link", url });
    made.ariaDisabled = "true";
    made.textContent = miniWords.used;
    note.textContent = miniWords.opened;
    close.hidden = false;
  });
  return made;
}

/** Nothing more to tap here but the way out. */
function end(sentence: string): void {
  list.replaceChildren();
  note.textContent = sentence;
  close.hidden = false;
  heading.focus();
}

function dress({ bg, text, dark }: Theme): void {
  const { style } = document.documentElement;
  style.setProperty("--bg", bg);
  style.setProperty("--text", text);
  style.colorScheme = dark ? "dark" : "light";
}

function tell(event: TelegramEvent): void {
  tellTelegram(event, window);
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`mini.html has no ${selector}.`);
  return found;
}
