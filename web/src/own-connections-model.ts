// Connections with keys of their own, as the settings show and change them. Keys pass through from the form to the server and are
// kept nowhere on the way.
import { batch, signal } from "@preact/signals";
import type {
  AddConnectionReply,
  ConnectionsReply,
  OwnConnectionView,
  RemoveConnectionReply,
  ReplaceKeysReply,
} from "../../server/http/contract-connections.ts";
import { perform } from "./action-model.ts";
import { announce } from "./announcer.ts";
import { change, get } from "./api.ts";
import { refreshStatus } from "./board-model.ts";
import { addedSentence, removedSentence, replacedSentence } from "./wording-connections.ts";

export const ownConnections = signal<ConnectionsReply | null>(null);

/** The form or question that is open; one at a time. */
export type Opened = { readonly act: "add" } | { readonly act: "keys" | "remove"; readonly id: string };
export const opened = signal<Opened | null>(null);
/** What the last change came to. */
export const said = signal<string | null>(null);

/** Where failures are shown. */
export const place = "own-connections";

const path = (id: string, rest = ""): string => `/api/connections/${encodeURIComponent(id)}${rest}`;

export function open(what: Opened | null): void {
  batch(() => {
    opened.value = what;
    said.value = null;
  });
}

/** Asked anew whenever they come into view. */
export function showOwnConnections(panel: Element | null): void {
  if (panel !== null) void perform("show-connections", load, place);
}

async function load(): Promise<void> {
  ownConnections.value = await get<ConnectionsReply>("/api/connections");
}

export function addConnection(body: object): Promise<boolean> {
  return perform(
    "add-connection",
    async () => {
      const { connection, proven } = await change<AddConnectionReply>("POST", "/api/connections", body);
      await done(addedSentence(connection, proven));
    },
    place,
  );
}

export function replaceKeys(id: string, body: object): Promise<boolean> {
  return perform(
    "replace-keys",
    async () => {
      const { connection, tokenKept } = await change<ReplaceKeysReply>("POST", path(id, "/keys"), body);
      await done(replacedSentence(connection, tokenKept));
    },
    place,
  );
}

export function removeConnection({ id, label }: OwnConnectionView): Promise<boolean> {
  return perform(
    "remove-connection",
    async () => {
      const { token } = await change<RemoveConnectionReply>("DELETE", path(id));
      await done(removedSentence(label, token));
    },
    place,
  );
}

async function done(sentence: string): Promise<void> {
  await Promise.all([load(), refreshStatus()]);
  batch(() => {
    opened.value = null;
    said.value = sentence;
  });
  announce(sentence);
}
