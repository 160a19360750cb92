import { randomBytes, randomInt } from "node:crypto";
import { lifeOf } from "./token-life.ts";
import type { PracticeKeys } from "./practice-keys.ts";
import type { AccessToken, PracticeRecords } from "./practice-records.ts";

/** Dead tokens are remembered, so that they are refused for the right reason, but not for ever. */
const rememberedTokens = 50;

/** Base64 that always holds a `+` and a `/`, the characters careless clients damage; about every fourth draw does. */
export function awkwardBase64(): string {
  for (;;) {
    const text = randomBytes(32).toString("base64");
    if (text.includes("+") && text.includes("/")) return text;
  }
}

/** Five characters as in E*TRADE's codes, without those a person mistakes for another. */
export function newVerifier(): string {
  const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return Array.from({ length: 5 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

export function rememberAccessToken(
  records: PracticeRecords,
  issued: AccessToken,
  keys: PracticeKeys,
  now: Temporal.Instant,
): void {
  records.accessTokens.set(issued.token, issued);
  for (const token of records.accessTokens.values()) {
    if (records.accessTokens.size <= rememberedTokens) return;
    const life = lifeOf(token, keys[token.environment].lifetimeDays, now);
    if (life === "expired" || life === "revoked") records.accessTokens.delete(token.token);
  }
}
