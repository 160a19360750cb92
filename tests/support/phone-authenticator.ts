// A phone that makes passkeys and keeps them: Chromium's own authenticator in the place of face and finger.
import type { Phone } from "./browser.ts";

export async function addAuthenticator({ context, page }: Phone): Promise<void> {
  const debugging = await context.newCDPSession(page);
  await debugging.send("WebAuthn.enable");
  await debugging.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
