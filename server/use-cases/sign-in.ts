// One-time links and the web sessions they become. Only digests are stored; a link is spent by POST, once.
import type { Secret } from "../domain/secret.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "machineClock" | "clock" | "random" | "sessions" | "records" | "log">;

/** OWASP ASVS 6.5.5 allows ten minutes for a secret sent by another way. */
export const handoffLifetime = Temporal.Duration.from({ minutes: 10 });
/** Long, because at 08:30 on a phone nobody has a terminal at hand; a session alone cannot mint a token. */
export const sessionLifetime = Temporal.Duration.from({ hours: 24 * 30 });

/** A fresh one-time token for the fragment of a sign-in link. */
export async function createHandoff(deps: Needs): Promise<Secret> {
  const token = deps.random.bearer();
  await deps.sessions.addHandoff(deps.random.digest(token.reveal()), deps.machineClock().add(handoffLifetime));
  return token;
}

/** The new session's secret for the cookie; null if the link is spent, late or was never given. */
export async function spendHandoff(deps: Needs, token: string): Promise<Secret | null> {
  const now = deps.machineClock();
  if (!(await deps.sessions.spendHandoff(deps.random.digest(token), now))) return null;
  const session = deps.random.bearer();
  await deps.sessions.addSession(deps.random.digest(session.reveal()), now, now.add(sessionLifetime));
  const text = "A device signed in with a one-time link.";
  try {
    await deps.records.commit({ journal: [{ at: deps.clock(), kind: "signed-in", connectionId: null, text }] });
  } catch (error) {
    // The link is spent and the session stored: whoever stands there at 08:30 has no second link at hand.
    deps.log.error("sign-in-not-journalled", { error });
  }
  deps.log.info("signed-in");
  return session;
}

/** The session's id (its digest) if the cookie's value is a live session; null otherwise. */
export async function findSession(deps: Needs, cookie: string): Promise<string | null> {
  const digest = deps.random.digest(cookie);
  return (await deps.sessions.hasSession(digest, deps.machineClock())) ? digest : null;
}

export async function signOut(deps: Needs, sessionId: string): Promise<void> {
  await deps.sessions.removeSession(sessionId);
}
