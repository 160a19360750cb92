// Moments of the page that take a hand to reach, for the screenshots.
import type { Page } from "playwright-core";
import { doorMoments } from "./web-moments-doors.ts";
import type { DrillView } from "../../server/http/contract-drills.ts";
import { drillsShown } from "./web-drills.ts";
import { problem, type WebStub } from "./web-stub.ts";

export interface Moment {
  scenario: string;
  /** What comes after the origin. */
  path?: string;
  act(page: Page, stub: WebStub): Promise<void>;
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

const tested = (failure: string | null) => ({
  status: 200,
  body: { at: "2026-11-20T13:40:00Z", by: "test", seconds: 0.41, failure },
});

export const moments: Record<string, Moment> = {
  "settings-channels": { scenario: "active", path: "/#settings", act: async () => {} },
  "settings-tested": {
    scenario: "active",
    path: "/#settings",
    async act(page, stub) {
      stub.answers.set("telegram/test", tested(null));
      stub.answers.set("ntfy-2e/test", tested("ntfy refused with 403; check NTFY_TOKEN and the topic."));
      await button(page, "Send a test").nth(0).click();
      await button(page, "Send a test").nth(2).click();
      await page.getByText("ntfy refused").waitFor();
      await button(page, "Remove …").first().click();
    },
  },
  "settings-ntfy": {
    scenario: "active",
    path: "/#settings",
    async act(page) {
      await button(page, "ntfy app").click();
      await page.getByRole("textbox", { name: "Topic" }).scrollIntoViewIfNeeded();
    },
  },
  "settings-refused": {
    scenario: "active",
    path: "/#settings",
    async act(page, stub) {
      const detail =
        "Discord refused with 404; the webhook is gone or wrong: make a new one in Discord. Nothing was added.";
      stub.answers.set("/api/channels", { status: 422, body: problem(422, detail) });
      await button(page, "Discord").click();
      await page.getByLabel("Webhook address").fill("https://discord.com/api/webhooks/1/gone");
      await button(page, "Add Discord").click();
      await page.getByText("Nothing was added").scrollIntoViewIfNeeded();
    },
  },
  "sign-in": { scenario: "signed-out", path: "/#signin=one-time", act: async () => {} },
  invitation: { scenario: "signed-out", path: "/#invite=one-time", act: async () => {} },
  "invitation-spent": {
    scenario: "signed-out",
    path: "/#invite=one-time",
    async act(page, stub) {
      stub.answers.set("/accept", {
        status: 401,
        body: problem(401, "This invitation was used already or has lapsed. Ask for a new one."),
      });
      await button(page, "Accept").click();
    },
  },
  settings: { scenario: "active", path: "/#settings", act: async () => {} },
  "settings-renewer": { scenario: "renewer", path: "/#settings", act: async () => {} },
  "settings-person": {
    scenario: "active",
    path: "/#settings",
    async act(page) {
      await page.locator(".person > summary", { hasText: "Anna" }).click();
      await page.locator(".person[open]").getByRole("button", { name: "Remove" }).click();
    },
  },
  "settings-invite": {
    scenario: "active",
    path: "/#settings",
    async act(page, stub) {
      const link = `https://prebell.example.com/#invite=${"Ab3_".repeat(10)}xyz`;
      stub.answers.set("/api/people", { status: 201, body: { link, expiresAt: "2026-11-20T18:04:00Z" } });
      await page.getByText("Invite somebody").click();
      await page.getByLabel("Name", { exact: true }).fill("Nina");
      await button(page, "Make an invitation").click();
      await page.getByText("Send this to Nina").waitFor();
    },
  },
  "settings-token": {
    scenario: "active",
    path: "/#settings",
    async act(page, stub) {
      const made = { name: "new-bot", scopes: ["status"], connections: null, createdAt: null, expiresAt: null };
      stub.answers.set("/api/tokens", { status: 201, body: { token: `prebell_${"Ab3_".repeat(10)}xyz`, made } });
      await page.getByText("Make a token").click();
      await page.getByLabel("Program’s name").fill("new-bot");
      await page.getByLabel("everything I see").click();
      await button(page, "Make the token").click();
      await page.getByText("Shown this once").waitFor();
    },
  },
  "settings-program": {
    scenario: "active",
    path: "/#settings",
    async act(page) {
      await page.locator(".person > summary", { hasText: "opening-range-bot" }).click();
      await page.locator(".person[open]").getByRole("button", { name: "Revoke" }).click();
    },
  },
  "sign-in-spent": {
    scenario: "signed-out",
    path: "/#signin=one-time",
    async act(page, stub) {
      stub.answers.set("/handoff", {
        status: 410,
        body: problem(410, "This link was used already or is older than ten minutes."),
      });
      await button(page, "Sign in").click();
    },
  },
  "passkey-refused": {
    scenario: "signed-out",
    async act(page, stub) {
      const detail = "The passkey was not accepted. Try again; if that does not help, a one-time link does.";
      stub.answers.set("/options", { status: 429, body: problem(429, detail) });
      await button(page, "Sign in with passkey").click();
    },
  },
  "passkey-offer": {
    scenario: "signed-out",
    path: "/#signin=one-time",
    async act(page, stub) {
      stub.show("active");
      stub.answers.set("GET /api/passkeys", { status: 200, body: { passkeys: [] } });
      await button(page, "Sign in").click();
      await button(page, "Add a passkey").waitFor();
    },
  },
  "other-accounts-shown": { scenario: "authorizing", act: turnedAway },
  "other-accounts-refused": {
    scenario: "authorizing",
    async act(page, stub) {
      await turnedAway(page, stub);
      const detail = "No passkey was used: it was cancelled, it took too long, or this device has none for this page.";
      stub.answers.set("/unpin", { status: 422, body: problem(422, detail) });
      await button(page, "These are mine now").click();
    },
  },
  passkeys: {
    scenario: "active",
    path: "/#settings",
    act: (page) =>
      button(page, /^Rename/)
        .first()
        .waitFor(),
  },
  "passkey-rename": {
    scenario: "active",
    path: "/#settings",
    act: (page) =>
      button(page, /^Rename/)
        .first()
        .click(),
  },
  "passkey-remove": {
    scenario: "active",
    path: "/#settings",
    act: (page) =>
      button(page, /^Remove/)
        .last()
        .click(),
  },
  "passkey-none": {
    scenario: "signed-out",
    async act(page, stub) {
      stub.show("active");
      stub.answers.set("GET /api/passkeys", { status: 200, body: { passkeys: [] } });
      await page.goto(`${stub.url}/?again#settings`);
      await page.getByText("You have none yet").waitFor();
    },
  },
  "code-refused": {
    scenario: "authorizing",
    async act(page, stub) {
      const detail = "The broker did not accept that code. Check it and try again; two tries are left.";
      stub.answers.set("/complete", { status: 422, body: problem(422, detail) });
      await page.getByLabel("Code").fill("wx-yz8");
      await button(page, "Submit").click();
    },
  },
  "code-stored": {
    scenario: "authorizing",
    async act(page, stub) {
      await page.getByLabel("Code").fill("WXYZ8");
      stub.show("stored");
      await button(page, "Submit").click();
      await page.getByText("from tap").first().waitFor();
    },
  },
  silent: {
    scenario: "active",
    async act(page, stub) {
      stub.show("down");
      await page.evaluate("dispatchEvent(new Event('online'))");
    },
  },
  "last-known": {
    scenario: "active",
    async act(page, stub) {
      stub.show("down");
      await page.reload();
    },
  },
  heard: {
    scenario: "active",
    async act(page) {
      await page.getByText("More", { exact: true }).click();
      await page.getByText("Server last heard").scrollIntoViewIfNeeded();
    },
  },
  "revoke-question": {
    scenario: "active",
    async act(page) {
      await page.getByText("More", { exact: true }).click();
      await button(page, "Revoke").click();
    },
  },
  named: {
    scenario: "active",
    async act(page, stub) {
      const { status } = stub.show("due");
      for (const [index, connection] of status.connections.entries())
        connection.label += index === 0 ? " · The Grandchildren's Fund 2041" : " · Anna";
      await page.reload();
      await page.getByText("Fund 2041").first().waitFor();
    },
  },
  "drill-none": { scenario: "active", path: "/#settings", act: (page) => untilDrill(page, /Run a fire drill/) },
  "drill-running": {
    scenario: "signed-out",
    act: (page, stub) => showDrills(page, stub, [drillsShown.running, drillsShown.missed], /Call it off/),
  },
  "drill-board": {
    scenario: "signed-out",
    async act(page, stub) {
      const { status } = stub.show("active");
      const [real] = status.connections;
      if (real === undefined) throw new Error("The scenario has no connection.");
      const evidence = "Nothing is at stake. Never authorized yet.";
      const needed = { word: "needs-authorization", reason: "never", evidence, action: "renew" } as const;
      status.connections.push({
        ...real,
        id: "drill",
        environment: "sandbox",
        label: "🧪 Fire drill",
        token: null,
        nextReminderAt: null,
        consumers: [],
        status: { ...needed, evidenceAt: null, expiresAt: null },
      });
      await page.goto(`${stub.url}/?again`);
      await page.getByText("Fire drill").first().waitFor();
    },
  },
  "drill-report": {
    scenario: "signed-out",
    act: (page, stub) => showDrills(page, stub, [drillsShown.done, drillsShown.missed], /Run a fire drill/),
  },
  connections: { scenario: "active", path: "/#settings", act: untilConnections },
  "connections-add": {
    scenario: "active",
    path: "/#settings",
    async act(page, stub) {
      await untilConnections(page);
      await button(page, "Add a connection").click();
      await page.locator("#own-broker").selectOption("Schwab production");
      await page.locator("#own-name").fill("Anna");
      await page.getByLabel("App key").fill("wrong-key-1234");
      await page.getByLabel("App secret").fill("wrong-secret");
      stub.answers.set("/api/connections", {
        status: 422,
        body: problem(422, "The app key has to be 8 to 128 letters and digits, as the developer portal shows it."),
      });
      await button(page, "Check and add").click();
      await page.getByRole("alert").filter({ hasText: "letters and digits" }).scrollIntoViewIfNeeded();
    },
  },
  "connections-remove": {
    scenario: "active",
    path: "/#settings",
    async act(page) {
      await untilConnections(page);
      await button(page, "Remove E*TRADE production · Anna").click();
    },
  },
  proof: {
    scenario: "active",
    async act(page) {
      await page.getByText("Prove it").click();
      await button(page, "Balances").click();
      await button(page, "Hide").scrollIntoViewIfNeeded();
    },
  },
  "schwab-healthy": {
    scenario: "schwab",
    async act(page) {
      await button(page, /Schwab production/).click();
    },
  },
  "schwab-proof": { scenario: "schwab-paste", act: showProof("Positions") },
  "schwab-missing": { scenario: "schwab-paste", act: showProof("Accounts") },
  "schwab-balances": { scenario: "schwab-paste", act: showProof("Balances") },
  "schwab-paste-back": {
    scenario: "schwab-paste",
    async act(page) {
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await page.getByLabel("Address of the page").fill("https://127.0.0.1/?code=C0.b2F1dGg.");
    },
  },
  "forget-question": {
    scenario: "schwab",
    async act(page) {
      await button(page, /Schwab production/).click();
      await page.getByText("More", { exact: true }).click();
      await button(page, "Forget this login").click();
    },
  },
  "callback-denied": {
    scenario: "schwab-redirect",
    async act(page, stub) {
      stub.answers.set("/complete", { status: 422, body: problem(422, "That is not a code.") });
      await page.goto(`${stub.url}/callback/schwab?error=access_denied&state=abc`);
      await page.getByRole("link", { name: "Back to Prebell" }).waitFor();
    },
  },
  ...doorMoments,
  "callback-lost": { scenario: "active", path: "/callback/etrade?oauth_verifier=WXYZ8", act: async () => {} },
};

/** From the code to a login that opened other accounts. */
async function turnedAway(page: Page, stub: WebStub): Promise<void> {
  await page.getByLabel("Code").fill("WXYZ8");
  stub.show("other-accounts");
  const detail =
    "The login opened other accounts than the pinned ones, so the new token was discarded. Nothing stored has changed.";
  stub.answers.set("/complete", { status: 409, body: problem(409, detail) });
  await button(page, "Submit").click();
  await page.getByText("This login opened").waitFor();
}

/** Through the paste of an address to what the new token opens. */
function showProof(kind: string): Moment["act"] {
  return async (page, stub) => {
    const address = "https://127.0.0.1/?code=C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.Qr7%40&session=6f1c&state=abc";
    await page.getByLabel("Address of the page").fill(address);
    stub.show("schwab-stored");
    await button(page, "Submit address").click();
    await page.getByText("from tap").first().waitFor();
    await button(page, kind).click();
    await button(page, "Hide").scrollIntoViewIfNeeded();
  };
}

async function untilConnections(page: Page): Promise<void> {
  await page.getByText("E*TRADE production · Anna", { exact: true }).first().waitFor();
}

async function showDrills(page: Page, stub: WebStub, drills: DrillView[], until: RegExp): Promise<void> {
  stub.show("active");
  stub.answers.set("GET /api/drills", { status: 200, body: { drills } });
  await page.goto(`${stub.url}/?again#settings`);
  await untilDrill(page, until);
}

async function untilDrill(page: Page, name: RegExp): Promise<void> {
  await button(page, name).waitFor();
  await page.getByRole("heading", { name: "Fire drill" }).scrollIntoViewIfNeeded();
}
