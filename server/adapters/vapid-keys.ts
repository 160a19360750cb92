// The key that this installation proves itself with to push services (RFC 8292). Browsers tie their subscriptions to it, so
// it has to stay the same: it is derived from a secret that does.
import { createECDH, hkdfSync } from "node:crypto";
import { Secret } from "../domain/secret.ts";

export interface VapidKeys {
  /** What browsers subscribe with, base64url. */
  readonly publicKey: string;
  readonly privateKey: Secret;
}

/** What to take the keyed hash of. */
export const vapidKeyName = "web-push vapid key 1";

const curve = "prime256v1";
/** The order of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const scalarBytes = 32;

/** Always the same pair for the same 32 bytes of keyed hash, given in hex. Pure. */
export function vapidKeysFrom(keyedHash: string): VapidKeys {
  if (!/^[0-9a-f]{64}$/.test(keyedHash)) throw new Error("VAPID keys are made of 32 bytes in hex.");
  // 128 bits more than the order has, so that the remainder favours no key (FIPS 186-5 A.2.1).
  const bytes = hkdfSync("sha256", Buffer.from(keyedHash, "hex"), "", vapidKeyName, scalarBytes + 16);
  const scalar = (BigInt(`0x${Buffer.from(bytes).toString("hex")}`) % (order - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(2 * scalarBytes, "0"), "hex");
  const pair = createECDH(curve);
  pair.setPrivateKey(privateKey);
  return {
    publicKey: pair.getPublicKey().toString("base64url"),
    privateKey: new Secret(privateKey.toString("base64url")),
  };
}

/** Whether the two were made together. */
export function isVapidPair(publicKey: string, privateKey: Secret): boolean {
  try {
    const pair = createECDH(curve);
    pair.setPrivateKey(Buffer.from(privateKey.reveal(), "base64url"));
    return pair.getPublicKey().toString("base64url") === publicKey;
  } catch {
    // Not a number within the curve's order.
    return false;
  }
}
