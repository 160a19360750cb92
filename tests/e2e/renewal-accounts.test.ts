// Whose accounts a new token opens: confirmed the first time, compared ever after, and never swapped.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CompletionReply, JournalReply } from "../../server/http/contract.ts";
import type { Environment } from "../../server/domain/connection.ts";
import { type Ceremony, ceremony } from "../support/program-ceremony.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";

let program: Program;
let client: Client;
/** Pinned to its accounts before the tests. */
let prod: Ceremony;
/** Never confirmed: every test leaves it so. */
let sandbox: Ceremony;

beforeAll(async () => {
  program = await startProgram();
  client = await program.signIn();
  prod = ceremony(program, client, "etrade-prod");
  sandbox = ceremony(program, client, "etrade-sandbox");
  await program.renew(client, "etrade-prod");
});
afterEach(() => program.control.clear());

const stage = async () => (await client.connection("etrade-sandbox")).authorization?.stage;
const alarms = async () =>
  (await client.messages()).filter(({ kind }) => kind === "account-mismatch").map(({ text }) => text.split("\n"));

/** What became of the token that the broker issued last. */
async function newestToken(environment: Environment): Promise<string | undefined> {
  const { tokens } = await program.control.state();
  return tokens.findLast((token) => token.environment === environment)?.state;
}

describe("the first accounts", () => {
  it("are stored only after the owner's word, and the pin is in the journal", async () => {
    const fresh = await startProgram();
    const owner = await fresh.signIn();
    const first = ceremony(fresh, owner, "etrade-prod");
    const shown = await good<CompletionReply>(first.complete(await first.approve()));
    const accounts = ["••5145 Brokerage", "••2718 Brokerage", "••1828 Roth IRA"];
    expect(shown).toMatchObject({ outcome: "confirm-accounts", version: null, accounts });
    const { authorization } = await owner.connection("etrade-prod");
    expect(authorization).toMatchObject({ stage: "confirming-accounts", mine: true, accounts });
    expect(verdict(await first.proof())).toBe("409 no-token");

    expect(await good<CompletionReply>(first.confirm(true))).toMatchObject({ outcome: "stored", version: 1 });
    expect((await owner.connection("etrade-prod")).accounts).toEqual(accounts);
    const { entries } = await good<JournalReply>(owner.get("/api/journal"));
    expect(entries.map(({ text }) => text)).toContain(`E*TRADE production: pinned to ${accounts.join(", ")}.`);
    expect(verdict(await first.confirm(true))).toBe("409 nothing-to-confirm");
  });

  it("declined are not stored, and their token is revoked at the broker", async () => {
    await good(sandbox.complete(await sandbox.approve()));
    expect(await good<CompletionReply>(sandbox.confirm(false))).toMatchObject({ outcome: "discarded", version: null });
    expect(await newestToken("sandbox")).toBe("revoked");
    const { status, accounts, token } = await client.connection("etrade-sandbox");
    expect([status.word, status.reason, accounts, token]).toEqual(["needs-authorization", "never", [], null]);
    expect(verdict(await sandbox.confirm(true))).toBe("409 nothing-to-confirm");
  });

  it("given up while they are shown are declined too", async () => {
    await good(sandbox.complete(await sandbox.approve()));
    expect((await sandbox.cancel()).status).toBe(200);
    expect([await newestToken("sandbox"), await sandbox.version()]).toEqual(["revoked", null]);
  });

  it("that nobody confirms within fifteen minutes are given back to the broker", async () => {
    await good(sandbox.complete(await sandbox.approve()));
    await program.control.advance(Temporal.Duration.from({ minutes: 15 }));
    await program.restart();
    await eventually("the end of the wait", async () => (await stage()) !== "confirming-accounts");
    expect(verdict(await sandbox.confirm(true))).toBe("409 nothing-to-confirm");
    expect([await newestToken("sandbox"), await sandbox.version()]).toEqual(["revoked", null]);
  });

  it("can't be confirmed by another device", async () => {
    await good(sandbox.complete(await sandbox.approve()));
    await program.restart();
    const other = ceremony(program, await program.signIn(), "etrade-sandbox");
    const refused = await eventually("the start's own work to be done", async () => {
      const answer = await other.confirm(true);
      return answer.code === "renewal-in-progress" ? null : answer;
    });
    expect(verdict(refused)).toBe("409 authorization-elsewhere");
    expect(await good<CompletionReply>(sandbox.confirm(false))).toMatchObject({ outcome: "discarded" });
  });

  it("that are none store nothing", async () => {
    const verifier = await sandbox.approve();
    await program.control.fault({ fault: "no-accounts", on: "accounts", environment: "sandbox" });
    expect(verdict(await sandbox.complete(verifier))).toBe("409 no-accounts");
    expect([await newestToken("sandbox"), await sandbox.version()]).toEqual(["revoked", null]);
  });
});

describe("a login to other accounts than the pinned ones", () => {
  let before: number | null;
  let alarmsBefore: number;
  beforeEach(async () => {
    before = await prod.version();
    alarmsBefore = (await alarms()).length;
  });

  it("stores nothing, is revoked, leaves the old token working and raises the alarm, once", async () => {
    expect(verdict(await prod.complete(await prod.approve("somebody else")))).toBe("409 account-mismatch");
    expect([await newestToken("prod"), await prod.version(), verdict(await prod.proof())]).toEqual([
      "revoked",
      before,
      "200 ok",
    ]);
    const raised = await alarms();
    expect(raised).toHaveLength(alarmsBefore + 1);
    expect(raised[0]).toEqual([
      "🚨 E*TRADE production: a login opened OTHER accounts.",
      "Offered: ••4463 Brokerage. Pinned: ••5145 Brokerage, ••2718 Brokerage, ••1828 Roth IRA.",
      "Nothing was stored; what was there before stays. The new token was revoked.",
      "Did you open or close an account? Then run: npm run prebell -- unpin etrade-prod, and renew.",
      "If this was not you, sign every device out and check who can reach Prebell.",
    ]);
  });

  it("that the broker does not let us revoke is said to be so", async () => {
    await program.control.fault({ fault: "error-500", on: "revoke" });
    expect(verdict(await prod.complete(await prod.approve("somebody else")))).toBe("409 account-mismatch");
    expect((await alarms())[0]?.[2]).toContain("thrown away; the broker did not confirm its revocation");
    expect([await prod.version(), verdict(await prod.proof())]).toEqual([before, "200 ok"]);
  });
});
