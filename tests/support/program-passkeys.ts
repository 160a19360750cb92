// Enrolling, signing in and proving with a passkey in software, over HTTP as the page does it. Each changes the cookie.
import type { PasskeyCreationOptions, PasskeyRequestOptions } from "../../server/http/contract.ts";
import { type Answer, type Client, good } from "./program-client.ts";
import { type Program, sameOriginHeaders } from "./program.ts";
import { createSoftPasskey, type SoftPasskey } from "./soft-passkey.ts";

type Poster = Pick<Client, "post">;

/** Adds `passkey` to the signed-in person; the session's new cookie. Needs a fresh link or a fresh proof. */
export async function enrolPasskey(by: Poster, passkey: SoftPasskey, name?: string): Promise<string> {
  const options = await good<PasskeyCreationOptions>(by.post("/api/passkeys/options"));
  return cookieOf(await by.post("/api/passkeys", { credential: passkey.register(options), name: name ?? null }));
}

/** The cookie of a new session. `by`: a browser's page, signed in or not. */
export async function cookieByPasskey(by: Poster, passkey: SoftPasskey): Promise<string> {
  const options = await good<PasskeyRequestOptions>(by.post("/api/sessions/passkey/options"));
  return cookieOf(await by.post("/api/sessions/passkey", { credential: passkey.assert(options) }));
}

/** The session's new cookie; for two minutes it counts as proven. */
export async function proveByPasskey(by: Poster, passkey: SoftPasskey): Promise<string> {
  const options = await good<PasskeyRequestOptions>(by.post("/api/sessions/proof/options"));
  return cookieOf(await by.post("/api/sessions/proof", { credential: passkey.assert(options) }));
}

/** Signed in by passkey and freshly proven; without one, a new one is enrolled by the program's printed link first. */
export async function signInByPasskey(program: Program, passkey?: SoftPasskey): Promise<Client> {
  const known = passkey ?? createSoftPasskey(program.pageUrl);
  if (passkey === undefined) await enrolPasskey(await program.signIn(), known);
  const cookie = await cookieByPasskey(program.stranger(sameOriginHeaders), known);
  return program.stranger({ ...sameOriginHeaders, cookie });
}

function cookieOf(answer: Answer): string {
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (answer.status >= 300 || cookie === undefined)
    throw new Error(`The passkey was refused with ${answer.status}: ${answer.text}`);
  return cookie;
}
