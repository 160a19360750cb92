// WebAuthn over @simplewebauthn/server. It takes a tenth of a second to load, so that waits until somebody is asked for a passkey.
import type { Passkey } from "../domain/person.ts";
import { challengeLimit } from "../domain/passkey.ts";
import type { WebAuthn } from "../ports.ts";

export interface Site {
  /** The domain that passkeys are bound to. Those of another one are lost, so it must not change. */
  readonly id: string;
  /** Where the page is opened. */
  readonly origins: ReadonlySet<string>;
}

// COSE: ES256, EdDSA, RS256. Every authenticator has the first or, on Windows, the last.
const algorithms = [-7, -8, -257];

export function simpleWebAuthn(site: Site): WebAuthn {
  let library: Promise<typeof import("@simplewebauthn/server")> | null = null;
  const load = () => (library ??= import("@simplewebauthn/server"));
  /** While the person looks for their finger the verifying code is fetched. */
  const warm = () => void load().catch(() => (library = null));
  const expected = { expectedOrigin: [...site.origins], expectedRPID: site.id, requireUserVerification: true } as const;

  return {
    creationOptions(challenge, user, known) {
      warm();
      return {
        rp: { id: site.id, name: "Prebell" },
        user: { id: toBase64Url(user.handle), name: user.name, displayName: user.name },
        challenge,
        pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
        timeout: challengeLimit.total("milliseconds"),
        excludeCredentials: known.map(descriptor),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
      };
    },
    requestOptions(challenge, allowed) {
      warm();
      return {
        rpId: site.id,
        challenge,
        timeout: challengeLimit.total("milliseconds"),
        allowCredentials: allowed.map(descriptor),
        userVerification: "required",
      };
    },
    challengeOf({ clientDataJSON }) {
      try {
        const data: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8"));
        const named = typeof data === "object" && data !== null && "challenge" in data ? data.challenge : null;
        return typeof named === "string" ? named : null;
      } catch {
        return null;
      }
    },
    async verifyCreated({ id, rawId, clientDataJSON, attestationObject, transports }, challenge) {
      try {
        const { verifyRegistrationResponse } = await load();
        const result = await verifyRegistrationResponse({
          response: {
            id,
            rawId,
            type: "public-key",
            response: { clientDataJSON, attestationObject },
            clientExtensionResults: {},
          },
          expectedChallenge: challenge,
          supportedAlgorithmIDs: algorithms,
          ...expected,
          expectedOrigin: [...site.origins],
        });
        if (!result.verified) return { ok: false, fault: "The attestation does not hold." };
        const { credential, credentialBackedUp } = result.registrationInfo;
        const publicKey = Buffer.from(credential.publicKey).toString("base64url");
        const { counter } = credential;
        return {
          ok: true,
          value: { id: credential.id, publicKey, counter, transports: [...transports], backedUp: credentialBackedUp },
        };
      } catch (fault) {
        return { ok: false, fault };
      }
    },
    async verifyAsserted({ id, rawId, clientDataJSON, authenticatorData, signature, userHandle }, challenge, passkey) {
      try {
        const { verifyAuthenticationResponse } = await load();
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: {
            id,
            rawId,
            type: "public-key",
            response: { clientDataJSON, authenticatorData, signature },
            clientExtensionResults: {},
          },
          expectedChallenge: challenge,
          // The counter is judged by the caller, who knows the newest one and whom to tell.
          credential: { id: passkey.id, publicKey: Buffer.from(passkey.publicKey, "base64url"), counter: 0 },
          ...expected,
          expectedOrigin: [...site.origins],
        });
        if (!verified) return { ok: false, fault: "The signature does not fit the key." };
        const { newCounter, credentialBackedUp } = authenticationInfo;
        const handle = userHandle === null ? null : Buffer.from(userHandle, "base64url").toString("utf8");
        return { ok: true, value: { counter: newCounter, backedUp: credentialBackedUp, handle } };
      } catch (fault) {
        return { ok: false, fault };
      }
    },
  };
}

function descriptor({ id, transports }: Passkey): { type: "public-key"; id: string; transports: string[] } {
  return { type: "public-key", id, transports: [...transports] };
}

function toBase64Url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
