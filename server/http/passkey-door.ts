// The passkey door: signing in, and proving that it is still the same person. What is refused is refused in one way.
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { beginProof, finishProof } from "../use-cases/prove-presence.ts";
import { signOut } from "../use-cases/sign-in.ts";
import { beginPasskeySignIn, finishPasskeySignIn } from "../use-cases/sign-in-by-passkey.ts";
import { allow, passkeyNeeded, personOf } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { PasskeyRequestOptions } from "./contract.ts";
import { assertedCredential, assertedShape } from "./credential-body.ts";
import { problem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { type CookieSettings, deviceOf, setSessionCookie } from "./session-cookie.ts";

const body = z.object({ credential: assertedShape });

export function passkeyDoorRoutes(deps: Dependencies, settings: CookieSettings): Hono<Env> {
  return new Hono<Env>()
    .post("/passkey/options", async (c) => c.json<PasskeyRequestOptions>(await beginPasskeySignIn(deps)))
    .post("/passkey", async (c) => {
      const answer = await readBody(c, body);
      if (answer instanceof Response) return answer;
      const before = c.var.caller?.kind === "person" ? c.var.caller : null;
      const secret = await finishPasskeySignIn(deps, assertedCredential(answer.credential), before, deviceOf(c));
      if (secret === null) return passkeyRefused(c);
      // A new sign-in replaces the old session of this browser.
      if (before !== null) await signOut(deps, before);
      setSessionCookie(c, secret, settings);
      return c.json({});
    })
    .post("/proof/options", allow(null), async (c) => {
      const options = await beginProof(c.var.deps, personOf(c));
      return options === null ? passkeyNeeded(c) : c.json<PasskeyRequestOptions>(options);
    })
    .post("/proof", allow(null), async (c) => {
      const answer = await readBody(c, body);
      if (answer instanceof Response) return answer;
      const secret = await finishProof(c.var.deps, personOf(c), assertedCredential(answer.credential));
      if (secret === null) return passkeyRefused(c);
      setSessionCookie(c, secret, settings);
      return c.json({});
    });
}

/**
 * Whether an answer names a passkey of somebody here. Nobody but its holder knows its id, so they are heard even while
 * strangers have shut the door.
 */
export function namesPasskey({ records }: Pick<Dependencies, "records">): (c: Context<Env>) => Promise<boolean> {
  return async (c) => {
    const answer = body.safeParse(await c.req.json().catch(() => null));
    if (!answer.success) return false;
    const { id } = answer.data.credential;
    return (await records.people()).some(({ passkeys }) => passkeys.some((passkey) => passkey.id === id));
  };
}

/** Says nothing of why: a stranger learns nothing, and the journal knows. */
export function passkeyRefused(c: Context): Response {
  return problem(
    c,
    401,
    "passkey-refused",
    "The passkey was not accepted. Try again; if that does not help, a one-time link does: npm run prebell -- link",
  );
}
