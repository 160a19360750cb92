// npm run pictures: the README's pictures of the page, taken from the real program with practice brokers on a summer morning,
// and of the chat on that morning.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { createPracticeControl } from "../../server/practice/practice-control.ts";
import { chatPicture } from "./chat-picture.ts";
import { chatSamples } from "./chat-samples.ts";
import { eventually } from "./wait.ts";

const root = join(import.meta.dirname, "../..");
const pictures = join(root, "docs");
const port = 18_431;
const practicePort = 18_432;
const apiToken = "only-for-the-pictures-of-the-readme";
const control = createPracticeControl(`http://127.0.0.1:${practicePort}`);

mkdirSync(pictures, { recursive: true });
await chatPicture(chatSamples, join(pictures, "chat.png"));
const dataDir = mkdtempSync(join(tmpdir(), "prebell-pictures-"));
const program = spawn(process.execPath, [join(root, "server/main.ts")], {
  env: {
    PATH: process.env["PATH"] ?? "",
    DATA_DIR: dataDir,
    PORT: String(port),
    PRACTICE_PORT: String(practicePort),
    API_TOKEN: apiToken,
  },
});
let printed = "";
program.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
const link = await eventually("the sign-in link", () => /^http\S+#signin=\S+$/m.exec(printed)?.[0] ?? null);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await take(browser);
} finally {
  await browser.close();
  program.kill("SIGTERM");
  rmSync(dataDir, { recursive: true, force: true });
}

async function take(by: Browser): Promise<void> {
  const context = await by.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    colorScheme: "dark",
    timezoneId: "America/Los_Angeles",
    locale: "en-US",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in on this device" }).click();
  await page.getByRole("button", { name: /^Renew/ }).waitFor();
  for (const connection of ["etrade-prod", "etrade-sandbox"]) await renew(page, connection);
  await control.setTo(Temporal.Instant.from("2027-06-08T22:00:00Z"));
  await renew(page, "schwab-prod");
  await control.setTo(Temporal.Instant.from("2027-06-09T12:34:00Z")); // Wednesday 08:34 in New York
  await shoot(page, "phone-due.png", "Renewal due|Expired");

  const [broker] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Renew E*TRADE production" }).click(),
  ]);
  await broker.waitForLoadState();
  await page.bringToFront();
  await page.getByText(/left for this request/).waitFor();
  await page.screenshot({ path: join(pictures, "phone-renewal.png") });
  await page.getByRole("button", { name: "Cancel renewal" }).click();

  for (const connection of ["etrade-prod", "etrade-sandbox"]) await renew(page, connection);
  for (const connection of ["etrade-prod", "etrade-sandbox"]) await confirm(connection);
  await control.setTo(Temporal.Instant.from("2027-06-09T16:05:00Z"));
  await shoot(page, "phone-dark.png", "Active");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await shoot(page, "desktop-light.png", "Active");
}

/** By the page's own routes, from the page itself. */
async function renew(page: Page, connection: string): Promise<void> {
  const path = `/api/connections/${connection}/authorizations`;
  const { authorizeUrl } = await post<{ authorizeUrl: string }>(page, path, {});
  const answer = connection.startsWith("schwab")
    ? { callbackUrl: await control.schwab.accept(authorizeUrl) }
    : { verifier: await control.accept(authorizeUrl) };
  const { outcome } = await post<{ outcome: string }>(page, `${path}/complete`, answer);
  if (outcome === "confirm-accounts") await post(page, `${path}/confirm-accounts`, { accept: true });
}

function post<T>(page: Page, path: string, body: object): Promise<T> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "x-prebell": "1" },
    body: JSON.stringify(body),
  };
  return page.evaluate<T>(`fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then((reply) => reply.json())`);
}

async function confirm(connection: string): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/api/connections/${connection}/confirmations`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
    body: JSON.stringify({ consumer: "opening-range-bot", version: 2 }),
  });
}

/** Once the clockwork has caught up with the moved clock and the page shows the state. */
async function shoot(page: Page, name: string, state: string): Promise<void> {
  await eventually(
    "the state",
    async () => {
      await page.reload();
      await page.locator(".hero .word").waitFor();
      if (await page.getByText("The clockwork has not run").isVisible()) return false;
      return new RegExp(state).test((await page.locator(".hero .word").textContent()) ?? "");
    },
    30,
  );
  await page.getByText("Journal").first().waitFor();
  await page.screenshot({ path: join(pictures, name) });
}
