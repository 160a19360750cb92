// Whose accounts a new token opens: confirmed the first time, compared ever after, and never swapped.
import { expect, it } from "vitest";
import type { CompletionReply, JournalReply } from "../../server/http/contract.ts";
import { ceremony } from "../support/program-ceremony.ts";
import { good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";

async function signedIn() {
  const program = await startProgram();
  const client = await program.signIn();
  return {
    program,
    client,
    prod: ceremony(program, client, "etrade-prod"),
    sandbox: ceremony(program, client, "etrade-sandbox"),
  };
}

const brokersTokens = async (program: Program) =>
  (await program.control.state()).tokens.map(({ environment, state }) => `${environment} ${state}`);

it("the first accounts are stored only after the owner's word, and the pin is in the journal", async () => {
  const { client, prod } = await signedIn();
  const shown = await good<CompletionReply>(prod.complete(await prod.approve()));
  expect(shown).toMatchObject({
    outcome: "confirm-accounts",
    version: null,
    accounts: ["••5145 Brokerage", "••2718 Brokerage", "••1828 Roth IRA"],
  });
  expect((await client.connection("etrade-prod")).authorization).toMatchObject({
    stage: "confirming-accounts",
    mine: true,
    accounts: shown.accounts,
  });
  expect(verdict(await prod.proof())).toBe("409 no-token");

  expect(await good<CompletionReply>(prod.confirm(true))).toMatchObject({ outcome: "stored", version: 1 });
  expect((await client.connection("etrade-prod")).accounts).toEqual(shown.accounts);
  const { entries } = await good<JournalReply>(client.get("/api/journal"));
  expect(entries.map(({ text }) => text)).toContain(
    "E*TRADE production: pinned to ••5145 Brokerage, ••2718 Brokerage, ••1828 Roth IRA.",
  );
  expect(verdict(await prod.confirm(true))).toBe("409 nothing-to-confirm");
});

it("declining them stores nothing and revokes the token at the broker", async () => {
  const { program, client, sandbox } = await signedIn();
  await good(sandbox.complete(await sandbox.approve()));
  expect(await good<CompletionReply>(sandbox.confirm(false))).toMatchObject({ outcome: "discarded", version: null });
  expect(await brokersTokens(program)).toEqual(["sandbox revoked"]);
  const { status, accounts, token } = await client.connection("etrade-sandbox");
  expect([status.word, status.reason, accounts, token]).toEqual(["needs-authorization", "never", [], null]);
  expect(verdict(await sandbox.confirm(true))).toBe("409 nothing-to-confirm");
});

it("accounts that nobody confirms within fifteen minutes are given back to the broker", async () => {
  const { program, client, prod } = await signedIn();
  await good(prod.complete(await prod.approve()));
  await program.control.advance(Temporal.Duration.from({ minutes: 15 }));
  await program.restart();
  const stage = async () => (await client.connection("etrade-prod")).authorization?.stage;
  await eventually("the end of the wait", async () => (await stage()) !== "confirming-accounts");
  expect(verdict(await prod.confirm(true))).toBe("409 nothing-to-confirm");
  expect(await brokersTokens(program)).toEqual(["prod revoked"]);
  expect((await client.connection("etrade-prod")).token).toBeNull();
});

it("another device can't confirm them", async () => {
  const { program, prod } = await signedIn();
  await good(prod.complete(await prod.approve()));
  await program.restart();
  const other = ceremony(program, await program.signIn(), "etrade-prod");
  expect(verdict(await other.confirm(true))).toBe("409 authorization-elsewhere");
  expect(await good<CompletionReply>(prod.confirm(true))).toMatchObject({ outcome: "stored", version: 1 });
});

it("a login to other accounts stores nothing, is revoked, leaves the old token working and raises the alarm", async () => {
  const { program, client, prod } = await signedIn();
  await program.renew(client, "etrade-prod");
  const answer = await prod.complete(await prod.approve("somebody else"));
  expect(verdict(answer)).toBe("409 account-mismatch");
  expect([await prod.version(), verdict(await prod.proof())]).toEqual([1, "200 ok"]);
  expect(await brokersTokens(program)).toEqual(["prod active", "prod revoked"]);
  const alarm = (await client.messages()).find(({ kind }) => kind === "account-mismatch");
  expect(alarm?.text.split("\n")).toEqual([
    "🚨 E*TRADE production: somebody logged in to OTHER accounts.",
    "Offered: ••4463 Brokerage. Pinned: ••5145 Brokerage, ••2718 Brokerage, ••1828 Roth IRA.",
    "Nothing was stored and the token in use is untouched. The new token was revoked.",
    "If this was not you, sign every device out and check who can reach Prebell.",
  ]);
});

it("a login that the broker does not let us revoke is said to be so", async () => {
  const { program, client, prod } = await signedIn();
  await program.renew(client, "etrade-prod");
  await program.control.fault({ fault: "error-500", on: "revoke" });
  expect(verdict(await prod.complete(await prod.approve("somebody else")))).toBe("409 account-mismatch");
  const alarm = (await client.messages()).find(({ kind }) => kind === "account-mismatch");
  expect(alarm?.text).toContain("thrown away; the broker did not confirm its revocation");
  expect(verdict(await prod.proof())).toBe("200 ok");
});

it("a login without any account stores nothing", async () => {
  const { program, prod } = await signedIn();
  const verifier = await prod.approve();
  await program.control.fault({ fault: "no-accounts", on: "accounts" });
  expect(verdict(await prod.complete(verifier))).toBe("409 no-accounts");
  expect([await prod.version(), await brokersTokens(program)]).toEqual([null, ["prod revoked"]]);
});
