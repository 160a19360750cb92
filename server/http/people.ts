// People: who is signed in, who there is, invitations, roles, and signing out everywhere.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { firstPersonId, type Person, personName, roles } from "../domain/person.ts";
import type { Refusal } from "../domain/refusal.ts";
import { isFreshlyProven } from "../domain/web-session.ts";
import { acceptInvitation } from "../use-cases/accept-invitation.ts";
import { changeRole } from "../use-cases/change-role.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { endSessions } from "../use-cases/end-sessions.ts";
import { invitePerson } from "../use-cases/invite-person.ts";
import { removePerson } from "../use-cases/remove-person.ts";
import { renamePerson } from "../use-cases/rename-person.ts";
import { signOut } from "../use-cases/sign-in.ts";
import { allow, allowOwner, allowProven, personOf, type ProofSettings } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { InvitationReply, MeReply, PeopleReply, PersonView } from "./contract.ts";
import { problem, refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { clearSessionCookie, type CookieSettings, setSessionCookie } from "./session-cookie.ts";
import { iso } from "./views.ts";

const nameShape = z
  .string()
  .trim()
  .regex(personName, "is 1 to 40 letters and digits; spaces, dots, hyphens and apostrophes may be between them");
const inviteBody = z.object({ name: nameShape, role: z.enum(roles) });
const acceptBody = z.object({ token: z.string().min(1).max(200) });
const changeBody = z.object({ name: nameShape.optional(), role: z.enum(roles).optional() });

export interface PeopleSettings extends ProofSettings, CookieSettings {
  /** Where people open the page. */
  readonly pageUrl: string;
}

export function peopleRoutes(deps: Dependencies, settings: PeopleSettings): Hono<Env> {
  const proven = allowProven(deps, settings);

  return new Hono<Env>()
    .get("/me", allow(null), (c) => c.json<MeReply>(meView(c, settings)))
    .post("/sessions/end-all", allow(null), async (c) => {
      const result = await endSessions(c.var.deps, personOf(c).person.id);
      if (result.outcome === "refused") return refused(c, result);
      clearSessionCookie(c, settings);
      c.header("Clear-Site-Data", '"cookies", "storage"');
      return c.json({});
    })
    .get("/people", allow(null), async (c) => c.json<PeopleReply>({ people: await visiblePeople(c) }))
    .post("/people", allowOwner(), proven, async (c) => {
      const body = await readBody(c, inviteBody);
      if (body instanceof Response) return body;
      const result = await invitePerson(c.var.deps, { ...body, by: personOf(c).person });
      if (result.outcome === "refused") return refused(c, result);
      const link = `${settings.pageUrl}/#invite=${result.token.reveal()}`;
      return c.json<InvitationReply>({ link, expiresAt: iso(result.expiresAt) }, 201);
    })
    .post("/people/accept", async (c) => {
      const body = await readBody(c, acceptBody);
      if (body instanceof Response) return body;
      const accepted = await acceptInvitation(deps, body.token);
      if (accepted === null)
        return problem(
          c,
          401,
          "invitation-spent",
          "This invitation was used already or has lapsed. Ask for a new one.",
        );
      // A new sign-in replaces the old session of this browser.
      if (c.var.caller?.kind === "person") await signOut(deps, c.var.caller);
      setSessionCookie(c, accepted.secret, settings);
      return c.json({}, 201);
    })
    .post("/people/:id", allowOwner(), proven, async (c) => {
      const body = await readBody(c, changeBody);
      if (body instanceof Response) return body;
      const refusal = await changePerson(c, c.req.param("id"), body);
      return refusal === null ? c.json<PeopleReply>({ people: await visiblePeople(c) }) : refused(c, refusal);
    })
    .delete("/people/:id", allowOwner(), proven, async (c) => {
      const result = await removePerson(c.var.deps, c.req.param("id"), personOf(c).person);
      return result.outcome === "refused" ? refused(c, result) : c.json({});
    });
}

/** One after the other, the role first; the page asks for one at a time. */
async function changePerson(
  c: Context<Env>,
  personId: string,
  wish: z.infer<typeof changeBody>,
): Promise<Refusal | null> {
  const { deps } = c.var;
  const role =
    wish.role === undefined ? null : await changeRole(deps, { personId, role: wish.role, by: personOf(c).person });
  if (role?.outcome === "refused") return role;
  const name = wish.name === undefined ? null : await renamePerson(deps, personId, wish.name);
  return name?.outcome === "refused" ? name : null;
}

function meView(c: Context<Env>, { linkCounts }: ProofSettings): MeReply {
  const { person, session } = personOf(c);
  return {
    id: person.id,
    name: person.name,
    role: person.role,
    passkeys: person.passkeys.length,
    locked: person.lockedAt !== null,
    telegram: person.chatId !== null,
    session: { door: session.door, expiresAt: iso(session.expiresAt), onlyFor: session.onlyFor },
    proven: isFreshlyProven(session, person, c.var.deps.machineClock(), linkCounts),
  };
}

/** Everybody for an owner, else the reader alone; of what is shared, only what the reader shares. */
async function visiblePeople(c: Context<Env>): Promise<PersonView[]> {
  const { person: reader, session } = personOf(c);
  const own = [...c.var.visible.values()].filter(({ ownerId }) => ownerId === reader.id && session.onlyFor === null);
  const view = (person: Person): PersonView => ({
    id: person.id,
    name: person.name,
    role: person.role,
    me: person.id === reader.id,
    first: person.id === firstPersonId,
    passkeys: person.passkeys.length,
    telegram: person.chatId !== null,
    locked: person.lockedAt !== null,
    shared: own.filter(({ sharedWith }) => sharedWith.includes(person.id)).map(({ id }) => id),
  });
  const present = (await c.var.deps.records.people()).filter(({ removedAt }) => removedAt === null);
  const seen =
    reader.role === "owner" && session.onlyFor === null ? present : present.filter(({ id }) => id === reader.id);
  return seen.map(view).toSorted((a, b) => Number(b.me) - Number(a.me) || a.name.localeCompare(b.name));
}

function refused(c: Context<Env>, refusal: Refusal): Response {
  return refusalProblem(c, refusal, "The broker");
}
