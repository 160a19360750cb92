// The plaintext form of broker keys; it exists only between here and what encrypts it.
import { z } from "zod";
import type { BrokerKeys } from "../domain/broker-keys.ts";
import { Secret } from "../domain/secret.ts";

const plain = z.object({
  schema: z.literal(1),
  consumerKey: z.string().min(1),
  consumerSecret: z.string().min(1),
  redirectUri: z.string().nullable(),
});

export function brokerKeysToJson({ consumerKey, consumerSecret, redirectUri }: BrokerKeys): string {
  const content: z.input<typeof plain> = {
    schema: 1,
    consumerKey: consumerKey.reveal(),
    consumerSecret: consumerSecret.reveal(),
    redirectUri,
  };
  return JSON.stringify(content);
}

/** Null if that is not what `brokerKeysToJson` wrote. */
export function brokerKeysFromJson(json: string): BrokerKeys | null {
  const { data } = plain.safeParse(parsed(json));
  if (data === undefined) return null;
  return {
    consumerKey: new Secret(data.consumerKey),
    consumerSecret: new Secret(data.consumerSecret),
    redirectUri: data.redirectUri,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
