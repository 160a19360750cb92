// From Telegram to the renewal: the Mini App in its web view, the system's browser beside it, and the chat that lets it in.
import type { Page } from "playwright-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  acceptAtBroker,
  faultsInLightAndDark,
  type Phone,
  signInOn,
  useBrowser,
  visitedAddresses,
  giveFinger,
} from "../support/browser.ts";
import { initData } from "../support/init-data.ts";
import { openedLink, openMiniApp, toldTelegram } from "../support/mini-app.ts";
import type { Client } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { prebell } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";

const beforeTheOpen = "2026-06-10T12:40:00Z"; // 08:40 in New York
const apiToken = "an-api-token-for-the-trading-system";
const openPhone = useBrowser();
let telegram: TelegramServer;
let program: Program;
let trader: Client;

beforeAll(async () => {
  telegram = await startTelegramServer();
  program = await startProgram({ at: beforeTheOpen, env: { ...telegram.env, API_TOKEN: apiToken } });
  trader = program.machine(apiToken);
  const first = await program.signIn();
  for (const id of ["etrade-prod", "etrade-sandbox", "schwab-prod"])
    // oxlint-disable-next-line no-await-in-loop -- the broker takes them one by one
    await program.renew(first, id);
});
afterEach(() => expect(telegram.faults).toEqual([]));

/** A dead token, so that there is something to renew. */
beforeEach(async () => {
  await program.control.killToken("prod");
  await trader.post("/api/connections/etrade-prod/keepalive");
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const chat = () => telegram.user();
const notes = () =>
  chat()
    .messages.filter(({ by, silent }) => by === "bot" && silent)
    .map(({ text }) => text);

let openings = 0;
/** What Telegram signs for the owner at this moment; it signs no two alike. */
function signedNow(): string {
  openings += 1;
  const { TELEGRAM_CHAT_ID: userId, TELEGRAM_BOT_TOKEN: token } = telegram.env;
  return initData(Temporal.Now.instant(), { userId, token, queryId: `AAHdF6IQ${openings}` });
}

/** The Mini App open in Telegram's web view, which shares nothing with the browser. */
async function inTelegram(theme?: Record<string, string>): Promise<Page> {
  const { page } = await openPhone();
  const launch = { url: program.pageUrl, initData: signedNow() };
  await openMiniApp(page, theme === undefined ? launch : { ...launch, theme });
  return page;
}

/** The link that the tap on Renew opens, in a browser of its own. */
async function handedOver(phone?: Phone): Promise<Phone> {
  const mini = await inTelegram();
  await button(mini, "Renew E*TRADE production").tap();
  const browser = phone ?? (await openPhone());
  await browser.page.goto(await openedLink(mini));
  return browser;
}

async function shownNumber(page: Page): Promise<string> {
  await button(page, "Continue").tap();
  await page.getByRole("heading", { name: "Tap this number in the chat" }).waitFor();
  return (await page.locator(".number").textContent()) ?? "";
}

/** Brings the code of the broker's page, which the renewal has opened. */
async function finish({ context, page }: Phone, atBroker: Promise<Page>): Promise<void> {
  const broker = await atBroker;
  await broker.getByRole("heading", { name: "Let Prebell in?" }).waitFor();
  const code = await acceptAtBroker(broker);
  await page.bringToFront();
  await page.getByLabel("Code from the broker").fill(code);
  await button(page, "Submit code").tap();
  await page
    .getByText(/v\d+ stored · \d+ s from tap/)
    .first()
    .waitFor();
  expect(context.pages()).toHaveLength(2);
}

/** Background and text. */
const colours = (page: Page) =>
  page.evaluate<string[]>("[getComputedStyle(document.documentElement)].flatMap((s) => [s.backgroundColor, s.color])");

describe("the Mini App", () => {
  it("greets its person, offers what is to be renewed first, and has scrubbed what it was opened with", async () => {
    const page = await inTelegram();
    await page.getByRole("heading", { name: "Hello Owner" }).waitFor();
    expect(await page.getByRole("listitem").allTextContents()).toEqual([
      "E*TRADE productionNeeds a loginRenew E*TRADE production",
      "E*TRADE sandboxActiveRenew E*TRADE sandbox",
      "Schwab productionActiveRenew Schwab production",
    ]);
    expect(await toldTelegram(page)).toEqual([
      ["web_app_ready", {}],
      ["web_app_expand", {}],
    ]);
    expect(await visitedAddresses(page)).toEqual(["about:blank", `${program.pageUrl}/mini`]);
    expect(await faultsInLightAndDark(page)).toEqual([]);
  });

  it("wears Telegram's colours where they can be read, and keeps its own where not", async () => {
    const worn = await inTelegram({ bg_color: "#17212b", text_color: "#f5f5f5" });
    await worn.getByRole("heading", { name: "Hello Owner" }).waitFor();
    expect(await colours(worn)).toEqual(["rgb(23, 33, 43)", "rgb(245, 245, 245)"]);
    expect(await faultsInLightAndDark(worn)).toEqual([]);
    const faint = await inTelegram({ bg_color: "#777777", text_color: "#888888" });
    expect(await colours(faint)).toEqual(["rgb(11, 13, 16)", "rgb(243, 244, 246)"]);
  });

  it("says outside Telegram where it belongs, and nothing else", async () => {
    const { page } = await openPhone();
    await page.goto(`${program.pageUrl}/mini`);
    await page.getByText("This page belongs in Telegram").waitFor();
    expect(await page.locator("button:visible, input").count()).toBe(0);
    expect(await faultsInLightAndDark(page)).toEqual([]);
  });

  it("opened again with what was used shows nothing, and the chat says so", async () => {
    const data = signedNow();
    const [first, second] = [await openPhone(), await openPhone()];
    await openMiniApp(first.page, { url: program.pageUrl, initData: data });
    await first.page.getByRole("heading", { name: "Hello Owner" }).waitFor();
    await openMiniApp(second.page, { url: program.pageUrl, initData: data });
    await second.page.getByText("Close this and open it again from the chat").waitFor();
    await button(second.page, "Close").tap();
    expect((await toldTelegram(second.page)).at(-1)).toEqual(["web_app_close", {}]);
    await eventually("the note in the chat", () => notes().some((text) => text.includes("data that had been used")));
  });
});

describe("somebody without a passkey", () => {
  it("is asked in the chat for the number on the page, and the renewal starts by itself", async () => {
    const phone = await handedOver();
    const { context, page } = phone;
    expect(await visitedAddresses(page)).toEqual(["about:blank", `${program.pageUrl}/`]);
    expect(await page.locator("main").textContent()).not.toMatch(/e\*?trade|schwab/i);
    expect(await faultsInLightAndDark(page)).toEqual([]);
    const number = await shownNumber(page);
    await page.getByText("E*TRADE production, for Owner").waitFor();
    expect(await faultsInLightAndDark(page)).toEqual([]);
    const atBroker = context.waitForEvent("page");
    chat().tap(number);
    await finish(phone, atBroker);
    await eventually("the note in the chat", () =>
      notes().some((text) => text.startsWith("🔑 Signed in with a hand-over from Telegram (")),
    );
  });

  it("who taps another number lets nobody in", async () => {
    const { page } = await handedOver();
    const number = await shownNumber(page);
    const offered =
      chat()
        .messages.at(-1)
        ?.buttons[0]?.map(({ text }) => text) ?? [];
    chat().tap(offered.find((text) => text !== number) ?? "");
    await page.getByText("The chat said no").waitFor();
    await page.getByRole("heading", { name: "Not signed in" }).waitFor();
    expect(await faultsInLightAndDark(page)).toEqual([]);
  });
});

describe("somebody with a passkey", () => {
  it("is asked for it, and the chat is not", async () => {
    const phone = await openPhone();
    await giveFinger(phone);
    const { context, page } = phone;
    await signInOn(page, (await prebell(program, ["link"])).stdout.trim());
    await button(page, "Add a passkey").tap();
    await page.getByText("next time it takes one tap").waitFor({ state: "detached" });
    const asked = chat().messages.filter(({ text }) => text.includes("Which number")).length;

    await context.clearCookies();
    await handedOver(phone);
    const atBroker = context.waitForEvent("page");
    await button(page, "Continue").tap();
    await finish(phone, atBroker);
    expect(chat().messages.filter(({ text }) => text.includes("Which number"))).toHaveLength(asked);
    await prebell(program, ["passkeys", "forget"]);
  });
});

describe("/lock in the chat", () => {
  it("ends every sign-in and refuses renewals, from Telegram too", async () => {
    const phone = await openPhone();
    await signInOn(phone.page, (await prebell(program, ["link"])).stdout.trim());
    chat().write("/lock");
    await eventually("the question", () => chat().messages.at(-1)?.text.startsWith("Lock everything?") ?? false);
    chat().tap("Lock everything");
    await eventually("the answer", () => chat().messages.some(({ text }) => text.startsWith("🔒 Locked.")));
    await phone.page.reload();
    await button(phone.page, "Sign in with passkey").waitFor();

    const mini = await inTelegram();
    await mini.getByText("Everything is locked").waitFor();
    expect(await button(mini, /Renew/).count()).toBe(0);
    const other = await openPhone();
    await signInOn(other.page, (await prebell(program, ["link"])).stdout.trim());
    await button(other.page, "Renew E*TRADE production").tap();
    await other.page.getByText("Renewals are locked, by /lock in the chat").first().waitFor();
  });
});

it("nothing that Telegram, the chat or the log saw holds a link's secret or what Telegram signed", () => {
  const seen = program.output() + telegram.received.join("\n");
  expect(seen).not.toMatch(/#go=|tgWebAppData|auth_date/);
});
