// Schwab's login on a phone, with the real program and a practice Schwab: where it sends the browser back by itself, and where
// the person brings the address of a page that can't be opened.
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { machineClock } from "../../server/adapters/machine-clock.ts";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { practiceSchwab, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { faultsInLightAndDark, type Phone, signInOn, useBrowser, visitedAddresses } from "../support/browser.ts";
import type { Client } from "../support/program-client.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

const openPhone = useBrowser();
const replaces = "A new login replaces the old one for every program that uses it.";
const [unopenable] = practiceSchwab.redirectUris;

/** A phone that is signed in, by a link of its own, and looks at Schwab. */
async function atSchwab(program: Program, env: Record<string, string> = {}): Promise<Phone> {
  const phone = await openPhone();
  const { stdout } = await prebell(program, ["link"], env);
  await signInOn(phone.page, stdout.trim());
  await lookAtSchwab(phone.page);
  return phone;
}

async function lookAtSchwab(page: Page): Promise<void> {
  const heading = page.getByRole("heading", { level: 1, name: "Schwab production" });
  const row = page.getByRole("button", { name: /^Schwab production/ });
  await heading.or(row).first().waitFor();
  if (!(await heading.isVisible())) await row.tap();
  await heading.waitFor();
}

/** Taps it and resolves with Schwab's login page, which opens by itself. */
async function tapRenew({ context, page }: Phone, name: string): Promise<Page> {
  const button = page.getByRole("button", { name, exact: true });
  const [broker] = await Promise.all([context.waitForEvent("page"), button.tap()]);
  await broker.getByRole("heading", { name: "Log in" }).waitFor();
  return broker;
}

/** Up to Schwab's last question. */
async function logIn(broker: Page): Promise<void> {
  await broker.bringToFront();
  await broker.getByRole("button", { name: "Log in" }).tap();
  await broker.getByRole("heading", { name: "Which accounts?" }).waitFor();
}

async function confirmAccounts(page: Page): Promise<void> {
  await page.getByRole("heading", { name: "Are these your accounts?" }).waitFor();
  await expect.poll(() => page.getByRole("listitem").allTextContents()).toContain("••8305");
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await page.getByRole("button", { name: "Yes, these are my accounts" }).tap();
}

async function untilStored(page: Page, version: number): Promise<void> {
  await page
    .getByText(new RegExp(`v${version} stored · \\d+ s from tap`))
    .first()
    .waitFor();
}

const word = (page: Page) => page.locator(".hero .word").textContent();
const deadline = (page: Page) => page.locator(".hero .deadline").textContent();
const access = (page: Page) => page.locator(".hero .access").textContent();

const copy = ({ page }: Phone, text: string) => page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
const addressField = ({ page }: Phone) => page.getByLabel("Address of the page that can’t be opened");

/** Before the first login it names the connection; with a login in use it only offers itself. */
async function renewButton(page: Page): Promise<string> {
  const first = page.getByRole("button", { name: "Renew Schwab production" });
  return (await first.isVisible()) ? "Renew Schwab production" : "Renew";
}

/** Accepts at Schwab; resolves with the whole address in the bar of the page that can't be opened. */
async function acceptAtSchwab(broker: Page): Promise<string> {
  await logIn(broker);
  const [request] = await Promise.all([
    broker.waitForEvent("request", (each) => each.url().startsWith(`${unopenable}/?`)),
    broker.getByRole("button", { name: "Done" }).tap(),
  ]);
  return request.url();
}

describe("where Schwab sends the browser back by itself", () => {
  let program: Program;
  let owner: Client;
  beforeAll(async () => {
    program = await startProgram();
    owner = await program.signIn();
    // So that Schwab is the one that needs its owner.
    await program.renew(owner, "etrade-prod");
    await program.renew(owner, "etrade-sandbox");
  });

  const version = async () => (await owner.connection("schwab-prod")).token?.version ?? 0;

  /** For the tests that are about a later login. */
  async function loggedInBefore(): Promise<number> {
    if ((await version()) === 0) await program.renew(owner, "schwab-prod");
    // Whatever an earlier test left in doubt is settled by a real call.
    await owner.post("/api/connections/schwab-prod/keepalive");
    return version();
  }

  it("the first login asks whose accounts they are, in the tab that came back, and only then turns green", async () => {
    const phone = await atSchwab(program);
    const broker = await tapRenew(phone, "Renew Schwab production");
    expect(await faultsInLightAndDark(phone.page)).toEqual([]);
    await logIn(broker);
    expect(await broker.getByLabel(/…8305/).isChecked()).toBe(true);
    await broker.getByRole("button", { name: "Done" }).tap();
    await confirmAccounts(broker);
    await untilStored(broker, 1);
    await expect.poll(() => word(broker)).toBe("Active");
  });

  it("a later one takes three taps and says before that it replaces the login in use", async () => {
    const before = await loggedInBefore();
    const phone = await atSchwab(program);
    await phone.page.getByText(replaces).waitFor();
    expect(await faultsInLightAndDark(phone.page)).toEqual([]);
    const broker = await tapRenew(phone, "Renew"); // 1
    await logIn(broker); // 2
    await broker.getByRole("button", { name: "Done" }).tap(); // 3
    await broker.waitForURL(`${program.pageUrl}/`);
    // The tab that came back is the one in view; the one it was begun in knows it too.
    await untilStored(broker, before + 1);
    await expect.poll(() => word(broker)).toBe("Active");
    await untilStored(phone.page, before + 1);
  });

  it("the code is out of the address before it is handed on, and stays out of the history", async () => {
    await loggedInBefore();
    const phone = await atSchwab(program);
    const broker = await tapRenew(phone, "Renew");
    await logIn(broker);
    // So that the page stays where it is: a page that leaves takes its address with it.
    await program.control.fault({ fault: "error-500", on: "exchange", broker: "schwab", times: 1 });
    const given = broker.waitForRequest(/\/complete$/).then((request) => [request.postData(), broker.url()]);
    await broker.getByRole("button", { name: "Done" }).tap();
    const [body, addressThen] = await given;
    expect(body).toMatch(/[?&]code=.*&state=/);
    expect(addressThen).toBe(`${program.pageUrl}/callback/schwab`);

    await broker.getByRole("heading", { name: "Not finished" }).waitFor();
    expect(await faultsInLightAndDark(broker)).toEqual([]);
    const visited = await visitedAddresses(broker);
    expect(visited).toContain(`${program.pageUrl}/callback/schwab`);
    expect(visited.filter((address) => address.includes("code="))).toEqual([]);
    // Schwab's own page has the state in its address; ours does not.
    expect(visited.filter((address) => address.startsWith(program.pageUrl) && address.includes("?"))).toEqual([]);
    expect(program.output()).not.toMatch(/[?&](code|state)=/);
  });

  it("who began in the chat can take the address there: it is copied, and shows nowhere", async () => {
    const phone = await openPhone();
    await phone.page.goto(`${program.pageUrl}/callback/schwab?code=C0.b2F1dGgyLmNkYw%40&session=1&state=of-the-chat`);
    await phone.page.getByRole("heading", { name: "Not finished" }).waitFor();
    expect(await faultsInLightAndDark(phone.page)).toEqual([]);
    await phone.page.getByRole("button", { name: "Begun in the chat? Copy for the chat" }).tap();
    await phone.page.getByRole("button", { name: "Copied. Paste it in the chat at once" }).waitFor();
    expect(await phone.page.evaluate("navigator.clipboard.readText()")).toBe(
      `${program.pageUrl}/callback/schwab?code=C0.b2F1dGgyLmNkYw%40&session=1&state=of-the-chat`,
    );
    expect(phone.page.url()).toBe(`${program.pageUrl}/callback/schwab`);
    expect(await phone.page.content()).not.toContain("C0.b2F1");
  });

  it("a Cancel at Schwab is said kindly, with the way back, and changes nothing", async () => {
    const before = await loggedInBefore();
    const phone = await atSchwab(program);
    const broker = await tapRenew(phone, "Renew");
    await logIn(broker);
    await broker.getByRole("button", { name: "Cancel" }).tap();
    await broker.getByRole("heading", { name: "Access was not granted" }).waitFor();
    await broker.getByText(/What was in place before is untouched; start again whenever you like/).waitFor();
    expect(broker.url()).toBe(`${program.pageUrl}/callback/schwab`);
    expect(await faultsInLightAndDark(broker)).toEqual([]);
    await broker.getByRole("link", { name: "Back to Prebell" }).tap();
    await lookAtSchwab(broker);
    expect([await word(broker), await version()]).toEqual(["Active", before]);
  });

  it("the login and its access token have a clock each, and only the second runs again by itself", async () => {
    await program.renew(owner, "schwab-prod");
    const { page } = await atSchwab(program);
    await expect.poll(() => access(page)).toMatch(/^Access token: (30|29|28) min, then refreshed on demand$/);
    const end = await deadline(page);
    expect(end).toMatch(/^Login ends Wed, Jun 17, 5:\d\d PM ET/);

    await program.control.advance(Temporal.Duration.from({ minutes: 31 }));
    await page.reload();
    await lookAtSchwab(page);
    await expect.poll(() => access(page)).toBe("Access token: lapsed, refreshed on demand");
    expect([await word(page), await deadline(page)]).toEqual(["Idle", end]);
    expect(await faultsInLightAndDark(page)).toEqual([]);

    await page.getByRole("button", { name: "Refresh now" }).first().tap();
    await expect.poll(() => access(page)).toMatch(/^Access token: (30|29|28) min, /);
    expect([await word(page), await deadline(page)]).toEqual(["Active", end]);
  });
});

describe("where Schwab sends the browser to a page that can't be opened", () => {
  let program: Program;
  let keys: Record<string, string>;
  beforeAll(async () => {
    const practice = await startPracticeServer({
      port: 0,
      clock: createPracticeClock(machineClock),
      stateFile: null,
    });
    clearAfterwards(() => practice.close());
    const { schwabOauthUrl, schwabApiUrl } = practiceUrls(practice.url);
    // Keys of one's own: the practice broker above stands in for Schwab itself.
    keys = {
      SCHWAB_CLIENT_ID: practiceSchwab.clientId,
      SCHWAB_CLIENT_SECRET: practiceSchwab.clientSecret,
      SCHWAB_REDIRECT_URI: unopenable,
      SCHWAB_OAUTH_URL: schwabOauthUrl,
      SCHWAB_API_URL: schwabApiUrl,
    };
    program = await startProgram({ at: null, env: keys });
  });

  it("the page says so before, and one tap on Paste is enough once the address is copied", async () => {
    const phone = await atSchwab(program, keys);
    const { page } = phone;
    const broker = await tapRenew(phone, "Renew Schwab production");
    await page.getByText(/sends you to a page that can’t be opened/).waitFor();
    await page.getByText(/There are 30 seconds from accepting/).waitFor();
    expect(await faultsInLightAndDark(page)).toEqual([]);

    const address = await acceptAtSchwab(broker);
    expect(address).toMatch(/^https:\/\/127\.0\.0\.1\/\?code=.*%40&session=.*&state=/);
    await copy(phone, address);
    await page.bringToFront();
    await page.getByRole("button", { name: "Paste address" }).tap();
    await confirmAccounts(page);
    await untilStored(page, 1);
    await expect.poll(() => word(page)).toBe("Active");
    expect(await deadline(page)).toMatch(/v1 stored|^Login ends /);
    expect(await access(page)).toMatch(/^Access token: /);
  });

  it("what is no address at all is refused in plain words, and the field takes the right one after it", async () => {
    const phone = await atSchwab(program, keys);
    const { page } = phone;
    const broker = await tapRenew(phone, await renewButton(page));
    await copy(phone, "https://www.example.com/what-happened-to-be-in-the-clipboard");
    await page.bringToFront();
    await page.getByRole("button", { name: "Paste address" }).tap();
    await page.getByRole("button", { name: "Submit address" }).tap();
    await page.getByText(/neither the address of the page that Schwab sent you to nor the code in it/).waitFor();
    await page.getByText(/Copy the whole address, from https:\/\/ on/).waitFor();
    expect(await addressField(phone).inputValue()).toBe("");
    expect(await faultsInLightAndDark(page)).toEqual([]);

    await addressField(phone).fill(await acceptAtSchwab(broker));
    await page.getByRole("button", { name: "Submit address" }).tap();
    await page
      .getByText(/v\d+ stored|Are these your accounts/)
      .first()
      .waitFor();
  });

  it("the thirty seconds are counted once the person is back", async () => {
    const phone = await atSchwab(program, keys);
    await tapRenew(phone, await renewButton(phone.page));
    await phone.page.bringToFront();
    await phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await phone.page.getByText(/At most (30|2\d) s left for this address/).waitFor();
    expect(await faultsInLightAndDark(phone.page)).toEqual([]);
  });
});
