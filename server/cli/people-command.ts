// `prebell people`: who may do what. Whoever has the server's terminal is its owner, so nothing here asks for a passkey.
import { ConfigError } from "../config.ts";
import { type Person, personCalled, personName, presentPerson, type Role, roles } from "../domain/person.ts";
import { firstPersonId } from "../domain/person.ts";
import type { Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { actingAs } from "../use-cases/acting-as.ts";
import { changeRole } from "../use-cases/change-role.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { endSessions } from "../use-cases/end-sessions.ts";
import { forgetPasskeys } from "../use-cases/forget-passkeys.ts";
import { giveConnection } from "../use-cases/give-connection.ts";
import { invitePerson } from "../use-cases/invite-person.ts";
import { removePerson } from "../use-cases/remove-person.ts";
import { renamePerson } from "../use-cases/rename-person.ts";
import { shareConnection } from "../use-cases/share-connection.ts";
import { createLink } from "../use-cases/sign-in.ts";
import { unlockPerson } from "../use-cases/unlock-person.ts";
import { unshareConnection } from "../use-cases/unshare-connection.ts";
import { atTerminal, complain, labelOf, print, refused } from "./commands.ts";

const usage = `Usage: npm run prebell -- people [ACTION]; names with spaces go in quotes

  list                        everybody, and what they may see
  link [NAME]                 a fresh sign-in link, good once; without a name the first owner's
  invite NAME ROLE            a link by which somebody becomes an owner, a renewer or a viewer
  role NAME ROLE              owner: has connections, invites, gives programs tokens
                              renewer: renews what is shared with them, sees no accounts
                              viewer: sees the state of what is shared with them
  rename NAME NEW-NAME
  remove NAME                 ends their sessions, shares and programs' tokens
  unlock NAME                 after /lock in the chat: renewals are possible again
  sessions-end NAME           signs them out everywhere
  forget-passkeys NAME        for whoever lost them all: the next link then adds a new one
  share CONNECTION NAME
  unshare CONNECTION NAME
  give CONNECTION NAME        to another owner, with its token and its account pin`;

/** `pageUrl`: null where this machine does not know where the page is opened. */
export async function peopleCommand(
  given: Dependencies,
  pageUrl: string | null,
  [action = "list", ...words]: readonly string[],
): Promise<number> {
  const deps = actingAs(given, atTerminal);
  const [first, second] = words;
  switch (action) {
    case "help":
      print(usage);
      return 0;
    case "list":
      return list(deps);
    case "link":
      return link(deps, linkBase(pageUrl), first);
    case "invite":
      return invite(deps, linkBase(pageUrl), first, second);
    case "share":
    case "unshare":
    case "give":
      return onConnection(deps, action, first, second);
    case "role":
    case "rename":
    case "remove":
    case "unlock":
    case "sessions-end":
    case "forget-passkeys":
      return onPerson(deps, action, first, second);
    default:
      complain(`people: there is no action "${action}".\n\n${usage}`);
      return 2;
  }
}

function linkBase(pageUrl: string | null): string {
  if (pageUrl === null)
    throw new ConfigError("PUBLIC_URL is missing: the link has to lead to where the page is opened.");
  return pageUrl;
}

async function list(deps: Dependencies): Promise<number> {
  const [people, recorded] = await Promise.all([deps.records.people(), deps.records.connections()]);
  const connections = recorded.filter(({ removedAt }) => removedAt === null);
  const present = people.filter(({ removedAt }) => removedAt === null);
  const width = Math.max(...present.map(({ name }) => name.length));
  for (const person of present) {
    const { id, name, role, passkeys, chatId, lockedAt } = person;
    const own = connections.filter(({ ownerId }) => ownerId === id).map(connectionLabel);
    const shared = connections.filter(({ sharedWith }) => sharedWith.includes(id)).map(connectionLabel);
    const facts = [
      passkeys.length === 1 ? "1 passkey" : `${passkeys.length} passkeys`,
      ...(chatId === null ? [] : ["chat"]),
      ...(lockedAt === null ? [] : ["LOCKED"]),
      ...(own.length === 0 ? [] : [`owns ${own.join(", ")}`]),
      ...(shared.length === 0 ? [] : [`shared: ${shared.join(", ")}`]),
    ];
    print(`${name.padEnd(width)}  ${role.padEnd(8)} ${facts.join(" · ")}`);
  }
  return 0;
}

async function link(deps: Dependencies, pageUrl: string, name: string | undefined): Promise<number> {
  const people = await deps.records.people();
  const person = name === undefined ? presentPerson(people, firstPersonId) : personCalled(people, name);
  if (person === null) return nobody(people, name);
  const secret = await createLink(deps, person.id);
  print(`${pageUrl}/#signin=${secret.reveal()}`);
  complain(`Signs ${person.name} in. Good once, for ten minutes.`);
  return 0;
}

async function invite(deps: Dependencies, pageUrl: string, name = "", wanted = ""): Promise<number> {
  const role = roleOf(wanted);
  if (role === null || !personName.test(name)) {
    complain(`people invite: a name of 1 to 40 letters and digits, and a role: ${roles.join(", ")}.`);
    return 2;
  }
  const result = await invitePerson(deps, { name, role, by: null });
  if (result.outcome === "refused") return notDone(deps, result);
  print(`${pageUrl}/#invite=${result.token.reveal()}`);
  const minutes = Math.round(result.expiresAt.since(deps.machineClock()).total("minutes"));
  complain(`For ${name} alone. Good once, for ${minutes} minutes.`);
  return 0;
}

async function onPerson(
  deps: Dependencies,
  action: "role" | "rename" | "remove" | "unlock" | "sessions-end" | "forget-passkeys",
  name: string | undefined,
  second = "",
): Promise<number> {
  const people = await deps.records.people();
  const person = name === undefined ? null : personCalled(people, name);
  if (person === null) return nobody(people, name);
  switch (action) {
    case "role": {
      const role = roleOf(second);
      if (role === null) {
        complain(`people role: name one of ${roles.join(", ")}.`);
        return 2;
      }
      return say(deps, await changeRole(deps, { personId: person.id, role, by: null }), `${person.name}: ${role}.`);
    }
    case "rename":
      if (!personName.test(second)) {
        complain("people rename: a name has 1 to 40 letters and digits.");
        return 2;
      }
      return say(deps, await renamePerson(deps, person.id, second), `${person.name} is called ${second} now.`);
    case "remove":
      return say(deps, await removePerson(deps, person.id, null), `${person.name}: removed.`);
    case "unlock":
      return say(deps, await unlockPerson(deps, person.id), `${person.name}: renewals are possible again.`);
    case "sessions-end":
      return say(deps, await endSessions(deps, person.id), `${person.name}: signed out everywhere.`);
    case "forget-passkeys":
      return say(
        deps,
        await forgetPasskeys(deps, person.id),
        `${person.name}: no passkey any more, and signed out everywhere.`,
      );
  }
}

async function onConnection(
  deps: Dependencies,
  action: "share" | "unshare" | "give",
  connectionId = "",
  name: string | undefined,
): Promise<number> {
  if (!deps.providers.has(connectionId)) {
    complain(`people ${action}: name one of ${[...deps.providers.keys()].join(", ")}.`);
    return 2;
  }
  const people = await deps.records.people();
  const person = name === undefined ? null : personCalled(people, name);
  if (person === null) return nobody(people, name);
  const label = labelOf(deps, connectionId);
  switch (action) {
    case "share":
      return say(deps, await shareConnection(deps, connectionId, person.id), `${label}: shared with ${person.name}.`);
    case "unshare":
      return say(
        deps,
        await unshareConnection(deps, connectionId, person.id),
        `${label}: no longer shared with ${person.name}.`,
      );
    case "give":
      return say(deps, await giveConnection(deps, connectionId, person.id), `${label}: belongs to ${person.name} now.`);
  }
}

function roleOf(word: string): Role | null {
  return roles.find((role) => role === word) ?? null;
}

function say(deps: Dependencies, result: { readonly outcome: string } | Refusal, sentence: string): number {
  if ("code" in result) return notDone(deps, result);
  print(sentence);
  return 0;
}

function notDone(deps: Dependencies, refusal: Refusal): number {
  return refused(deps, "", refusal);
}

function nobody(people: readonly Person[], name: string | undefined): number {
  const names = people.filter(({ removedAt }) => removedAt === null).map((person) => person.name);
  complain(`Name one of ${names.join(", ")}${name === undefined ? "" : `, not ${name}`}.`);
  return 2;
}
