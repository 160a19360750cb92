// Moments of the page that take a hand to reach, for the screenshots.
import type { Page } from "playwright-core";
import { problem, type WebStub } from "./web-stub.ts";

export interface Moment {
  scenario: string;
  /** What comes after the origin. */
  path?: string;
  act(page: Page, stub: WebStub): Promise<void>;
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

export const moments: Record<string, Moment> = {
  "sign-in": { scenario: "signed-out", path: "/#signin=one-time", act: async () => {} },
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
  proof: {
    scenario: "active",
    async act(page) {
      await page.getByText("Prove it").click();
      await button(page, "Balances").click();
      await page.getByRole("table").scrollIntoViewIfNeeded();
    },
  },
  "callback-lost": { scenario: "active", path: "/callback/etrade?oauth_verifier=WXYZ8", act: async () => {} },
};
