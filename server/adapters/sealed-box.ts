// AES-256-GCM. Layout: 1 byte version · 4 bytes key id · 12 bytes nonce · ciphertext · 16 bytes tag.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import type { SealingKey, SealingKeys } from "./sealing-keys.ts";

export interface SealedBox {
  /** Call inside the write transaction that stores the result: a rotation waits for that one and then finds this blob. */
  seal(plaintext: string, context: string): Buffer;
  /** The plaintext sealed under the same context; throws, without any content, on a changed or displaced blob or an unknown key. */
  open(sealed: Uint8Array, context: string): string;
  /** HMAC-SHA256 in hex under a secret that survives rotation. */
  fingerprint(text: string): string;
}

const algorithm = "aes-256-gcm";
const version = 1;
const nonceAt = 5;
const ciphertextAt = 17;
const tagBytes = 16;

export function sealedBox(keys: SealingKeys): SealedBox {
  return {
    seal(plaintext, context) {
      const key = keys.newest();
      const header = Buffer.from([version, ...Buffer.from(key.id, "hex")]);
      const nonce = randomBytes(ciphertextAt - nonceAt);
      const cipher = createCipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
      cipher.setAAD(associated(header, context));
      const ciphertext = [cipher.update(plaintext, "utf8"), cipher.final()];
      return Buffer.concat([header, nonce, ...ciphertext, cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const blob = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (blob.length < ciphertextAt + tagBytes || blob[0] !== version)
        throw new Error(`The sealed record ${context} is damaged.`);
      const key = keys.find(keyIdOf(blob));
      if (key === null)
        throw new Error(
          `The sealed record ${context} needs key ${keyIdOf(blob)}, which ${keys.where} does not hold. ${keys.remedy}`,
        );
      return decrypt(blob, key, context);
    },
    fingerprint: (text) => createHmac("sha256", keys.pinSecret()).update(text).digest("hex"),
  };
}

/** The id of the key that the blob is sealed under. */
export function keyIdOf(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(1, nonceAt)).toString("hex");
}

function decrypt(blob: Buffer, key: SealingKey, context: string): string {
  const tagAt = blob.length - tagBytes;
  const nonce = blob.subarray(nonceAt, ciphertextAt);
  const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associated(blob.subarray(0, nonceAt), context));
  decipher.setAuthTag(blob.subarray(tagAt));
  const first = decipher.update(blob.subarray(ciphertextAt, tagAt));
  try {
    return Buffer.concat([first, decipher.final()]).toString("utf8");
  } catch (error) {
    throw new Error(`The sealed record ${context} was changed after it was sealed, or belongs to another record.`, {
      cause: error,
    });
  }
}

// The header has a fixed length, so header and context can't be mistaken for one another.
function associated(header: Uint8Array, context: string): Buffer {
  return Buffer.concat([header, Buffer.from(context, "utf8")]);
}
