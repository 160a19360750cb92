// Programs' tokens, for the owners who make them.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { apiScopes, type ApiToken, coversConnection, tokenName } from "../domain/api-token.ts";
import { goodTokens } from "../use-cases/api-tokens.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { makeApiToken, type MakeResult } from "../use-cases/make-api-token.ts";
import { revokeApiToken } from "../use-cases/revoke-api-token.ts";
import { rotateApiToken, usualOverlap } from "../use-cases/rotate-api-token.ts";
import { allowOwner, allowProven, personOf, type ProofSettings } from "./allow.ts";
import type { Env } from "./caller.ts";
import type { ApiTokensReply, ApiTokenView, MadeTokenReply } from "./contract.ts";
import { refusalProblem } from "./problem.ts";
import { readBody } from "./request-body.ts";
import { iso, isoOrNull } from "./views.ts";

const makeBody = z.object({
  name: z.string().regex(tokenName, "is 1 to 40 letters, digits, dots, hyphens or underscores"),
  scopes: z.array(z.enum(apiScopes)).min(1, "names at least one scope"),
  /** Null: all that the maker may see, now and later. */
  connections: z.array(z.string().max(100)).min(1, "names at least one").max(100).nullable().default(null),
  expiresInDays: z.int().min(1).max(3650).nullable().default(null),
});
const rotateBody = z.object({
  overlapHours: z.int().min(0).max(720).default(usualOverlap.total("hours")),
});

export interface ApiTokenSettings extends ProofSettings {
  /** The tokens of the configuration, besides those in the records. */
  readonly apiTokens: readonly ApiToken[];
}

export function apiTokenRoutes(deps: Dependencies, settings: ApiTokenSettings): Hono<Env> {
  const proven = allowProven(deps, settings);
  const configured = settings.apiTokens;

  return (
    new Hono<Env>()
      .use(allowOwner())
      .get("/", async (c) => {
        const made = await goodTokens(c.var.deps, personOf(c).person.id);
        const concerned = configured.filter((token) =>
          [...c.var.visible.keys()].some((id) => coversConnection(token, id)),
        );
        return c.json<ApiTokensReply>({ tokens: [...concerned, ...made].map((token) => tokenView(c, token)) });
      })
      .post("/", proven, async (c) => {
        const body = await readBody(c, makeBody);
        if (body instanceof Response) return body;
        const { name, connections, expiresInDays } = body;
        const result = await makeApiToken(c.var.deps, {
          name,
          scopes: apiScopes.filter((scope) => body.scopes.includes(scope)),
          connections,
          expiresAt: expiresInDays === null ? null : c.var.deps.machineClock().add({ hours: 24 * expiresInDays }),
          maker: personOf(c).person,
          configured,
        });
        return madeReply(c, result);
      })
      .post("/:name/rotate", proven, async (c) => {
        const body = await readBody(c, rotateBody);
        if (body instanceof Response) return body;
        const overlap = Temporal.Duration.from({ hours: body.overlapHours });
        const personId = personOf(c).person.id;
        return madeReply(
          c,
          await rotateApiToken(c.var.deps, { name: c.req.param("name"), personId, overlap, configured }),
        );
      })
      // Ending one needs no proof: it has to be possible at once.
      .delete("/:name", async (c) => {
        const personId = personOf(c).person.id;
        const result = await revokeApiToken(c.var.deps, { name: c.req.param("name"), personId, configured });
        return result.outcome === "refused" ? refusalProblem(c, result, "The broker") : c.json({});
      })
  );
}

function madeReply(c: Context<Env>, result: MakeResult): Response {
  if (result.outcome === "refused") return refusalProblem(c, result, "The broker");
  return c.json<MadeTokenReply>({ token: result.secret.reveal(), made: tokenView(c, result.token) }, 201);
}

/** Of the configuration's tokens the reader learns no more than what concerns their own connections. */
function tokenView(c: Context<Env>, token: ApiToken): ApiTokenView {
  const visible = token.connections?.filter((id) => c.var.visible.has(id)) ?? null;
  return {
    name: token.name,
    scopes: [...token.scopes],
    connections: visible,
    createdAt: token.personId === null ? null : iso(token.createdAt),
    expiresAt: isoOrNull(token.expiresAt),
  };
}
