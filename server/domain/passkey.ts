// Pure. Passkeys: what is asked of a browser and what it answers, their names, and the counter that gives a copy away.
import type { Passkey } from "./person.ts";

/** How long an answer to a challenge is waited for. */
export const challengeLimit = Temporal.Duration.from({ minutes: 2 });

/** Far more than one person has devices. */
export const maxPasskeys = 20;

/** What `navigator.credentials.create` takes, as JSON. */
export interface CreationOptions {
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: { type: "public-key"; alg: number }[];
  readonly timeout: number;
  readonly excludeCredentials: CredentialDescriptor[];
  readonly authenticatorSelection: {
    readonly residentKey: "required";
    readonly requireResidentKey: true;
    readonly userVerification: "required";
  };
  readonly attestation: "none";
}

/** What `navigator.credentials.get` takes, as JSON. */
export interface RequestOptions {
  readonly rpId: string;
  readonly challenge: string;
  readonly timeout: number;
  /** Empty: any passkey of this site. */
  readonly allowCredentials: CredentialDescriptor[];
  readonly userVerification: "required";
}

interface CredentialDescriptor {
  readonly type: "public-key";
  readonly id: string;
  readonly transports: string[];
}

/** What a browser says it created. Everything in base64url, and nothing of it checked yet. */
export interface CreatedCredential {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
}

/** What a browser says was signed. Everything in base64url, and nothing of it checked yet. */
export interface AssertedCredential {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle: string | null;
}

/**
 * Whether a counter that was seen means that two authenticators hold the same key (WebAuthn §6.1.1). Synchronised passkeys do
 * not count and stay at 0.
 */
export function wentBack(stored: number, seen: number): boolean {
  return (stored > 0 || seen > 0) && seen <= stored;
}

/** "Chrome on Android", "Chrome on Android 2": the device, told from those there are. */
export function passkeyName(device: string | null, known: readonly Pick<Passkey, "name">[]): string {
  const name = device ?? "Passkey";
  const isTaken = (candidate: string) => known.some((passkey) => passkey.name === candidate);
  let free = name;
  for (let count = 2; isTaken(free); count += 1) free = `${name} ${count}`;
  return free;
}
