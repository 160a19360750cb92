// What the scripted API of the page says about people and programs' tokens.
import type { ApiTokensReply, MeReply, PeopleReply, PersonView } from "../../server/http/contract.ts";

const meReply: MeReply = {
  id: "owner",
  name: "Max",
  role: "owner",
  passkeys: 2,
  locked: false,
  telegram: true,
  session: { door: "passkey", expiresAt: "2026-11-21T05:04:09Z", onlyFor: null },
  proven: false,
};

const person = (change: Partial<PersonView>): PersonView => ({
  id: "anna",
  name: "Anna",
  role: "renewer",
  me: false,
  first: false,
  passkeys: 1,
  telegram: true,
  locked: false,
  shared: ["etrade-prod"],
  ...change,
});

const people: PeopleReply = {
  people: [
    person({ id: "owner", name: "Max", role: "owner", me: true, first: true, passkeys: 2, shared: [] }),
    person({}),
    person({
      id: "maximiliane",
      name: "Maximiliane von Hohenstein-Wallersdorf",
      role: "viewer",
      passkeys: 0,
      telegram: false,
      shared: [],
    }),
  ],
};

const tokens: ApiTokensReply = {
  tokens: [
    { name: "watchdog", scopes: ["status"], connections: null, createdAt: null, expiresAt: null },
    {
      name: "opening-range-bot",
      scopes: ["status", "confirm", "token"],
      connections: ["etrade-prod"],
      createdAt: "2026-11-18T15:00:00Z",
      expiresAt: "2026-11-21T15:00:00Z",
    },
    {
      name: "opening-range-bot",
      scopes: ["status", "confirm", "token"],
      connections: ["etrade-prod"],
      createdAt: "2026-11-20T15:00:00Z",
      expiresAt: "2027-02-18T15:00:00Z",
    },
  ],
};

/** By path. `signedInAs`: the role of who reads. */
export function peopleReplies(
  signedInAs: MeReply["role"],
): Readonly<Record<string, MeReply | PeopleReply | ApiTokensReply>> {
  if (signedInAs === "owner") return { "/api/me": meReply, "/api/people": people, "/api/tokens": tokens };
  return { "/api/me": { ...meReply, id: "anna", name: "Anna", role: signedInAs } };
}
