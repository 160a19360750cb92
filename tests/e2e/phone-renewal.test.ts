// The journey of every morning, on a phone, with the real program and a practice broker.
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../support/program-client.ts";
import { acceptAtBroker, type Phone, signInOn, useBrowser } from "../support/browser.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

const beforeTheOpen = "2026-06-10T12:40:00Z"; // 08:40 in New York
const openPhone = useBrowser();
let program: Program;
let owner: Client;
beforeAll(async () => {
  program = await startProgram({ at: beforeTheOpen });
  owner = await program.signIn();
  // So that E*TRADE production is the one that needs its owner.
  await program.renew(owner, "etrade-sandbox");
  await program.renew(owner, "schwab-prod");
});

const renewProd = { name: "Renew E*TRADE production" };
const codeField = (page: Page) => page.getByLabel("Code from the broker");

/** A phone that is signed in, by a link of its own. */
async function signedIn(): Promise<Phone> {
  const phone = await openPhone();
  const { stdout } = await prebell(program, ["link"]);
  await signInOn(phone.page, stdout.trim());
  return phone;
}

/** Taps Renew and resolves with the broker's page that opens by itself. */
async function tapRenew({ context, page }: Phone, button = renewProd): Promise<Page> {
  const [broker] = await Promise.all([context.waitForEvent("page"), page.getByRole("button", button).tap()]);
  await broker.getByRole("heading", { name: "Let Prebell in?" }).waitFor();
  return broker;
}

describe("the first renewal", () => {
  it("asks whose accounts they are, and only then turns green", async () => {
    const phone = await signedIn();
    const broker = await tapRenew(phone);
    await acceptAtBroker(broker);
    await broker.getByRole("button", { name: "Copy" }).tap();
    await phone.page.bringToFront();
    await phone.page.getByRole("button", { name: "Paste code" }).tap();

    await phone.page.getByRole("heading", { name: "Are these your accounts?" }).waitFor();
    await expect.poll(() => phone.page.getByRole("listitem").allTextContents()).toContain("••5145 Brokerage");
    await phone.page.getByRole("button", { name: "Yes, these are my accounts" }).tap();
    await phone.page
      .getByText(/v1 stored · \d+ s from tap/)
      .first()
      .waitFor();
    await expect.poll(() => phone.page.locator(".hero .word").textContent()).toBe("Active");
  });
});

describe("every later renewal", () => {
  beforeAll(async () => {
    if ((await owner.connection("etrade-prod")).token === null) await program.renew(owner, "etrade-prod");
  });

  it("takes three taps: Renew, Accept, Paste", async () => {
    const phone = await readyToRenew();
    const broker = await tapRenew(phone); // 1
    const code = await acceptAtBroker(broker); // 2
    await phone.page.evaluate(`navigator.clipboard.writeText("${code}")`);
    await phone.page.bringToFront();
    await phone.page.getByRole("button", { name: "Paste code" }).tap(); // 3
    await untilStored(phone);
  });

  it("goes on where it was after a reload in the middle", async () => {
    const phone = await readyToRenew();
    const broker = await tapRenew(phone);
    const code = await acceptAtBroker(broker);
    await phone.page.bringToFront();
    await phone.page.reload();
    await phone.page.getByText(/left for this request/).waitFor();
    await submit(phone, code);
    await untilStored(phone);
  });

  it("says what is wrong with a wrong code and takes the right one after it", async () => {
    const phone = await readyToRenew();
    const broker = await tapRenew(phone);
    const code = await acceptAtBroker(broker);
    await submit(phone, "WRONG");
    await phone.page.getByText("did not accept that code").waitFor();
    await submit(phone, code);
    await untilStored(phone);
  });

  it("offers a new request when the five minutes are over", async () => {
    const phone = await readyToRenew();
    await tapRenew(phone);
    await program.control.advance(Temporal.Duration.from({ minutes: 6 }));
    await phone.page.bringToFront();
    await phone.page.reload();
    await phone.page.getByRole("button", renewProd).waitFor();
    await tapRenew(phone);
    await phone.page.bringToFront();
    await phone.page.getByText(/0(5:00|4:\d\d) left for this request/).waitFor();
  });

  it("refuses a stranger's accounts in plain words", async () => {
    const phone = await readyToRenew();
    const broker = await tapRenew(phone);
    const code = await acceptAtBroker(broker, "somebody else");
    await submit(phone, code);
    await phone.page
      .getByText(/other accounts than/)
      .first()
      .waitFor();
  });

  it("comes back by itself where the callback is registered, and leaves no code in the address", async () => {
    const phone = await readyToRenew();
    await program.control.callback("prod", `${program.pageUrl}/callback/etrade?connection=etrade-prod`);
    const broker = await tapRenew(phone);
    await broker.getByRole("button", { name: "Accept" }).tap();
    await broker.waitForURL(`${program.pageUrl}/`);
    await program.control.callback("prod", null);
    await phone.page.bringToFront();
    await expect.poll(() => phone.page.locator(".hero .word").textContent()).toBe("Active");
    expect(broker.url()).toBe(`${program.pageUrl}/`);
    expect(program.output()).not.toContain("oauth_verifier");
  });
});

/** Signed in, with a dead token, so that Renew is the one thing to do. */
async function readyToRenew(): Promise<Phone> {
  await program.control.killToken("prod");
  await owner.post("/api/connections/etrade-prod/keepalive");
  return signedIn();
}

async function submit({ page }: Phone, code: string): Promise<void> {
  await page.bringToFront();
  await codeField(page).fill(code);
  await page.getByRole("button", { name: "Submit code" }).tap();
}

async function untilStored({ page }: Phone): Promise<void> {
  await page
    .getByText(/v\d+ stored · \d+ s from tap/)
    .first()
    .waitFor();
}
