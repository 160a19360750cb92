// Who calls /cron in the cloud: the identity token that Cloud Scheduler sends, checked by signature and claim by claim.
import type { JWTPayload } from "jose";
import type { Clock } from "../ports.ts";

export interface CronAccess {
  readonly audience: string;
  /** The e-mail address of the scheduler's service account. */
  readonly serviceAccount: string;
  /** Where the keys are published that Google signs with. */
  readonly jwksUrl: string;
}

/** Why a token is not believed. "keys-unreachable" says nothing about the token: it may be tried again. */
export type TokenFault =
  | "keys-unreachable"
  | "signature-removed"
  | "malformed"
  | "algorithm"
  | "unknown-key"
  | "signature"
  | "expired"
  | "not-yet-valid"
  | "issuer"
  | "audience"
  | "other-account"
  | "unverified-email"
  | "claim-missing";

/** Answers null for the scheduler's own token. */
export type VerifyScheduler = (token: string) => Promise<TokenFault | null>;

const issuers = ["https://accounts.google.com", "accounts.google.com"];
const clockToleranceSeconds = 60;
/** What Google gives an identity token. */
const longestLifeSeconds = 3600;

/** What Cloud Run leaves of a token's signature where its own IAM check stands before the service. */
const removedSignature = ".SIGNATURE_REMOVED_BY_GOOGLE";

/** Keys are fetched at the first token and kept; an unknown key fetches them anew, at most twice a minute. */
export function schedulerVerifier(access: CronAccess, clock: Clock): VerifyScheduler {
  let loading: ReturnType<typeof load> | null = null;

  /** The library is loaded at the first call, not at start. */
  async function load() {
    const { createRemoteJWKSet, jwtVerify } = await import("jose");
    const keys = createRemoteJWKSet(new URL(access.jwksUrl));
    return (token: string) =>
      jwtVerify(token, keys, {
        algorithms: ["RS256"],
        issuer: issuers,
        audience: access.audience,
        requiredClaims: ["exp", "iat", "email", "email_verified"],
        maxTokenAge: longestLifeSeconds,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock().epochMilliseconds),
      });
  }

  return async (token) => {
    if (token.endsWith(removedSignature)) return "signature-removed";
    loading ??= load();
    const verify = await loading;
    let payload: JWTPayload;
    try {
      ({ payload } = await verify(token));
    } catch (error) {
      return faultOf(error);
    }
    // The library is content with a list that has ours on it; Google's tokens name one audience.
    if (payload.aud !== access.audience) return "audience";
    if (payload["email"] !== access.serviceAccount) return "other-account";
    return payload["email_verified"] === true ? null : "unverified-email";
  };
}

/** By code alone: the message of an error may quote what was sent. */
function faultOf(error: unknown): TokenFault {
  const { code, claim, reason } = Object(error);
  switch (code) {
    case "ERR_JWT_EXPIRED":
      return "expired";
    case "ERR_JWT_CLAIM_VALIDATION_FAILED":
      if (reason === "missing") return "claim-missing";
      return claimFaults[claim] ?? "malformed";
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return "algorithm";
    case "ERR_JWKS_NO_MATCHING_KEY":
    case "ERR_JWKS_MULTIPLE_MATCHING_KEYS":
      return "unknown-key";
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
      return "signature";
    case "ERR_JWS_INVALID":
    case "ERR_JWT_INVALID":
    case "ERR_JOSE_NOT_SUPPORTED":
      return "malformed";
    default:
      return "keys-unreachable";
  }
}

const claimFaults: Readonly<Record<string, TokenFault>> = {
  iss: "issuer",
  aud: "audience",
  nbf: "not-yet-valid",
  iat: "not-yet-valid",
};
