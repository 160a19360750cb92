// One's own passkeys: which there are, another one, other names, and their end.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { deviceWords } from "../domain/device.ts";
import { maxPasskeys } from "../domain/passkey.ts";
import type { Passkey } from "../domain/person.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { beginEnrolment, type Enrolment, finishEnrolment } from "../use-cases/enrol-passkey.ts";
import { removePasskey } from "../use-cases/remove-passkey.ts";
import { renamePasskey } from "../use-cases/rename-passkey.ts";
import { renewSession } from "../use-cases/sign-in.ts";
import { allowPerson, allowProven, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { PasskeyCreationOptions, PasskeyRemovedReply, PasskeysReply, PasskeyView } from "./contract.ts";
import { createdCredential, createdShape, passkeyNameShape } from "./credential-body.ts";
import { problem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { type CookieSettings, setSessionCookie } from "./session-cookie.ts";
import { iso, isoOrNull } from "./views.ts";

const createBody = z.object({ credential: createdShape, name: passkeyNameShape.nullish() });
const renameBody = z.object({ name: passkeyNameShape });

const lastGone =
  "That was your last passkey. From now on only a one-time link from the server's own terminal signs you in.";

export function passkeyRoutes(deps: Dependencies, settings: CookieSettings): Hono<Env> {
  // For the first passkey a fresh link does, wherever Prebell runs: that is what the link is for.
  const enrolling = allowProven(deps, { linkCounts: true });

  return new Hono<Env>()
    .use(allowPerson())
    .get("/", (c) => c.json<PasskeysReply>({ passkeys: personOf(c).person.passkeys.map(passkeyView) }))
    .post("/options", enrolling, async (c) =>
      c.json<PasskeyCreationOptions>(await beginEnrolment(c.var.deps, personOf(c))),
    )
    .post("/", enrolling, async (c) => {
      const body = await readBody(c, createBody);
      if (body instanceof Response) return body;
      const device = deviceWords(c.req.header("user-agent") ?? "");
      const wish = { name: body.name ?? null, device };
      const enrolment = await finishEnrolment(c.var.deps, personOf(c), createdCredential(body.credential), wish);
      if (enrolment.outcome === "refused") return notAdded(c, enrolment.reason);
      // Whoever created it was verified by it this moment: the same proof as signing with it.
      setSessionCookie(c, await renewSession(c.var.deps, personOf(c).session), settings);
      return c.json<PasskeyView>(passkeyView(enrolment.passkey), 201);
    })
    .post("/:id", async (c) => {
      const body = await readBody(c, renameBody);
      if (body instanceof Response) return body;
      const passkey = await renamePasskey(c.var.deps, personOf(c).person.id, c.req.param("id"), body.name);
      return passkey === null ? unknown(c) : c.json<PasskeyView>(passkeyView(passkey));
    })
    .delete("/:id", allowProven(deps, { linkCounts: false }), async (c) => {
      const removal = await removePasskey(c.var.deps, personOf(c), c.req.param("id"));
      if (removal.outcome === "unknown") return unknown(c);
      setSessionCookie(c, removal.secret, settings);
      return c.json<PasskeyRemovedReply>({ left: removal.left, warning: removal.left === 0 ? lastGone : null });
    });
}

function passkeyView({ id, name, createdAt, lastUsedAt, backedUp }: Passkey): PasskeyView {
  return { id, name, createdAt: iso(createdAt), lastUsedAt: isoOrNull(lastUsedAt), backedUp };
}

function notAdded(c: Context, reason: Extract<Enrolment, { outcome: "refused" }>["reason"]): Response {
  switch (reason) {
    case "not-genuine":
      return problem(c, 422, "passkey-not-added", "The new passkey was not accepted. Nothing was added; try again.");
    case "taken":
      return problem(c, 409, "passkey-taken", "This passkey is in use here already.");
    case "too-many":
      return problem(c, 409, "too-many-passkeys", `You have ${maxPasskeys} passkeys. Remove one first.`);
  }
}

function unknown(c: Context): Response {
  return problem(c, 404, "unknown-passkey", "You have no such passkey. It may have been removed meanwhile.");
}
