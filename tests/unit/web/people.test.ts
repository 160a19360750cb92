import { describe, expect, it } from "vitest";
import type { ApiTokenView, MeReply, PersonView } from "../../../server/http/contract.ts";
import { byName } from "../../../web/src/tokens-model.ts";
import { sharedSentence } from "../../../web/src/wording-details.ts";
import { inviteSentence, personNote, sessionSentence, tokenNote } from "../../../web/src/wording-people.ts";
import { aConnection } from "../../support/web-scenarios.ts";

const labelOf = (id: string) => (id === "etrade-prod" ? "E*TRADE production" : id);
const now = Date.parse("2026-11-20T17:04:09Z");

const aTokenView = (change: Partial<ApiTokenView> = {}): ApiTokenView => ({
  name: "bot",
  scopes: ["token", "status"],
  connections: null,
  createdAt: "2026-11-20T15:00:00Z",
  expiresAt: null,
  ...change,
});

const aPersonView = (change: Partial<PersonView> = {}): PersonView => ({
  id: "anna",
  name: "Anna",
  role: "renewer",
  me: false,
  first: false,
  passkeys: 1,
  telegram: true,
  locked: false,
  shared: [],
  ...change,
});

describe("somebody else's connection", () => {
  it("says whose it is and what one may do; one's own says nothing", () => {
    expect(sharedSentence(aConnection())).toBeNull();
    expect(sharedSentence(aConnection({ role: "renewer" }))).toBe(
      "Max’s connection. You may renew it; accounts and balances stay with Max.",
    );
    expect(sharedSentence(aConnection({ role: "viewer" }))).toBe(
      "Max’s connection. You may look at it; Max can let you renew it.",
    );
  });
});

describe("a person", () => {
  it.each([
    [{}, "Renewer · 1 passkey · Telegram"],
    [{ role: "viewer", passkeys: 0, telegram: false }, "Viewer · no passkey yet"],
    [{ role: "owner", passkeys: 2, locked: true }, "Owner · 2 passkeys · Telegram · locked"],
  ] as const)("in one line: %j", (change, line) => {
    expect(personNote(aPersonView(change))).toBe(line);
  });

  it("is told how they are signed in, and until when", () => {
    const session: MeReply["session"] = { door: "link", expiresAt: "2026-11-20T22:30:00Z", onlyFor: null };
    const me = {
      id: "a",
      name: "A",
      role: "owner",
      passkeys: 0,
      locked: false,
      telegram: false,
      proven: false,
    } as const;
    expect(sessionSentence({ ...me, session }, now)).toBe(
      "Signed in with a one-time link, until 5:30 PM ET at the latest.",
    );
    expect(inviteSentence("Nina", "2026-11-20T18:04:00Z", now)).toBe(
      "Send this to Nina and nobody else. It works once, until 1:04 PM ET.",
    );
  });
});

describe("a program's token", () => {
  it("in one line: what it may, for what, until when", () => {
    expect(tokenNote(aTokenView(), labelOf, now)).toBe("read the state, fetch the broker’s tokens · all connections");
    const narrow = aTokenView({ connections: ["etrade-prod"], expiresAt: "2027-02-18T15:00:00Z" });
    expect(tokenNote(narrow, labelOf, now)).toBe(
      "read the state, fetch the broker’s tokens · E*TRADE production · until Thu, Feb 18, 10:00 AM ET",
    );
  });

  it("that replaces another stands for both, and says how long the other is good", () => {
    const old = aTokenView({ expiresAt: "2026-11-21T15:00:00Z" });
    const fresh = aTokenView({ createdAt: "2026-11-20T17:00:00Z" });
    const other = aTokenView({ name: "other" });
    expect(byName([old, other, fresh])).toEqual([
      { token: fresh, until: "2026-11-21T15:00:00Z" },
      { token: other, until: null },
    ]);
  });
});
