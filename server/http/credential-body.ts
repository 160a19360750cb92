// What a browser's passkey answers, as it comes in a body. The shape only: whether it is genuine, a use case finds out.
import { z } from "zod";
import type { AssertedCredential, CreatedCredential } from "../domain/passkey.ts";

const base64url = z.string().regex(/^[\w-]+={0,2}$/, "is base64url");
const id = { id: base64url.max(1400), rawId: base64url.max(1400), type: z.literal("public-key") };
const transports = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;

/** As the person calls a passkey: shown, and written into the journal. */
export const passkeyNameShape = z
  .string()
  .trim()
  .regex(/^[^\p{C}]{1,40}$/u, "is 1 to 40 characters on one line");

export const createdShape = z.object({
  ...id,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    // New kinds come; what is not known helps nobody later.
    transports: z
      .array(z.string())
      .max(20)
      .optional()
      .transform((given) => transports.filter((known) => given?.includes(known))),
  }),
});

export const assertedShape = z.object({
  ...id,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

export function createdCredential({ id: name, rawId, response }: z.infer<typeof createdShape>): CreatedCredential {
  return { id: name, rawId, ...response };
}

export function assertedCredential({ id: name, rawId, response }: z.infer<typeof assertedShape>): AssertedCredential {
  return { id: name, rawId, ...response, userHandle: response.userHandle ?? null };
}
