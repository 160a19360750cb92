import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import webPush from "web-push";
import { isVapidPair, vapidKeysFrom } from "../../../server/adapters/vapid-keys.ts";
import { Secret } from "../../../server/domain/secret.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

describe("vapidKeysFrom", () => {
  it("makes the same pair of the same hash, for ever: browsers would lose their subscriptions otherwise", () => {
    const { publicKey, privateKey } = vapidKeysFrom("5a".repeat(32));
    expect(publicKey).toBe("BMsUmG5evkkNNEkuqDaVCj9wuqjG8vSdOAJy12YrBuiGyVgMi2jk9ASfe4DfRl58wlswmZK2p3-7b8tZRL-VPCM");
    expect(privateKey.reveal()).toBe("RmvbfqSuoZFP_RmBTm_732FGcoVuQo20egHOQkZ-Cik");
  });

  it("makes pairs that web-push signs with and that belong together", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { publicKey, privateKey } = vapidKeysFrom(hash(text));
        expect(isVapidPair(publicKey, privateKey)).toBe(true);
        const { Authorization } = webPush.getVapidHeaders(
          "https://push.example",
          "https://prebell.example",
          publicKey,
          privateKey.reveal(),
          "aes128gcm",
        );
        expect(Authorization).toMatch(/^vapid t=[\w-]+\.[\w-]+\.[\w-]{86}, k=B[\w-]{86}$/);
      }),
      { numRuns: 20 },
    );
  });

  it("makes another pair of another hash", () => {
    expect(vapidKeysFrom(hash("a")).publicKey).not.toBe(vapidKeysFrom(hash("b")).publicKey);
  });

  it("keeps the leading zeros of a private key", () => {
    expect(vapidKeysFrom(hash("48")).privateKey.reveal()).toBe("ANnpvlG4DWMzNiEu918c9IQNB7s1r-Vjv91XImAz664");
  });

  it.each(["", "5a", "zz".repeat(32), "5A".repeat(32)])("takes 32 bytes in hex, and not %j", (text) => {
    expect(() => vapidKeysFrom(text)).toThrow("VAPID keys are made of 32 bytes in hex.");
  });
});

describe("isVapidPair", () => {
  it("tells a stranger's key", () => {
    const [one, other] = [vapidKeysFrom(hash("a")), vapidKeysFrom(hash("b"))];
    expect(isVapidPair(one.publicKey, other.privateKey)).toBe(false);
    expect(isVapidPair(one.publicKey, new Secret("A".repeat(43)))).toBe(false);
  });

  it("takes what web-push generates", () => {
    const { publicKey, privateKey } = webPush.generateVAPIDKeys();
    expect(isVapidPair(publicKey, new Secret(privateKey))).toBe(true);
  });
});
