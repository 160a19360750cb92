// Notifications of this browser in real Chromium: what the service worker shows and where a tap leads, and how the page turns a
// subscription into a channel. The push service itself is Google's: that our messages pass one is in the notifiers' contract.
import type { BrowserContext, Page, Worker } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessibilityFaults, useBrowser } from "../support/browser.ts";
import { eventually } from "../support/wait.ts";
import { shownChannels } from "../support/web-channels.ts";
import { startWebStub, type WebStub } from "../support/web-stub.ts";

const openPhone = useBrowser();
let stub: WebStub;
beforeAll(async () => {
  stub = await startWebStub();
});
afterAll(() => stub.close());
beforeEach(() => void stub.show("active"));

const message = (navigate: string) => ({
  web_push: 8030,
  notification: { title: "Prebell", body: "🔔 Renewal required", lang: "en", navigate, silent: false },
});

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly silent: boolean | null;
  readonly data: unknown;
}

/** A page whose service worker runs. */
async function withWorker() {
  const { context, page } = await openPhone();
  await context.grantPermissions(["notifications"], { origin: stub.url });
  const debugging = await context.newCDPSession(page);
  const activated = Promise.withResolvers<string>();
  debugging.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    const active = versions.find(({ status, scriptURL }) => status === "activated" && scriptURL.startsWith(stub.url));
    if (active !== undefined) activated.resolve(active.registrationId);
  });
  await debugging.send("ServiceWorker.enable");
  await page.goto(stub.url);
  const registrationId = await activated.promise;
  const [worker] = context.serviceWorkers();
  if (worker === undefined) throw new Error("No service worker runs.");
  const deliver = (data: string) =>
    debugging.send("ServiceWorker.deliverPushMessage", { origin: stub.url, registrationId, data });
  return { page, worker, deliver };
}

/** The event that a delivery becomes, to the worker itself; resolves when it did what it has to. */
async function receive(worker: Worker, data: string): Promise<void> {
  await worker.evaluate(`(async () => {
    const waits = [];
    const event = new PushEvent("push", { data: ${JSON.stringify(data)} });
    event.waitUntil = (work) => waits.push(work);
    self.dispatchEvent(event);
    await Promise.all(waits);
  })()`);
}

async function shown(page: Page): Promise<Shown[]> {
  return page.evaluate<Shown[]>(`navigator.serviceWorker.ready
    .then((registration) => registration.getNotifications())
    .then((all) => all.map(({ title, body, silent, data }) => ({ title, body, silent, data })))`);
}

/** Chromium can't be told to tap a notification; the worker gets the same event. Returns what it brought up. */
async function tap(worker: Worker): Promise<string | null> {
  return worker.evaluate<string | null>(`(async () => {
    const [notification] = await self.registration.getNotifications();
    let up = null;
    // Only a real tap allows these.
    WindowClient.prototype.focus = async function () { up = "to the front: " + new URL(this.url).pathname; };
    self.clients.openWindow = async (address) => void (up = "opened: " + address);
    const waits = [];
    const event = new NotificationEvent("notificationclick", { notification });
    event.waitUntil = (work) => waits.push(work);
    self.dispatchEvent(event);
    await Promise.all(waits);
    return up;
  })()`);
}

describe("a message to this browser", () => {
  it("is shown as the browser delivers it", async () => {
    const { page, deliver } = await withWorker();
    await eventually("the notification", async () => {
      // A worker that has just been started may not be found by the first one.
      await deliver(JSON.stringify(message(`${stub.url}/#settings`)));
      return (await shown(page)).length > 0;
    });
    expect((await shown(page))[0]).toEqual({
      title: "Prebell",
      body: "🔔 Renewal required",
      silent: false,
      data: "/#settings",
    });
  });

  it("leads nowhere else whatever address it names, and is shown even if nothing of it can be read", async () => {
    const { page, worker } = await withWorker();
    const elsewhere = ["https://evil.example/login", "javascript:alert(1)", "//evil.example", "http://[", ""];
    for (const data of [...elsewhere.map((navigate) => JSON.stringify(message(navigate))), "neither JSON nor ours"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await receive(worker, data);
    const all = await shown(page);
    expect(all.map(({ data }) => data)).toEqual(Array.from({ length: elsewhere.length + 1 }, () => "/"));
    expect(all.map(({ body }) => body)).toContain("");
  });

  it("a tap opens our own page, or brings it to the front where it is open", async () => {
    const { page, worker } = await withWorker();
    await receive(worker, JSON.stringify(message(`${stub.url}/#settings`)));
    expect(await tap(worker)).toBe("to the front: /");
    expect(await shown(page)).toEqual([]);
    await receive(worker, JSON.stringify(message(`${stub.url}/#settings`)));
    await page.close();
    expect(await tap(worker)).toBe("opened: /#settings");
  });
});

const endpoint = "https://fcm.googleapis.com/fcm/send/one";

/** What Chromium would get from Google, had it a network. */
function subscribing(context: BrowserContext, result: string): Promise<unknown> {
  return context.addInitScript(`
    PushManager.prototype.subscribe = async (options) => { globalThis.asked = options; ${result} };
    PushManager.prototype.getSubscription = async () => globalThis.asked ? ({ endpoint: "${endpoint}" }) : null;
  `);
}

const given = `return { toJSON: () => ({ endpoint: "${endpoint}", keys: { p256dh: "BKey", auth: "Auth" } }) };`;

/** A phone that never asked for notifications; without a screen Chromium would count as refused. */
async function openAsked(result: string) {
  const { context, page } = await openPhone();
  await context.grantPermissions(["notifications"], { origin: stub.url });
  await subscribing(context, result);
  return { context, page };
}

async function openForm(page: Page): Promise<void> {
  await page.goto(`${stub.url}/#settings`);
  await page.getByRole("button", { name: "This browser" }).tap();
}

describe("this browser as a channel", () => {
  it("is added by one tap, and marked in the list", async () => {
    const { page } = await openAsked(given);
    stub.answers.set("/api/channels", { status: 201, body: { ...shownChannels, added: "web-push-3d" } });
    await openForm(page);
    const posted = page.waitForRequest((request) => request.method() === "POST");
    await page.getByRole("button", { name: "Allow notifications here" }).tap();
    expect((await posted).postDataJSON()).toEqual({ kind: "web-push", endpoint, p256dh: "BKey", auth: "Auth" });
    await page.getByText("this browser", { exact: true }).waitFor();
    const options = await page.evaluate("({ only: asked.userVisibleOnly, key: asked.applicationServerKey.length })");
    expect(options).toEqual({ only: true, key: 65 });
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("fcm.googleapis.com");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("that got another subscription since then says so, and is renewed by one tap", async () => {
    const { context, page } = await openAsked(given);
    await context.addInitScript(
      `localStorage.setItem("push", JSON.stringify({ channel: "web-push-3d", endpoint: "digest of another" }))`,
    );
    stub.answers.set("/api/channels", { status: 201, body: { ...shownChannels, added: "web-push-3d" } });
    await page.goto(`${stub.url}/#settings`);
    await page.getByText("its notifications no longer arrive").waitFor();
    await page.getByRole("button", { name: "Switch them on again" }).tap();
    await page.getByText("its notifications no longer arrive").waitFor({ state: "detached" });
  });

  it("says what helps where the browser refuses", async () => {
    const { page } = await openAsked('throw new DOMException("no", "NotAllowedError");');
    await openForm(page);
    await page.getByRole("button", { name: "Allow notifications here" }).tap();
    await page.getByText("Allow notifications for this page in the browser’s settings").waitFor();
    expect(stub.requests.filter((request) => request.startsWith("POST"))).toEqual([]);
  });

  it("tells an iPhone without it to put the page on its home screen", async () => {
    const { context, page } = await openPhone();
    await context.addInitScript(`
      delete globalThis.PushManager;
      Object.defineProperty(navigator, "userAgent", { value: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)" });
    `);
    await openForm(page);
    await page.getByText("Add to Home Screen").waitFor();
    expect(await page.getByRole("button", { name: "Allow notifications here" }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
