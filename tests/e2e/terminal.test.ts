// The same from a terminal, beside the running server and on the same data.
import { beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { openTerminal, prebell } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";

let program: Program;
let owner: Client;
beforeAll(async () => {
  program = await startProgram();
  owner = await program.signIn();
});

async function renewInTerminal(answers: { accounts?: string } = {}) {
  const terminal = openTerminal(program, ["renew", "etrade-prod"]);
  const url = await eventually("the broker's link", () => /^http\S+$/m.exec(terminal.stdout())?.[0] ?? null);
  terminal.type(await program.control.accept(url));
  if (answers.accounts !== undefined) {
    await eventually("the accounts", () => terminal.stdout().includes("This login opens"));
    terminal.type(answers.accounts);
  }
  await eventually("the end", () => /stored\.|discarded/.test(terminal.stdout()));
  return terminal.ended();
}

describe("renew", () => {
  it("stores nothing when the accounts are not confirmed", async () => {
    expect((await renewInTerminal({ accounts: "n" })).code).toBe(1);
    expect((await owner.connection("etrade-prod")).token).toBeNull();
  });

  it("asks for the accounts the first time, then stores; the page shows it at once", async () => {
    const first = await renewInTerminal({ accounts: "y" });
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain("••5145 Brokerage");
    const second = await renewInTerminal();
    expect(second.stdout).toContain("renewed; version 2 is verified and stored.");
    expect((await owner.connection("etrade-prod")).token?.version).toBe(2);
  });

  it("tells of a wrong code and lets the person give up, with nothing changed", async () => {
    const terminal = openTerminal(program, ["renew", "etrade-prod"]);
    await eventually("the broker's link", () => /^http\S+$/m.exec(terminal.stdout())?.[0] ?? null);
    terminal.type("WRONG");
    const said = await terminal.ended();
    expect(said.code).toBe(1);
    expect(said.stderr).toContain("did not accept that code");
    expect(said.stderr).toContain("Nothing stored has changed.");
  });
});

describe("with a token stored", () => {
  it("status says what is true and exits with 3 while a connection needs its owner", async () => {
    const { stdout, code } = await prebell(program, ["status"]);
    expect(stdout).toMatch(/● active\s+E\*TRADE production/);
    expect(stdout).toMatch(/○ needs you\s+E\*TRADE sandbox/);
    expect(stdout).toMatch(/○ needs you\s+Schwab production/);
    expect(code).toBe(3);
  });

  it("token prints credentials as JSON, and nothing but those, to standard output", async () => {
    const { stdout, code } = await prebell(program, ["token", "etrade-prod", "--min-valid", "300"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ connection: "etrade-prod", version: 2 });
    const refused = await prebell(program, ["token", "etrade-prod", "--min-valid", "999999"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
  });

  it("keepalive calls the broker now", async () => {
    const { stdout, code } = await prebell(program, ["keepalive", "etrade-prod"]);
    expect({ stdout, code }).toEqual({ stdout: "E*TRADE production: verified by the account list.\n", code: 0 });
  });

  it("doctor finds a rejected key, names the remedy and exits with 1", async () => {
    const well = await prebell(program, ["doctor"]);
    expect(well.code).toBe(0);
    expect(well.stdout).toContain("1 of 3 connections have a stored token");
    expect(well.stdout).toMatch(/✓ etrade-prod key .*\n[^]*✓ etrade-sandbox key /);
    // Schwab can't be asked without a login.
    expect(well.stdout).toMatch(/! schwab-prod key\s+Not tried yet/);
    await prebell(program, ["practice", "reject-key", "prod"]);
    const { stdout, code } = await prebell(program, ["doctor"]);
    await prebell(program, ["practice", "clear"]);
    expect(code).toBe(1);
    expect(stdout).toContain("✗ etrade-prod key");
    expect(stdout).toContain("_CONSUMER_KEY");
  });

  it("rollback goes back to the version before if the broker still takes it", async () => {
    // The practice broker ended the earlier token with the new login, as E*TRADE may.
    const { code, stderr } = await prebell(program, ["rollback", "etrade-prod"]);
    expect(code).toBe(1);
    expect(stderr).toContain("no longer takes the earlier token");
    expect((await owner.connection("etrade-prod")).token?.version).toBe(2);
  });

  it("rotate-key re-encrypts under the feet of the running server", async () => {
    expect((await prebell(program, ["rotate-key"])).code).toBe(0);
    expect((await owner.get("/api/connections/etrade-prod/accounts")).status).toBe(200);
    await program.restart();
    expect((await prebell(program, ["token", "etrade-prod"])).code).toBe(0);
  });

  it("unpin makes the next renewal ask again", async () => {
    expect((await prebell(program, ["unpin", "etrade-prod"])).code).toBe(0);
    expect((await renewInTerminal({ accounts: "y" })).stdout).toContain("version 3");
  });

  it("revoke kills the token at the broker", async () => {
    expect((await prebell(program, ["revoke", "etrade-prod"])).code).toBe(0);
    const { tokens } = await program.control.state();
    expect(tokens.filter(({ environment, state }) => environment === "prod" && state === "active")).toEqual([]);
  });
});

describe("the practice brokers by command", () => {
  it("move their clock, and Prebell's with it", async () => {
    await prebell(program, ["practice", "set", "2026-11-27 08:29"]);
    expect((await owner.status()).market).toMatchObject({ date: "2026-11-27", occasion: "Day after Thanksgiving" });
  });
});

describe("a command nobody understands", () => {
  it.each([
    [[], 2],
    [["frobnicate"], 2],
    [["renew"], 2],
    [["renew", "etrade-nowhere"], 2],
    [["token", "etrade-prod", "--min-valid", "soon"], 2],
    [["practice", "frobnicate"], 2],
  ] as const)("%j exits with %i and says what there is", async (args, code) => {
    const said = await prebell(program, args);
    expect(said.code).toBe(code);
    expect(said.stdout + said.stderr).not.toBe("");
  });

  it("names the variable that keeps it from starting", async () => {
    const said = await prebell(program, ["status"], { PUBLIC_URL: "nonsense" });
    expect(said).toMatchObject({ code: 78 });
    expect(said.stderr).toContain("PUBLIC_URL");
  });
});
