// What a phone loads: bytes of the shell, and the first paint on a slow line and a slow processor.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { median } from "./measure.ts";
import { startOurs } from "./servers.ts";
import { absoluteRow, type Row } from "./table.ts";

const shell = join(import.meta.dirname, "../../web/dist/index.html");
const visits = 5;
// Lighthouse's "slow 4G" and the processor of a phone of the middle range.
const slow4g = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const slowDown = 4;

/** The shell paints by itself; what it asks for at once is shown beside it and has no budget. */
export function shellBytes(): readonly Row[] {
  const html = readFileSync(shell);
  const linked = [...html.toString("utf8").matchAll(/<(?:script|link)\b[^>]*(?:src|href)="(\/assets\/[^"]+)"/g)];
  const files = linked.map(([, path]) => readFileSync(join(shell, "..", path ?? "")));
  const bytes = brotliCompressSync(html).length;
  const more = files.reduce((sum, file) => sum + brotliCompressSync(file).length, 0);
  return [
    absoluteRow("web shell, brotli", bytes, "bytes", 14_000),
    { ...absoluteRow("… and what it asks for at once", more, "bytes", Infinity), budget: "", kept: null },
  ];
}

export async function firstPaint(): Promise<Row> {
  const ours = await startOurs();
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  const paints: number[] = [];
  for (let visit = 0; visit <= visits; visit += 1) {
    // A fresh context has an empty cache.
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", slow4g);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowDown });
    await page.goto(ours.url);
    const paint = await page.waitForFunction(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    );
    // The first visit also starts the browser's own processes.
    if (visit > 0) paints.push((await paint.jsonValue()) ?? NaN);
    await context.close();
  }
  await browser.close();
  await ours.stop();
  return absoluteRow("first paint, slow 4G, 4× slower processor", median(paints), "ms", 500);
}
