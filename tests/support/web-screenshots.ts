// node tests/support/web-screenshots.ts <directory> [scenario …]: pictures of the page in every state, size and scheme, and
// axe over each. Ends with an error if axe or the console complains. Needs a built web/dist.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { moments, type Moment } from "./web-moments.ts";
import { scenarios } from "./web-scenarios.ts";
import { startWebStub, type WebStub } from "./web-stub.ts";

const axePath = join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js");
const axeTags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const schemes = ["dark", "light"] as const;

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

const [directory, ...chosen] = process.argv.slice(2);
if (directory === undefined) throw new Error("Say where the pictures go.");
mkdirSync(directory, { recursive: true });

const stub = await startWebStub();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const complaints: string[] = [];
// One after the other: the stub shows one scenario at a time.
for (const name of chosen.length > 0 ? chosen : [...Object.keys(scenarios), ...Object.keys(moments)])
  for (const scheme of schemes)
    for (const size of ["phone", "desktop"] as const)
      complaints.push(...(await picture(browser, stub, name, scheme, size)));
await browser.close();
await stub.close();

console.log(complaints.length === 0 ? "No complaints." : complaints.join("\n"));
process.exitCode = complaints.length === 0 ? 0 : 1;

async function picture(
  host: Browser,
  server: WebStub,
  name: string,
  colorScheme: (typeof schemes)[number],
  size: keyof typeof sizes,
): Promise<string[]> {
  const moment: Moment = moments[name] ?? { scenario: name, act: async () => {} };
  server.show(moment.scenario);
  const title = `${name}-${colorScheme}-${size}`;
  const found: string[] = [];
  const context = await host.newContext({
    viewport: sizes[size],
    colorScheme,
    deviceScaleFactor: 2,
    timezoneId: "America/Los_Angeles",
    reducedMotion: "reduce",
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    // A 401 or a broken connection is what those scenarios are about; the browser logs each as an error.
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      found.push(`${title}: ${message.text()}`);
  });
  page.on("pageerror", (error) => found.push(`${title}: ${error.message}`));
  await page.goto(server.url + (moment.path ?? "/"));
  await page.waitForTimeout(500);
  await moment.act(page, server);
  await page.waitForTimeout(200);
  if ((await page.getByText("could not be loaded").count()) > 0) found.push(`${title}: the second file is missing`);
  await page.screenshot({ path: join(directory ?? ".", `${title}.png`) });
  await page.screenshot({ path: join(directory ?? ".", `${title}-full.png`), fullPage: true });
  if (size === "phone") found.push(...(await tooWide(page, title)));
  found.push(...(await axe(page)).map((violation) => `${title}: ${violation}`));
  await context.close();
  return found;
}

/** Nothing may need sideways scrolling at twice the text size, nor at 320 px. Leaves the page at 320 px. */
async function tooWide(page: Page, title: string): Promise<string[]> {
  const excess = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  const large = await excess();
  await page.evaluate("document.documentElement.style.fontSize = ''");
  await page.setViewportSize({ width: 320, height: 640 });
  const narrow = await excess();
  return [
    ...(large > 0 ? [`${title}: ${large} px too wide at 200 % text`] : []),
    ...(narrow > 0 ? [`${title}: ${narrow} px too wide at 320 px`] : []),
  ];
}

/** axe is brought in past the page's CSP: it is the tester's, not the page's. */
async function axe(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: true });
  await session.send("Runtime.evaluate", { expression: readFileSync(axePath, "utf8") });
  const run = `axe.run({ runOnly: ${JSON.stringify(axeTags)} })`;
  const { violations } = await page.evaluate<AxeResult>(run);
  return violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}) at ${nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`).join("; ")}`,
  );
}
