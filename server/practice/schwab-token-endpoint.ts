// Schwab's token endpoint: the exchange of a code, the refresh, and the client_credentials trap.
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { FaultPlace } from "./fault.ts";
import { type AppName, schwabAppBy } from "./practice-apps.ts";
import type { Person } from "./practice-records.ts";
import type { PracticeEnv } from "./received-call.ts";
import { codeIsDead, oauthError, plainText, refreshTokenIsDead, spoiledSchwab } from "./schwab-answers.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import type { SchwabLogin } from "./schwab-records.ts";
import { newAccessToken, newIdToken, newRefreshToken, rememberAccess, rememberLogin } from "./schwab-token-issue.ts";
import { accessSeconds, clientCredentialsSeconds, codeIsLive } from "./schwab-token-life.ts";
import { sameText } from "./signature.ts";

export function createSchwabTokenEndpoint(broker: SchwabBroker): Hono<PracticeEnv> {
  const { records, options, now } = broker;
  const app = new Hono<PracticeEnv>();

  app.all("/", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const isForm = (c.req.header("content-type") ?? "").split(";")[0]?.trim() === "application/x-www-form-urlencoded";
    return broker.calls.answer(c, {
      place: placeOf(form),
      path: "/schwab/v1/oauth/token",
      environment: null,
      spoil: (fault) => spoiledSchwab(fault, "token", c.req.url),
      act() {
        if (c.req.method !== "POST") return plainText(405, "Method Not Allowed");
        // Basic is the only way in; a secret in the body is refused even where the header is right.
        const client = clientOf(c.req.header("authorization") ?? "");
        if (form.has("client_secret") || client === undefined) return oauthError(401, "invalid_client", "Unauthorized");
        if (!isForm) return oauthError(400, "invalid_request", "Unsupported content type");
        const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1);
        if (repeated !== undefined) return oauthError(400, "invalid_request", `Repeated parameter: ${repeated}`);
        return granted(form, client.name);
      },
    });
  });

  return app;

  function clientOf(authorization: string): { readonly name: AppName } | undefined {
    const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
    return encoded === undefined ? undefined : schwabAppBy(records, Buffer.from(encoded, "base64").toString("utf8"));
  }

  function granted(form: URLSearchParams, client: AppName): Response {
    switch (form.get("grant_type")) {
      case "authorization_code":
        return exchange(client, form.get("code") ?? "", form.get("redirect_uri") ?? "");
      case "refresh_token":
        return refresh(client, form.get("refresh_token") ?? "");
      case "client_credentials":
        // Looks like success to a client that asks no more than an access token, and has no login behind it.
        return tokens({ login: null, expiresIn: clientCredentialsSeconds });
      case null:
        return oauthError(400, "invalid_request", "Missing parameter: grant_type");
      default:
        return oauthError(400, "unsupported_grant_type", "Unsupported grant type");
    }
  }

  function exchange(client: AppName, code: string, redirectUri: string): Response {
    if (code === "" || redirectUri === "") return oauthError(400, "invalid_request", "Missing code or redirect_uri");
    const consent = records.codes.get(code);
    if (consent === undefined) return codeIsDead();
    // Spent by whatever the app sends along with it.
    records.codes.delete(code);
    if (consent.app !== client || !codeIsLive(consent, now())) return codeIsDead();
    if (consent.redirectUri !== redirectUri)
      return oauthError(400, "invalid_request", "redirect_uri differs from the authorization request's");
    if (options.newLoginEndsEarlier) endEarlierLogins(client, consent.person);
    const login: SchwabLogin = {
      id: randomUUID(),
      app: client,
      person: consent.person,
      accounts: consent.accounts,
      issuedAt: now(),
      refreshToken: newRefreshToken(),
      refreshes: 0,
      end: null,
    };
    rememberLogin(records, login);
    return tokens({ login, expiresIn: accessSeconds, place: "exchange" });
  }

  function endEarlierLogins(client: AppName, person: Person): void {
    for (const login of records.logins.values())
      if (login.app === client && login.person === person && login.end === null && opensSomething(login))
        login.end = "replaced";
  }

  /** One past its deadline may have left an access token behind. */
  function opensSomething(login: SchwabLogin): boolean {
    const lastOnes = [...records.accessTokens.values()].filter((token) => token.login === login.id);
    return broker.lifeOf(login) === "alive" || lastOnes.some((token) => broker.accessLifeOf(token) === "active");
  }

  function refresh(client: AppName, refreshToken: string): Response {
    if (refreshToken === "") return oauthError(400, "invalid_request", "Missing parameter: refresh_token");
    const login = [...records.logins.values()].find(
      (one) => one.app === client && sameText(one.refreshToken, refreshToken),
    );
    if (login === undefined || broker.lifeOf(login) !== "alive") return refreshTokenIsDead(records.wording);
    login.refreshes += 1;
    if (records.rotation) login.refreshToken = newRefreshToken();
    return tokens({ login, expiresIn: accessSeconds, place: "refresh" });
  }

  function tokens(issue: { login: SchwabLogin | null; expiresIn: number; place?: FaultPlace }): Response {
    const { login, expiresIn, place = "exchange" } = issue;
    const [token, issuedAt] = [newAccessToken(), now()];
    const expiresAt = issuedAt.add({ seconds: expiresIn });
    rememberAccess(records, { token, login: login?.id ?? null, issuedAt, expiresAt });
    const withRefreshToken = login !== null && !broker.take("no-refresh-token", place);
    return Response.json(
      {
        expires_in: expiresIn,
        token_type: "Bearer",
        scope: "api",
        ...(withRefreshToken && { refresh_token: login.refreshToken }),
        access_token: token,
        ...(login !== null && { id_token: newIdToken() }),
      },
      { headers: { "cache-control": "no-store" } },
    );
  }
}

/** Chosen before anything is verified: what the form claims has to do. */
function placeOf(form: URLSearchParams): FaultPlace {
  return form.get("grant_type") === "refresh_token" ? "refresh" : "exchange";
}
