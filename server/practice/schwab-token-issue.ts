// What Schwab's codes and tokens look like, and how many of them the practice Schwab remembers.
import { randomBytes } from "node:crypto";
import type { SchwabAccessToken, SchwabCode, SchwabLogin, SchwabRecords } from "./schwab-records.ts";
import { codeIsLive } from "./schwab-token-life.ts";

/** Dead ones are remembered, so that the control can tell why they died, but not for ever. */
const rememberedLogins = 20;
const rememberedAccessTokens = 40;

const host = Buffer.from("oauth2.bdc.schwab.com").toString("base64");
const opaque = (bytes: number) => randomBytes(bytes).toString("base64url");
const jwtPart = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");

/** Ends in the `@` that careless clients damage: it travels as `%40`. */
export const newCode = () => `C0.${host}.${opaque(32)}@`;
export const newAccessToken = () => `I0.${host}.${opaque(48)}@`;
export const newRefreshToken = () => `${opaque(64)}@`;

/** Three parts as in a JWT that no key verifies and whose claims fit nobody: a client must leave it unread. */
export function newIdToken(): string {
  const header = jwtPart({ alg: "RS512", kid: "none", typ: "JWT" });
  return `${header}.${jwtPart({ iss: "practice", aud: "nobody", exp: 1 })}.${opaque(32)}`;
}

export function rememberCode(records: SchwabRecords, issued: SchwabCode, now: Temporal.Instant): void {
  for (const old of records.codes.values()) if (!codeIsLive(old, now)) records.codes.delete(old.code);
  records.codes.set(issued.code, issued);
}

export function rememberLogin(records: SchwabRecords, issued: SchwabLogin): void {
  records.logins.set(issued.id, issued);
  forgetOldest(records.logins, rememberedLogins);
}

export function rememberAccess(records: SchwabRecords, issued: SchwabAccessToken): void {
  records.accessTokens.set(issued.token, issued);
  forgetOldest(records.accessTokens, rememberedAccessTokens);
}

/** A map lists its entries in the order they came. */
function forgetOldest(remembered: Map<string, unknown>, most: number): void {
  for (const key of remembered.keys()) {
    if (remembered.size <= most) return;
    remembered.delete(key);
  }
}
