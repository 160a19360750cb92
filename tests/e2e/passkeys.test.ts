// Passkeys on a phone, with the real program and Chromium's own authenticator in the place of face and finger.
import type { CDPSession, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { acceptAtBroker, faultsInLightAndDark, type Phone, signInOn, useBrowser } from "../support/browser.ts";
import type { Client } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

const beforeTheOpen = "2026-06-10T12:40:00Z"; // 08:40 in New York
const openPhone = useBrowser();
let program: Program;
let owner: Client;

beforeAll(async () => {
  program = await startProgram({ at: beforeTheOpen });
  owner = await program.signIn();
  for (const id of ["etrade-prod", "etrade-sandbox", "schwab-prod"])
    // oxlint-disable-next-line no-await-in-loop -- the broker takes them one by one
    await program.renew(owner, id);
  await program.control.killToken("prod");
  await owner.post("/api/connections/etrade-prod/keepalive");
});

interface PhoneWithFinger extends Phone {
  /** Whether the person can prove that it is them; otherwise they only touch it. */
  recognises(person: boolean): Promise<void>;
}

/** A phone that makes passkeys and keeps them. */
async function phoneWithFinger(): Promise<PhoneWithFinger> {
  const phone = await openPhone();
  const debugging: CDPSession = await phone.context.newCDPSession(phone.page);
  await debugging.send("WebAuthn.enable");
  const { authenticatorId } = await debugging.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    ...phone,
    async recognises(isUserVerified) {
      await debugging.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const freshLink = async () => (await prebell(program, ["link"])).stdout.trim();

/** Signed in by link, with a passkey added from the offer. */
async function withPasskey(): Promise<PhoneWithFinger> {
  const phone = await phoneWithFinger();
  await signInOn(phone.page, await freshLink());
  await addOffered(phone.page);
  return phone;
}

async function addOffered(page: Page): Promise<void> {
  await page.getByText("next time it takes one tap").waitFor();
  await button(page, "Add a passkey").tap();
  await page.getByText("next time it takes one tap").waitFor({ state: "detached" });
}

async function signOut(page: Page): Promise<void> {
  await page.getByText("More", { exact: true }).tap();
  await button(page, "Sign out").tap();
  await button(page, "Sign in with passkey").waitFor();
}

async function openSettings(page: Page): Promise<void> {
  await page.goto(`${program.pageUrl}/#settings`);
  await page.getByRole("heading", { name: "Passkeys" }).waitFor();
}

describe("a morning with a passkey", () => {
  it("is link once, and then at most three taps of ours from signed out to renewed", async () => {
    const phone = await withPasskey();
    const { context, page } = phone;
    await signOut(page);
    expect(await faultsInLightAndDark(page)).toEqual([]);

    const taps: string[] = [];
    const tap = async (name: string) => {
      taps.push(name);
      await button(page, name).tap();
    };
    await tap("Sign in with passkey");
    await button(page, "Renew E*TRADE production").waitFor();
    const [broker] = await Promise.all([context.waitForEvent("page"), tap("Renew E*TRADE production")]);
    // The broker's own page; its code goes into the clipboard as the person copies it there.
    await acceptAtBroker(broker);
    await broker.getByRole("button", { name: "Copy" }).tap();
    await page.bringToFront();
    await tap("Paste code");
    await page
      .getByText(/v\d+ stored · \d+ s from tap/)
      .first()
      .waitFor();

    expect(taps).toEqual(["Sign in with passkey", "Renew E*TRADE production", "Paste code"]);
    expect((await owner.connection("etrade-prod")).status.word).toBe("active");
  });
});
