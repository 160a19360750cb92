// A passkey in software: ES256 and hand-made CBOR on node:crypto. Strict as a browser with its authenticator is: it answers no
// other site, wants a resident key and the person verified, and never enrols twice.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type {
  AssertedPasskey,
  CreatedPasskey,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from "../../server/http/contract.ts";

export interface SoftPasskey {
  /** Of the credential; before `register` there is none. */
  readonly id: string;
  /** Counts each use. Put back, it is the copy of an earlier state; left at `null`, it stays 0, as synchronised ones do. */
  counter: number | null;
  /** What the browser gives for `navigator.credentials.create`, as JSON. */
  register(options: PasskeyCreationOptions, deviation?: Deviation): CreatedPasskey;
  /** The same for `navigator.credentials.get`. */
  assert(options: PasskeyRequestOptions, deviation?: Deviation): AssertedPasskey;
}

/** What no honest browser would do. */
export interface Deviation {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** False: only touched, neither face nor finger nor PIN. */
  readonly userVerified?: boolean;
  readonly userHandle?: string;
}

const [userPresent, userVerified, backupEligible, backedUp, attested] = [0x01, 0x04, 0x08, 0x10, 0x40];
const es256 = -7;

/** `rpId`: by default the origin's own host. */
export function createSoftPasskey(origin: string, rpId = new URL(origin).hostname): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  let credential: { readonly id: Buffer; readonly userHandle: string } | null = null;

  function refuseOthers(site: string, deviation: Deviation): void {
    const host = new URL(origin).hostname;
    if (deviation.rpId === undefined && (site !== rpId || (host !== rpId && !host.endsWith(`.${rpId}`))))
      throw new Error(`SecurityError: ${origin} is not of ${site}.`);
  }

  function count(): number {
    if (passkey.counter === null) return 0;
    passkey.counter += 1;
    return passkey.counter;
  }

  function authenticatorData(deviation: Deviation, attestedData: Buffer | null): Buffer {
    const flags =
      userPresent |
      (deviation.userVerified === false ? 0 : userVerified) |
      (passkey.counter === null ? backupEligible | backedUp : 0) |
      (attestedData === null ? 0 : attested);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(attestedData === null ? count() : (passkey.counter ?? 0));
    const site = createHash("sha256")
      .update(deviation.rpId ?? rpId)
      .digest();
    return Buffer.concat([site, Buffer.from([flags]), counter, attestedData ?? Buffer.alloc(0)]);
  }

  function clientData(type: "webauthn.create" | "webauthn.get", challenge: string, deviation: Deviation): Buffer {
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: deviation.challenge ?? challenge,
        origin: deviation.origin ?? origin,
        crossOrigin: false,
      }),
    );
  }

  const passkey: SoftPasskey = {
    get id() {
      if (credential === null) throw new Error("This passkey is not enrolled yet.");
      return base64url(credential.id);
    },
    counter: null,
    register(options, deviation = {}) {
      refuseOthers(options.rp.id, deviation);
      if (credential !== null && options.excludeCredentials.some(({ id }) => id === passkey.id))
        throw new Error("InvalidStateError: this authenticator is enrolled already.");
      if (!options.pubKeyCredParams.some(({ alg }) => alg === es256)) throw new Error("NotSupportedError: no ES256.");
      const { residentKey, userVerification } = options.authenticatorSelection;
      if (residentKey !== "required" || userVerification !== "required")
        throw new Error("A passkey has to be resident and to verify its person.");
      credential = { id: randomBytes(16), userHandle: options.user.id };
      const idLength = Buffer.alloc(2);
      idLength.writeUInt16BE(credential.id.length);
      const authData = authenticatorData(
        deviation,
        Buffer.concat([Buffer.alloc(16), idLength, credential.id, coseKey(publicKey)]),
      );
      const attestation = cborMap([
        [cborText("fmt"), cborText("none")],
        [cborText("attStmt"), cborMap([])],
        [cborText("authData"), cborBytes(authData)],
      ]);
      return {
        id: passkey.id,
        rawId: passkey.id,
        type: "public-key",
        response: {
          clientDataJSON: base64url(clientData("webauthn.create", options.challenge, deviation)),
          attestationObject: base64url(attestation),
          transports: ["internal"],
        },
      };
    },
    assert(options, deviation = {}) {
      refuseOthers(options.rpId, deviation);
      const { allowCredentials } = options;
      if (credential === null) throw new Error("NotAllowedError: there is no passkey for this site.");
      if (allowCredentials.length > 0 && !allowCredentials.some(({ id }) => id === passkey.id))
        throw new Error("NotAllowedError: it is not among the passkeys asked for.");
      const data = clientData("webauthn.get", options.challenge, deviation);
      const authData = authenticatorData(deviation, null);
      const signed = Buffer.concat([authData, createHash("sha256").update(data).digest()]);
      return {
        id: passkey.id,
        rawId: passkey.id,
        type: "public-key",
        response: {
          clientDataJSON: base64url(data),
          authenticatorData: base64url(authData),
          signature: base64url(sign("sha256", signed, privateKey)),
          userHandle: deviation.userHandle ?? credential.userHandle,
        },
      };
    },
  };
  return passkey;
}

const base64url = (bytes: Buffer): string => bytes.toString("base64url");

/** RFC 9052: kty EC2, alg ES256, crv P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return cborMap([
    [cborInteger(1), cborInteger(2)],
    [cborInteger(3), cborInteger(es256)],
    [cborInteger(-1), cborInteger(1)],
    [cborInteger(-2), cborBytes(Buffer.from(x, "base64url"))],
    [cborInteger(-3), cborBytes(Buffer.from(y, "base64url"))],
  ]);
}

// RFC 8949, as much of it as is needed.
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}
const cborInteger = (value: number) => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (bytes: Buffer) => Buffer.concat([cborHead(2, bytes.length), bytes]);
const cborText = (text: string) => Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
const cborMap = (pairs: readonly (readonly [Buffer, Buffer])[]) =>
  Buffer.concat([cborHead(5, pairs.length), ...pairs.flat()]);
