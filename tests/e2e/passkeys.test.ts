// Passkeys on a phone, with the real program and Chromium's own authenticator in the place of face and finger.
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  acceptAtBroker,
  addOfferedPasskey,
  faultsInLightAndDark,
  type Finger,
  giveFinger,
  type Phone,
  signInOn,
  useBrowser,
} from "../support/browser.ts";
import type { Client } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

const beforeTheOpen = "2026-06-10T12:40:00Z"; // 08:40 in New York
const apiToken = "an-api-token-for-the-trading-system";
const openPhone = useBrowser();
let program: Program;
let trader: Client;

beforeAll(async () => {
  program = await startProgram({ at: beforeTheOpen, env: { API_TOKEN: apiToken } });
  trader = program.machine(apiToken);
  const first = await program.signIn();
  for (const id of ["etrade-prod", "etrade-sandbox", "schwab-prod"])
    // oxlint-disable-next-line no-await-in-loop -- the broker takes them one by one
    await program.renew(first, id);
});

/** A dead token, so that Renew is the one thing to do. */
async function needsRenewal(): Promise<void> {
  await program.control.killToken("prod");
  await trader.post("/api/connections/etrade-prod/keepalive");
}

type PhoneWithFinger = Phone & Finger;

async function phoneWithFinger(): Promise<PhoneWithFinger> {
  const phone = await openPhone();
  return { ...phone, ...(await giveFinger(phone)) };
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const freshLink = async () => (await prebell(program, ["link"])).stdout.trim();

/** Signed in by link, with a passkey added from the offer. */
async function withPasskey(): Promise<PhoneWithFinger> {
  const phone = await phoneWithFinger();
  await signInOn(phone.page, await freshLink());
  await addOfferedPasskey(phone.page);
  return phone;
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

/** Back to nobody having any, as after losing every device. */
beforeEach(async () => {
  const { stdout } = await prebell(program, ["people", "forget-passkeys", "Owner"]);
  expect(stdout).toContain("no passkey any more");
});

/** Logs in at the broker, and brings its code back by hand. */
async function renewAs({ context, page }: Phone, person: "yourself" | "somebody else", tap: string): Promise<void> {
  const [broker] = await Promise.all([context.waitForEvent("page"), button(page, tap).tap()]);
  const code = await acceptAtBroker(broker, person);
  await page.bringToFront();
  await page.getByLabel("Code from the broker").fill(code);
  await button(page, "Submit code").tap();
}

describe("a morning with a passkey", () => {
  it("is link once, and then at most three taps of ours from signed out to renewed", async () => {
    await needsRenewal();
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
    expect((await trader.connection("etrade-prod")).status.word).toBe("active");
  });
});

describe("a person who is not recognised", () => {
  it("is told so politely, and may try again", async () => {
    const phone = await withPasskey();
    await signOut(phone.page);
    await phone.recognises(false);
    await button(phone.page, "Sign in with passkey").tap();
    await phone.page.getByText("No passkey was used: it was cancelled").waitFor();
    await phone.recognises(true);
    await button(phone.page, "Sign in with passkey").tap();
    await phone.page.getByRole("timer").first().waitFor();
  });

  it("has no passkey added either, and is not asked again unless they want it", async () => {
    const phone = await phoneWithFinger();
    await signInOn(phone.page, await freshLink());
    await phone.recognises(false);
    await button(phone.page, "Add a passkey").tap();
    await phone.page.getByText("No passkey was used").waitFor();
    await button(phone.page, "Not now").tap();
    await phone.page.getByText("next time it takes one tap").waitFor({ state: "detached" });
  });
});

describe("what only the person themselves may do", () => {
  it("asks for the passkey where the sign-in was by link, and then goes on by itself", async () => {
    const phone = await withPasskey();
    const { page } = phone;
    await signInOn(page, await freshLink());
    await openSettings(page);
    await page.getByText("on one device only").waitFor();

    await button(page, /^Rename/).tap();
    await page.getByLabel("Name of this passkey").fill("The phone in my pocket");
    expect(await faultsInLightAndDark(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("The phone in my pocket").first().waitFor();

    const answers: number[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "DELETE") answers.push(response.status());
    });
    await button(page, /^Remove/).tap();
    await page.getByText("It is your last one").waitFor();
    await phone.recognises(false);
    await button(page, "Remove now").tap();
    await page.getByText("No passkey was used").waitFor();
    expect(answers).toEqual([403]);

    await phone.recognises(true);
    await button(page, /^Remove/).tap();
    await button(page, "Remove now").tap();
    await page.getByText("That was your last passkey").waitFor();
    expect(answers).toEqual([403, 403, 200]);
    // Whoever removed it is still signed in here.
    await page.getByText("You have none yet").waitFor();
  });

  it("lets accounts that changed at the broker be pinned anew, with both sides in sight", async () => {
    const phone = await withPasskey();
    const { page } = phone;
    await needsRenewal();
    await renewAs(phone, "somebody else", "Renew E*TRADE production");
    await page.getByText("This login opened", { exact: true }).waitFor();
    await page.getByText("Expected here", { exact: true }).waitFor();
    await expect.poll(() => page.getByRole("listitem").allTextContents()).toContain("••5145 Brokerage");
    expect(await faultsInLightAndDark(page)).toEqual([]);

    await button(page, "These are mine now").tap();
    await page.getByText("Forgotten which accounts are expected").waitFor();
    await renewAs(phone, "somebody else", "Start again");
    await page.getByRole("heading", { name: "Are these your accounts?" }).waitFor();
    await button(page, "Yes, these are my accounts").tap();
    await page
      .getByText(/v\d+ stored · \d+ s from tap/)
      .first()
      .waitFor();
    expect((await trader.connection("etrade-prod")).accounts).not.toContain("••5145 Brokerage");
  });
});
