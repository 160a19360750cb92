// OAuth 2.0's authorization code and refresh grants (RFC 6749 §4.1 and §6) for a client with a secret, by oauth4webapi.
import * as oauth from "oauth4webapi";

export interface OAuth2Client {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Null where the broker grants what the app was approved for, whatever is asked. */
  readonly scope: string | null;
  readonly userAgent: string;
}

export interface GrantedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number | null;
}

/** `refused`: the broker answered otherwise than with tokens; its table says what that means. `lost`: nobody knows. */
export type GrantAnswer =
  | {
      readonly outcome: "granted";
      readonly httpStatus: number;
      readonly headers: Headers;
      readonly tokens: GrantedTokens;
    }
  | { readonly outcome: "refused"; readonly httpStatus: number; readonly headers: Headers; readonly body: string }
  | { readonly outcome: "lost"; readonly timedOut: boolean };

/** Where the person logs in. `state` comes back with the code. */
export function authorizationUrl(client: OAuth2Client, state: string): string {
  const url = new URL(client.authorizeUrl);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("client_id", client.clientId);
  url.searchParams.set("redirect_uri", client.redirectUri);
  if (client.scope !== null) url.searchParams.set("scope", client.scope);
  url.searchParams.set("state", state);
  return url.href;
}

/** `code` as decoded from the address, once. Never repeat: it works once. */
export function exchangeCode(client: OAuth2Client, code: string, timeoutMs: number): Promise<GrantAnswer> {
  const server = serverOf(client);
  const self = { client_id: client.clientId };
  return grant(client, timeoutMs, async (options) => {
    // The use case has compared the state before it hands the code over.
    const callback = oauth.validateAuthResponse(server, self, new URLSearchParams({ code }), oauth.skipStateCheck);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      self,
      oauth.ClientSecretBasic(client.clientSecret),
      callback,
      client.redirectUri,
      oauth.nopkce,
      options,
    );
    return oauth.processAuthorizationCodeResponse(server, self, response);
  });
}

export function refreshTokens(client: OAuth2Client, refreshToken: string, timeoutMs: number): Promise<GrantAnswer> {
  const server = serverOf(client);
  const self = { client_id: client.clientId };
  return grant(client, timeoutMs, async (options) => {
    const authentication = oauth.ClientSecretBasic(client.clientSecret);
    const response = await oauth.refreshTokenGrantRequest(server, self, authentication, refreshToken, options);
    return oauth.processRefreshTokenResponse(server, self, response);
  });
}

function serverOf({ authorizeUrl, tokenUrl }: OAuth2Client): oauth.AuthorizationServer {
  return { issuer: new URL(tokenUrl).origin, authorization_endpoint: authorizeUrl, token_endpoint: tokenUrl };
}

interface Heard {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly body: string;
}

async function grant(
  { tokenUrl, userAgent }: OAuth2Client,
  timeoutMs: number,
  ask: (options: oauth.TokenEndpointRequestOptions) => Promise<oauth.TokenEndpointResponse>,
): Promise<GrantAnswer> {
  let heard: Heard | null = null;
  let unanswered: { readonly timedOut: boolean } | null = null;
  /** Listens to the end of the answer and keeps its words for the broker's table. */
  const attentively = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      const response = await fetch(url, init);
      const answer = { httpStatus: response.status, headers: response.headers, body: await response.text() };
      heard = answer;
      return presentable(answer);
    } catch (error) {
      unanswered = { timedOut: error instanceof Error && error.name === "TimeoutError" };
      throw error;
    }
  };
  try {
    const tokens = await ask({
      [oauth.customFetch]: attentively,
      // Only practice brokers and tests are spoken to in the clear; configuration asks https of every other address.
      [oauth.allowInsecureRequests]: new URL(tokenUrl).protocol === "http:",
      headers: { "user-agent": userAgent },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return granted(tokens, heard);
  } catch (error) {
    return notGranted(error, heard, unanswered);
  }
}

function granted(tokens: oauth.TokenEndpointResponse, heard: Heard | null): GrantAnswer {
  return {
    outcome: "granted",
    httpStatus: heard?.httpStatus ?? 200,
    headers: heard?.headers ?? new Headers(),
    tokens: {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? null,
      expiresInSeconds: tokens.expires_in ?? null,
    },
  };
}

function notGranted(error: unknown, heard: Heard | null, unanswered: { timedOut: boolean } | null): GrantAnswer {
  if (heard !== null) return { outcome: "refused", ...heard };
  if (unanswered !== null) return { outcome: "lost", ...unanswered };
  throw error;
}

/**
 * The answer as the library takes it. Without the `id_token`, which it would hold against an issuer and keys that Schwab
 * documents nowhere, and which no one reads; without what is empty; and called JSON where it is, whatever its header says: a
 * refresh that is not understood may have cost the refresh token.
 */
function presentable({ httpStatus, headers, body }: Heard): Response {
  // `Response` can't be made with a status that has no body; those are no grant anyway.
  const status = [101, 204, 205, 304].includes(httpStatus) ? 502 : httpStatus;
  const answer = jsonObject(body);
  if (answer === null) {
    const type = headers.get("content-type");
    return new Response(body, { status, headers: type === null ? {} : { "content-type": type } });
  }
  const said = Object.entries(answer).filter(([name, value]) => name !== "id_token" && value !== null && value !== "");
  return Response.json(Object.fromEntries(said), { status });
}

function jsonObject(body: string): object | null {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === "object" && !Array.isArray(answer) ? answer : null;
  } catch {
    return null;
  }
}
