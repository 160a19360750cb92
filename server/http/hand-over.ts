// From Telegram to the browser: the Mini App asks who opened it, and the browser brings what it was handed over.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { handOverLife, matchLife } from "../domain/hand-over.ts";
import { refuse } from "../domain/refusal.ts";
import type { Secret } from "../domain/secret.ts";
import { connectionLabel } from "../domain/sentences.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { type HandedOver, type HandOverFault, spendHandOver } from "../use-cases/hand-over.ts";
import { isMarked } from "../use-cases/marked-secret.ts";
import { collectMatch, type Match, showNumber } from "../use-cases/match-number.ts";
import { openMiniApp } from "../use-cases/open-mini-app.ts";
import { beginHandOverProof, finishHandOverProof } from "../use-cases/prove-hand-over.ts";
import { signOut } from "../use-cases/sign-in.ts";
import type { Env } from "./caller.ts";
import type { EnteredReply, HandOverReply, MiniAppReply } from "./contract.ts";
import { assertedCredential, assertedShape } from "./credential-body.ts";
import { passkeyRefused } from "./passkey-door.ts";
import { problem, refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { type CookieSettings, deviceOf, setSessionCookie } from "./session-cookie.ts";
import { statusView } from "./views.ts";

const openBody = z.object({ initData: z.string() });
const tokenBody = z.object({ token: z.string().min(1).max(200) });
const proofBody = z.object({ connection: z.string().min(1).max(60), credential: assertedShape });
const secretBody = z.object({ secret: z.string().min(1).max(200) });

/** What Telegram's own web view may ask. `pageUrl`: where the links lead. */
export function miniAppRoutes(deps: Dependencies, pageUrl: string): Hono<Env> {
  return new Hono<Env>().post("/open", async (c) => {
    const body = await readBody(c, openBody);
    if (body instanceof Response) return body;
    const opened = await openMiniApp(deps, body.initData, deviceOf(c));
    if (opened === null)
      return problem(
        c,
        401,
        "not-from-telegram",
        "Telegram does not vouch for this opening, or no longer. Close this and open it again from the chat.",
      );
    return c.json<MiniAppReply>({
      person: opened.person.name,
      connections: opened.handOvers.map(({ overview: { connection, status }, secret }) => ({
        id: connection.id,
        label: connectionLabel(connection),
        status: statusView(connection, status),
        // In the fragment, which no server, no preview and no prefetch gets to see.
        handOver: secret === null ? null : `${pageUrl}/#go=${secret.reveal()}`,
      })),
      validSeconds: handOverLife.total("seconds"),
    });
  });
}

export function handOverRoutes(deps: Dependencies, settings: CookieSettings): Hono<Env> {
  return new Hono<Env>()
    .post("/hand-over", async (c) => {
      const body = await readBody(c, tokenBody);
      if (body instanceof Response) return body;
      const here = c.var.caller?.kind === "person" ? c.var.caller.person : null;
      const handed = await spendHandOver(deps, body.token, here, deviceOf(c));
      if (handed === "locked") return refusalProblem(c, refuse("locked"), "The broker");
      if (typeof handed === "string") return problem(c, ...handOverProblems[handed]);
      const proof = await proofOf(c, deps, handed);
      if (proof instanceof Response) return proof;
      const connection = { id: handed.connection.id, label: connectionLabel(handed.connection) };
      return c.json<HandOverReply>({ person: handed.person.name, connection, proof });
    })
    .post("/hand-over/passkey", async (c) => {
      const body = await readBody(c, proofBody);
      if (body instanceof Response) return body;
      const entered = await finishHandOverProof(
        deps,
        body.connection,
        assertedCredential(body.credential),
        deviceOf(c),
      );
      if (entered === "locked") return refusalProblem(c, refuse("locked"), "The broker");
      return entered === null ? passkeyRefused(c) : enter(c, entered);
    })
    .post("/match", async (c) => {
      const body = await readBody(c, secretBody);
      if (body instanceof Response) return body;
      const collected = await collectMatch(deps, body.secret, deviceOf(c));
      if (collected.outcome === "waiting") return c.json<EnteredReply>({ enteredFor: null });
      if (collected.outcome === "refused") return problem(c, ...matchProblems.refused);
      return enter(c, collected);
    });

  async function enter(c: Context<Env>, { cookie, handed }: { cookie: Secret; handed: HandedOver }): Promise<Response> {
    // A new sign-in replaces the old session of this browser.
    if (c.var.caller?.kind === "person") await signOut(deps, c.var.caller);
    setSessionCookie(c, cookie, settings);
    return c.json<EnteredReply>({ enteredFor: handed.connection.id });
  }
}

const anySecret = z.union([openBody, tokenBody, secretBody]);

/** Whether somebody comes with what Telegram signed or this installation made, good or not: nobody guesses that. */
export function showsSecret({ random, readInitData }: Dependencies): (c: Context<Env>) => Promise<boolean> {
  return async (c) => {
    const { data } = anySecret.safeParse(await c.req.json().catch(() => null));
    if (data === undefined) return false;
    if ("initData" in data) return readInitData !== null && readInitData(data.initData) !== null;
    return isMarked(random, "token" in data ? data.token : data.secret);
  };
}

/** A passkey where there is one; what the chat alone can open must not be easier to come by. */
async function proofOf(c: Context, deps: Dependencies, handed: HandedOver): Promise<HandOverReply["proof"] | Response> {
  if (handed.person.passkeys.length > 0) return { by: "passkey", options: await beginHandOverProof(deps, handed) };
  const match = await showNumber(deps, handed, deviceOf(c));
  if (match.outcome !== "shown") return problem(c, ...matchProblems[match.outcome]);
  const [secret, validSeconds] = [match.secret.reveal(), matchLife.total("seconds")];
  return { by: "number", number: match.number, secret, validSeconds };
}

type Words = readonly [status: 401 | 403 | 409 | 429 | 503, code: string, detail: string];

const handOverProblems: Record<Exclude<HandOverFault, "locked">, Words> = {
  spent: [401, "link-spent", "This link was used already or is older than two minutes. Open it again from the chat."],
  "somebody-else": [
    409,
    "somebody-else",
    "This link is another person’s, and somebody else is signed in here. Whoever sent it to you may want your login for their own connection: go on only with a link from your own chat.",
  ],
};

const matchProblems: Record<Exclude<Match["outcome"], "shown"> | "refused", Words> = {
  refused: [403, "match-refused", "The chat said no: another number was tapped, or “It wasn’t me”. Start again there."],
  "too-many-wrong": [
    429,
    "too-many-wrong",
    "Three numbers were wrong within the hour, so none is shown for an hour. Sign in with a passkey or a one-time link.",
  ],
  "chat-unreachable": [
    503,
    "chat-unreachable",
    "Your chat can’t be reached, so it can’t say that this is you. Try again in a moment, or sign in with a passkey or a one-time link.",
  ],
};
