// Schwab's answers in the shapes it gives them: its own JSON, its gateway's JSON, plain text, and the edge's pages.
import { randomUUID } from "node:crypto";
import { garbagePage } from "./answers.ts";
import type { SchwabSpoilingFault } from "./fault.ts";
import type { Wording } from "./schwab-records.ts";

/** How the token endpoint refuses, where the refusal is its own. */
export function oauthError(status: 400 | 401, error: string, description: string): Response {
  return Response.json({ error, error_description: description }, { status });
}

const deadRefreshToken: Record<Wording, { readonly error: string; readonly error_description: string }> = {
  "2024": {
    error_description:
      "Exception while authenticating refresh token [tokenDigest=4wPfQmpPz0b0=, Exception=Failed refresh token authentication [tokenDigest=4wPfQmpPz0b0=]]",
    error: "refresh_token_authentication_error",
  },
  "2026": { error_description: "Refresh token is invalid, expired or revoked", error: "invalid_grant" },
};

export function refreshTokenIsDead(wording: Wording): Response {
  return wrappedError(deadRefreshToken[wording]);
}

/** Nobody has published Schwab's answer to a spent code; it is taken to come in the same envelope. */
export function codeIsDead(): Response {
  return wrappedError({ error_description: "Authorization code is invalid or expired", error: "invalid_grant" });
}

/** The description quotes the inner JSON without escaping it: what it decodes to is no JSON. */
function wrappedError(inner: object): Response {
  return oauthError(400, "unsupported_token_type", `400 Bad Request: "${JSON.stringify(inner)}"`);
}

/** How the Trader API fails. */
export function serviceError(status: number, message: string, errors: readonly string[] = []): Response {
  return Response.json({ message, errors }, { status });
}

/** How the gateway before it fails; the status is a number here and a text there. */
export function gatewayError(status: number, title: string, detail: string): Response {
  return Response.json({ errors: [{ id: randomUUID(), status: String(status), title, detail }] }, { status });
}

/** The edge's refusal, which says nothing about any token. */
export function accessDeniedPage(url: string): Response {
  const shown = url.replace(/[^A-Za-z0-9]/g, (character) => `&#${character.codePointAt(0)};`);
  const reference = `18.${randomUUID().slice(0, 8)}.1700000000.${randomUUID().slice(0, 8)}`;
  const body = `<HTML><HEAD>
<TITLE>Access Denied</TITLE>
</HEAD><BODY>
<H1>Access Denied</H1>
 
You don't have permission to access "${shown}" on this server.<P>
Reference&#32;&#35;${reference}
<P>
</BODY>
</HTML>
`;
  return new Response(body, { status: 403, headers: { "content-type": "text/html", "cache-control": "no-store" } });
}

export function plainText(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain;charset=utf-8" } });
}

export function spoiledSchwab(fault: SchwabSpoilingFault, at: "token" | "api", url: string): Response {
  switch (fault) {
    case "error-500":
      return at === "api" ? serviceError(500, "Internal Server Error") : apigeeFault();
    case "maintenance":
      return plainText(503, "upstream request timeout");
    case "rate-limit":
      return plainText(429, "Rate Limit Exceeded");
    case "reject-key":
      return at === "api" ? clientNotAuthorized() : oauthError(401, "invalid_client", "Unauthorized");
    case "not-authorized":
      return at === "api" ? clientNotAuthorized() : oauthError(401, "unauthorized_client", "Client not authorized");
    case "html-403":
      return accessDeniedPage(url);
    case "html-garbage":
      return garbagePage();
  }
}

const clientNotAuthorized = () => gatewayError(401, "Unauthorized", "Client not authorized");

function apigeeFault(): Response {
  const fault = { faultstring: "Body buffer overflow", detail: { errorcode: "protocol.http.TooBigBody" } };
  return Response.json({ fault }, { status: 500 });
}
