// What holds for the page whatever the morning brings: accessible, honest when cut off, right with a wrong device clock.
import { beforeAll, describe, expect, it } from "vitest";
import {
  accessibilityFaults,
  type Phone,
  type PhoneSettings,
  signInOn,
  untilKnown,
  useBrowser,
} from "../support/browser.ts";
import type { Client } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

const openPhone = useBrowser();
let program: Program;
let owner: Client;
beforeAll(async () => {
  program = await startProgram({ at: "2026-06-10T12:40:00Z" }); // 08:40 in New York
  owner = await program.signIn();
  await program.renew(owner, "etrade-prod");
});

async function signedIn(settings: PhoneSettings = {}): Promise<Phone> {
  const phone = await openPhone(settings);
  const { stdout } = await prebell(program, ["link"]);
  await signInOn(phone.page, stdout.trim());
  return phone;
}

describe("before sign-in", () => {
  it("shows nothing that a stranger could use: no broker's name, no field", async () => {
    const { page } = await openPhone();
    const answer = await page.goto(program.url);
    await page.getByText("Private tool").waitFor();
    expect(await page.locator("input").count()).toBe(0);
    expect(await answer?.text()).not.toMatch(/e\*?trade|schwab/i);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("takes the one-time token out of the address before anything else, and says so when it is spent", async () => {
    const { stdout } = await prebell(program, ["link"]);
    const first = await openPhone();
    await first.page.goto(stdout.trim());
    expect(first.page.url()).not.toContain("signin");
    await first.page.getByRole("button", { name: "Sign in on this device" }).tap();
    await untilKnown(first.page);

    const second = await openPhone();
    await second.page.goto(stdout.trim());
    await second.page.getByRole("button", { name: "Sign in on this device" }).tap();
    await second.page.getByText(/used already/).waitFor();
  });
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each([
    ["on a phone", { width: 390, height: 844 }],
    ["on a desktop", { width: 1280, height: 800 }],
    ["on a very small screen", { width: 320, height: 568 }],
  ])("has no accessibility fault %s, and nothing to scroll sideways", async (_where, viewport) => {
    const { page } = await signedIn({ colorScheme, viewport });
    await page.getByText("Journal").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });

  it("has no accessibility fault while a code is awaited", async () => {
    const { context, page } = await signedIn({ colorScheme });
    const row = page.getByRole("button", { name: /E\*TRADE sandbox/ }).first();
    await row.tap();
    const renew = page.getByRole("button", { name: "Renew E*TRADE sandbox" });
    if (await renew.isVisible()) await Promise.all([context.waitForEvent("page"), renew.tap()]);
    await page.bringToFront();
    await page.getByLabel("Code from the broker").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe("the countdown", () => {
  it("is the server's, also on a device whose clock is two hours fast", async () => {
    const { stdout } = await prebell(program, ["link"]);
    const { page } = await openPhone();
    const { now } = await owner.status();
    await page.clock.install({ time: Temporal.Instant.from(now).add({ hours: 2 }).epochMilliseconds });
    await signInOn(page, stdout.trim());
    // About 08:40 in New York: by the device's clock the market would be open already.
    await expect
      .poll(() => page.getByRole("timer").first().textContent())
      .toMatch(/^4\d:\d\d\s*until the market opens/);
  });

  it("is silent for screen readers, with the state in a polite sentence beside it", async () => {
    const { page } = await signedIn();
    await page.getByRole("timer").first().waitFor();
    await expect.poll(() => page.getByRole("status").count()).toBeGreaterThan(0);
  });
});

describe("cut off from the server", () => {
  it("still opens with the last known countdown and says that it is old", async () => {
    const { context, page } = await signedIn();
    await page.evaluate("navigator.serviceWorker.ready");
    // From the second visit on.
    await page.reload();
    await untilKnown(page);
    await context.setOffline(true);
    await page.reload();
    await page.getByText(/as of/).first().waitFor();
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toMatch(/••|etrade\*|brokerage/i);
  });
});

describe("without a touch screen", () => {
  it("is driven by the keyboard, with the focus where the eye is", async () => {
    const { page } = await signedIn();
    const before = await lastCallAt();
    await page.getByRole("button", { name: "Run for all" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(lastCallAt).not.toBe(before);
    expect(await page.evaluate("document.activeElement?.textContent")).toMatch(/Run for all/);
  });
});

async function lastCallAt(): Promise<string | null> {
  return (await owner.connection("etrade-prod")).keepAlive.lastCallAt;
}

describe("a second connection at one broker", () => {
  it("is added in the settings with its own keys, which are nowhere on the page afterwards, and renewed like the first", async () => {
    const { consumerKey, consumerSecret } = await program.control.app("etrade", "prod");
    const { context, page } = await signedIn();
    await page.getByText("More", { exact: true }).tap();
    await page.getByRole("button", { name: "Settings" }).tap();
    await page.getByRole("button", { name: "Add a connection" }).tap();
    await page.locator("#own-name").fill("Anna");
    await page.getByLabel("Consumer key").fill(consumerKey);
    await page.getByLabel("Consumer secret").fill("a-mistyped-secret");
    await page.getByRole("button", { name: "Check and add" }).tap();
    await page.getByText(/refused our signature/).waitFor();
    await page.getByLabel("Consumer secret").fill(consumerSecret);
    await page.getByRole("button", { name: "Check and add" }).tap();
    await page.getByText("E*TRADE production · Anna is added").first().waitFor();
    expect(await page.getByText(`Key ••••${consumerKey.slice(-4)} · yours`).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    const held = await page.evaluate<string>(
      "document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(({ value }) => value).join() + JSON.stringify({ ...localStorage, ...sessionStorage })",
    );
    expect([held.includes(consumerKey), held.includes(consumerSecret)]).toEqual([false, false]);

    await page.getByRole("button", { name: "Back" }).tap();
    await page
      .getByRole("button", { name: /E\*TRADE production · Anna/ })
      .first()
      .tap();
    const renew = page.getByRole("button", { name: "Renew E*TRADE production · Anna" });
    const [broker] = await Promise.all([context.waitForEvent("page"), renew.tap()]);
    await broker.getByRole("button", { name: "Accept" }).tap();
    expect(await broker.locator("#code").textContent()).toMatch(/^[A-Z0-9]{5}$/);
  });
});
