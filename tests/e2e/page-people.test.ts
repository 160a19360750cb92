// Inviting somebody and sharing with them, on two phones.
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { accessibilityFaults, signInOn, useBrowser } from "../support/browser.ts";
import { type Program, startProgram } from "../support/program.ts";

const openPhone = useBrowser();
let program: Program;
beforeAll(async () => {
  program = await startProgram();
});

async function openSettings(page: Page): Promise<void> {
  await page.getByText("More", { exact: true }).tap();
  await page.getByRole("button", { name: "Settings" }).tap();
}

describe("a renewer", () => {
  it("is invited, accepts with a tap, sees what is shared, and is offered what they may do with it", async () => {
    const { page: max } = await openPhone();
    await signInOn(max, program.link());
    await openSettings(max);
    await max.getByText("Invite somebody").tap();
    await max.getByLabel("Name", { exact: true }).fill("Anna");
    await max.getByRole("button", { name: "Make an invitation" }).tap();
    const link = (await max.getByText("#invite=").textContent()) ?? "";

    const { page: anna } = await openPhone();
    await anna.goto(link);
    expect(anna.url()).not.toContain("invite");
    expect(await anna.locator("input").count()).toBe(0);
    await anna.getByRole("button", { name: "Accept the invitation" }).tap();
    await anna.getByText("No connection is set up yet.").waitFor();

    await max.getByText("← Back").tap();
    await openSettings(max);
    await max.locator(".person > summary", { hasText: "Anna" }).tap();
    const shared = max.getByRole("switch", { name: "E*TRADE sandbox" });
    await shared.tap();
    await expect.poll(() => shared.getAttribute("aria-checked")).toBe("true");
    expect(await accessibilityFaults(max)).toEqual([]);

    await anna.getByText("Owner’s connection. You may renew it; accounts and balances stay with Owner.").waitFor();
    await anna.getByRole("button", { name: /^Renew/ }).waitFor();
    await anna.getByText("More", { exact: true }).tap();
    await anna.getByRole("button", { name: "Settings" }).waitFor();
    expect(await anna.getByRole("button", { name: /Revoke/ }).count()).toBe(0);
    expect(await anna.getByText("Prove it").count()).toBe(0);

    await max.locator(".person[open]").getByRole("button", { name: "Remove …" }).tap();
    await max.getByRole("button", { name: "Remove now" }).tap();
    await max.getByText("Nobody else yet.").waitFor();
    await anna.getByText("Private tool").waitFor();
  });
});
