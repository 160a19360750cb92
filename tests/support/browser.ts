// Real Chromium as a person's phone. A page that logs an error or breaks its content security policy fails its test.
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

export interface PhoneSettings {
  readonly colorScheme?: "light" | "dark";
  readonly timezoneId?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Whether the page may read the clipboard without being asked again. */
  readonly clipboard?: boolean;
}

export interface Phone {
  readonly context: BrowserContext;
  readonly page: Page;
}

const stepTimeoutMs = 30_000;

/** What a window that nobody sees would spend half of its time on. */
const unseen = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "SpareRendererForSitePerProcess"];
/** What Playwright switches off: only the last such switch counts. */
const disturbing = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];
const phoneSize = { width: 390, height: 844 };

/** One browser per file; the function opens a fresh phone, with nothing of another test on it. */
export function useBrowser(): (settings?: PhoneSettings) => Promise<Phone> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        `--disable-features=${[...disturbing, ...unseen].join(",")}`,
      ],
    });
  });
  afterAll(() => browser.close());

  return async ({
    colorScheme = "dark",
    timezoneId = "America/New_York",
    viewport = phoneSize,
    clipboard = true,
  } = {}) => {
    const context = await browser.newContext({ colorScheme, timezoneId, viewport, hasTouch: true, locale: "en-US" });
    if (clipboard) await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    context.setDefaultTimeout(stepTimeoutMs);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      // A refused request is the server's answer, which the page shows; anything else is a fault of the page.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        errors.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    return { context, page };
  };
}

export interface Finger {
  /** Whether the device recognises who holds it; otherwise they only touch it. */
  recognises(person: boolean): Promise<void>;
}

/** Makes the phone one that creates passkeys and keeps them: Chromium's own authenticator in the place of face and finger. */
export async function giveFinger({ context, page }: Phone): Promise<Finger> {
  const debugging = await context.newCDPSession(page);
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
    async recognises(isUserVerified) {
      await debugging.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
}

/** Takes the offer that follows a sign-in by link. */
export async function addOfferedPasskey(page: Page): Promise<void> {
  const offer = page.getByText("next time it takes one tap");
  await offer.waitFor();
  await page.getByRole("button", { name: "Add a passkey" }).tap();
  await offer.waitFor({ state: "detached" });
}

/** Opens the one-time link and taps the button. */
export async function signInOn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in on this device" }).tap();
  await untilKnown(page);
}

/** Until the page shows what the server said; the screens before it have headings too. */
export async function untilKnown(page: Page): Promise<void> {
  await page.locator(".board h1").first().waitFor();
}

/** Taps Accept on the broker's page; resolves with the code it shows. */
export async function acceptAtBroker(broker: Page, as: "yourself" | "somebody else" = "yourself"): Promise<string> {
  await broker.bringToFront();
  await broker.getByLabel("Log in as").selectOption(as);
  await broker.getByRole("button", { name: "Accept" }).tap();
  return (await broker.locator("#code").textContent()) ?? "";
}

/** What axe finds wrong, WCAG 2.2 AA and best practice; an empty list on a good page. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the debugger, which needs no exception from the page's content security policy.
  await page.evaluate(axe.source);
  const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify({ runOnly: rules })})`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** The same on one screen in both colour schemes, each fault with the scheme it shows in. */
export async function faultsInLightAndDark(page: Page): Promise<string[]> {
  const faults: string[] = [];
  // A tab behind another one is slow to do anything.
  await page.bringToFront();
  for (const colorScheme of ["light", "dark"] as const) {
    // oxlint-disable-next-line no-await-in-loop -- a page has one scheme at a time
    await page.emulateMedia({ colorScheme });
    // oxlint-disable-next-line no-await-in-loop
    faults.push(...(await accessibilityFaults(page)).map((fault) => `${colorScheme}: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: null });
  return faults;
}

/** Every address in the tab's history, as going back would show it. */
export async function visitedAddresses(page: Page): Promise<string[]> {
  const debugging = await page.context().newCDPSession(page);
  const { entries } = await debugging.send("Page.getNavigationHistory");
  await debugging.detach();
  return entries.map(({ url }) => url);
}
