// Pure. Who may do something at Prebell, how they prove that it is them, and where they are told.
import type { Channel } from "./channel.ts";
import type { ChannelCheck } from "./channel-check.ts";
import type { Hold } from "./hold.ts";

/**
 * owner: may have connections, invite people, give programs tokens · renewer: may renew and keep alive what is shared with
 * them, sees no balances · viewer: sees the state of what is shared with them.
 */
export const roles = ["owner", "renewer", "viewer"] as const;
export type Role = (typeof roles)[number];

/** One credential of WebAuthn that a person enrolled. Nothing in it is secret. */
export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** As the authenticator counts; stays 0 where the passkey is synchronised between devices. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Whether it is kept beyond one device. */
  readonly backedUp: boolean;
  /** As the person calls it: "Anna's phone". */
  readonly name: string;
  readonly createdAt: Temporal.Instant;
  readonly lastUsedAt: Temporal.Instant | null;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Their private chat with the bot, which is also their id at Telegram; null where there is none. */
  readonly chatId: string | null;
  readonly passkeys: readonly Passkey[];
  /** Where they are told besides their chat, in the order they were added. */
  readonly channels: readonly Channel[];
  readonly wishes: TellingWishes;
  /** Whether their channels still reach them: the newest proof of each, none of one that was never looked at. */
  readonly checks: readonly ChannelCheck[];
  /** Their newest answer to a morning's reminders. */
  readonly hold: Hold | null;
  /** Web sessions from before are over. */
  readonly sessionsEndedAt: Temporal.Instant | null;
  /** Since when nothing of theirs is renewed, until a passkey unlocks it; null: not locked. */
  readonly lockedAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  /** Who was removed stays in the records, for the journal's sake, and is nobody from then on. */
  readonly removedAt: Temporal.Instant | null;
  /** Rises by one at every commit; a commit on an older revision is refused. */
  readonly revision: number;
}

/** How somebody wants to be told. */
export interface TellingWishes {
  /** Ids of channels, the first one tried first; those not named follow in their own order. */
  readonly order: readonly string[];
  /** How long one channel may fail before the next one is tried. */
  readonly nextChannelAfterSeconds: number;
  /** So many minutes before the open, unanswered, the next person who may renew is asked too. */
  readonly escalateAtMinutes: number;
  /** A quiet word on mornings that need nothing. */
  readonly allSet: boolean;
}

/** Besides their chat and what the configuration names. */
export const maxOwnChannels = 10;

export const usualWishes: TellingWishes = {
  order: [],
  nextChannelAfterSeconds: 60,
  escalateAtMinutes: 15,
  allSet: false,
};

/** Whose installation it is. Connections that nobody else was given belong to them. */
export const firstPersonId = "owner";

export function newPerson(facts: Pick<Person, "id" | "name" | "role" | "chatId" | "createdAt">): Person {
  return {
    ...facts,
    passkeys: [],
    channels: [],
    wishes: usualWishes,
    checks: [],
    hold: null,
    sessionsEndedAt: null,
    lockedAt: null,
    removedAt: null,
    revision: 0,
  };
}

/** How people may be called, so that a list, a chat, the journal and a command line can hold it. */
export const personName = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} .'’-]{0,38}[\p{L}\p{N}\p{M}.])?$/u;

/** The person who is called so, in whatever capitals, and was not removed; null if there is none. */
export function personCalled(people: readonly Person[], name: string): Person | null {
  const wanted = name.normalize("NFKC").toLowerCase();
  const isIt = (person: Person) => person.removedAt === null && person.name.normalize("NFKC").toLowerCase() === wanted;
  return people.find(isIt) ?? null;
}

/** Whose private chat it is; null where nobody's. */
export function personOfChat(people: readonly Person[], chatId: string): Person | null {
  return people.find((person) => person.chatId === chatId && person.removedAt === null) ?? null;
}

/** The person of that id who was not removed; null if there is none. */
export function presentPerson(people: readonly Person[], id: string): Person | null {
  return people.find((person) => person.id === id && person.removedAt === null) ?? null;
}
