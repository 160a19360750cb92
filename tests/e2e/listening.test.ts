// How often the page asks the server, where every answer costs and no stream stays open.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { eventually } from "../support/wait.ts";
import { startWebStub, type WebStub } from "../support/web-stub.ts";

const openPhone = useBrowser();
let stub: WebStub;
beforeAll(async () => {
  stub = await startWebStub();
});
afterAll(() => stub.close());

const everything = ["GET /api/journal", "GET /api/messages", "GET /status"];

/** The page on a quiet day; `requests` holds what it asked since. */
async function openPage(): Promise<Page> {
  const { context, page } = await openPhone();
  await context.addInitScript("navigator.serviceWorker.register = () => new Promise(() => {})");
  await page.clock.install();
  const shown = stub.show("active");
  stub.polled = { changes: shown.status.changes };
  await page.goto(stub.url);
  await page.getByRole("heading", { level: 1, name: "E*TRADE production" }).waitFor();
  await eventually("the first questions", () => everything.every((request) => stub.requests.includes(request)));
  await polls(2);
  stub.requests.length = 0;
  return page;
}

const isPoll = (request: string) => request === "GET /api/events";
const asked = () => stub.requests.filter((request) => !isPoll(request)).toSorted();

/** Until the page looked for changes so many times more. */
async function polls(count: number): Promise<void> {
  const before = stub.requests.filter(isPoll).length;
  await eventually("the page to look for changes", () => stub.requests.filter(isPoll).length >= before + count);
}

it("asks for nothing while the count of changes stands", async () => {
  await openPage();
  await polls(5);
  expect(asked()).toEqual([]);
});

it("asks for everything once when the count rose, however long the answers take", async () => {
  await openPage();
  stub.show("active").status.changes = 2;
  stub.polled = { changes: 2 };
  // The rise is told again and again before it is answered.
  stub.readsTakeMs = 400;
  await eventually("the journal and the messages", () => asked().length >= everything.length);
  await polls(8);
  expect(asked()).toEqual(everything);
});

it("asks for the status alone on a calm half minute, once the lists are known to be new", async () => {
  const page = await openPage();
  await page.clock.runFor(31_500);
  await eventually("everything, the lists for certain now", () => asked().length === everything.length);
  stub.requests.length = 0;
  await page.clock.runFor(31_500);
  await eventually("the status", () => asked().length > 0);
  await polls(3);
  expect(asked()).toEqual(["GET /status"]);
});

it("asks nothing while nobody sees it, and everything that is new when somebody does again", async () => {
  const page = await openPage();
  const turn = (state: "hidden" | "visible") =>
    page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await turn("hidden");
  // A poll that was on its way is there before this answer.
  await page.evaluate('fetch("/")');
  stub.requests.length = 0;
  await page.clock.runFor(120_000);
  expect(stub.requests).toEqual([]);
  await turn("visible");
  await polls(2);
  expect(asked()).toContain("GET /status");
});
