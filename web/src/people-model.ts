// Who is signed in, who else there is, and what is shared with them. Asked anew whenever the settings are opened.
import { computed, effect, signal } from "@preact/signals";
import type { InvitationReply, MeReply, PeopleReply, PersonView, RoleName } from "../../server/http/contract.ts";
import { perform } from "./action-model.ts";
import { change, get } from "./api.ts";
import { forgetEverything, refresh, signedIn, status } from "./board-model.ts";
import { forgetTokens, loadTokens } from "./tokens-model.ts";

export const me = signal<MeReply | null>(null);
export const people = signal<PersonView[] | null>(null);
/** The newest invitation: shown until the settings are closed, and then nowhere any more. */
export const invitation = signal<(InvitationReply & { name: string }) | null>(null);

/** A session that was handed over for one renewal is for that, whoever's it is. */
export const isOwner = computed(() => me.value?.role === "owner" && me.value.session.onlyFor === null);

/** The connections that the reader may share. */
export const ownConnections = computed(() => status.value?.connections.filter(({ role }) => role === "owner") ?? []);

const path = (id: string): string => `/api/people/${encodeURIComponent(id)}`;

/** Called with the settings when they open, with null when they close. */
export function showPeople(settings: Element | null): void {
  if (settings === null) forget();
  else void perform("show-people", load, "you");
}

/** What was fetched for one person is not the next one's. */
export function watchPeople(): () => void {
  return effect(() => {
    if (!signedIn.value) forget();
  });
}

function forget(): void {
  me.value = null;
  people.value = null;
  invitation.value = null;
  forgetTokens();
}

async function load(): Promise<void> {
  me.value = await get<MeReply>("/api/me");
  if (!isOwner.value) return;
  await Promise.all([loadPeople(), loadTokens()]);
}

async function loadPeople(): Promise<void> {
  people.value = (await get<PeopleReply>("/api/people")).people;
}

export function invite(name: string, role: RoleName): Promise<boolean> {
  return perform("invite", async () => {
    invitation.value = { ...(await change<InvitationReply>("POST", "/api/people", { name, role })), name };
  });
}

export function giveRole(id: string, role: RoleName, name = `role ${id}`): Promise<boolean> {
  return perform(name, async () => {
    people.value = (await change<PeopleReply>("POST", path(id), { role })).people;
  });
}

/** What the reader is called, in the journal and to whom they share something with. */
export function renameMe(name: string): Promise<boolean> {
  return perform("rename", async () => {
    await change("POST", path(me.value?.id ?? ""), { name });
    await Promise.all([load(), refresh()]);
  });
}

export function removePerson(id: string): Promise<boolean> {
  return perform(`remove ${id}`, async () => {
    await change("DELETE", path(id));
    await loadPeople();
  });
}

/** Shares the connection with the person, or takes it back. */
export function share(connectionId: string, personId: string, wanted: boolean): Promise<boolean> {
  const shares = `/api/connections/${encodeURIComponent(connectionId)}/shares`;
  return perform(
    `share ${connectionId} ${personId}`,
    async () => {
      if (wanted) await change("POST", shares, { personId });
      else await change("DELETE", `${shares}/${encodeURIComponent(personId)}`);
      await Promise.all([loadPeople(), refresh()]);
    },
    `person ${personId}`,
  );
}

export function signOutEverywhere(): Promise<boolean> {
  return perform("sign-out-everywhere", async () => {
    await change("POST", "/api/sessions/end-all");
    forgetEverything();
  });
}
