// Which connection is in the ring: the one that was tapped, else the most urgent.
import { computed, effect, signal } from "@preact/signals";
import type { ConnectionView } from "../../server/http/contract.ts";
import { signedIn, status } from "./board-model.ts";
import { now } from "./clock.ts";
import { asOf, byUrgency } from "./connection-model.ts";
import { rememberLastKnown } from "./last-known.ts";
import { endedSentence } from "./wording.ts";

const chosenId = signal<string | null>(null);

const ordered = computed(() => {
  const known = status.value;
  if (known === null) return [];
  const connections = known.connections.map((each) => asOf(each, now.value, (at) => endedSentence(at, now.value)));
  return byUrgency(connections, known.market, now.value);
});

export const focused = computed<ConnectionView | null>(
  () => ordered.value.find(({ id }) => id === chosenId.value) ?? ordered.value[0] ?? null,
);

export const others = computed(() => ordered.value.filter((connection) => connection !== focused.value));

export function focus(id: string): void {
  chosenId.value = id;
}

/** For the next start without a connection. Also forgets the choice of a person who signed out. */
export function rememberMostUrgent(): () => void {
  return effect(() => {
    if (signedIn.value === false) chosenId.value = null;
    const known = status.value;
    const worst = ordered.peek().find(({ id }) => id !== "drill");
    if (known !== null && worst !== undefined) {
      const { word, expiresAt } = worst.status;
      rememberLastKnown({ word, expiresAt, fetchedAt: known.now });
    }
  });
}
