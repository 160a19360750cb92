// People and programs' tokens, from the terminal beside the running server and over HTTP.
import { beforeAll, describe, expect, it } from "vitest";
import type { InvitationReply, MadeTokenReply, MeReply, PeopleReply } from "../../server/http/contract.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";
import { openTerminal, prebell, type Said } from "../support/terminal.ts";

const declared = "a-token-that-the-configuration-declares";
let hashed: Said;
let program: Program;
let owner: Client;

beforeAll(async () => {
  // It needs neither data nor configuration: what it prints becomes part of the latter.
  const nowhere = { dataDir: "/nonexistent", port: 1, practicePort: 1 };
  const words = ["tokens", "hash", "watchdog", "--scopes", "status", "--connections", "schwab-prod"];
  const terminal = openTerminal(nowhere, words);
  terminal.type(declared);
  hashed = await terminal.ended();
  program = await startProgram({ env: { API_TOKENS: hashed.stdout.trim() } });
  owner = await program.signIn();
  await program.renew(owner, "etrade-prod");
});

async function accept(link: string): Promise<Client> {
  const token = new URL(link).hash.replace("#invite=", "");
  const answer = await program.stranger(sameOriginHeaders).post("/api/people/accept", { token });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`The invitation was refused with ${answer.status}: ${answer.text}`);
  return program.stranger({ ...sameOriginHeaders, cookie });
}

const ids = async (client: Client) => (await client.status()).connections.map(({ id }) => id);
const people = (...args: string[]) => prebell(program, ["people", ...args]);
const tokens = (...args: string[]) => prebell(program, ["tokens", ...args]);

describe("a renewer who is invited", () => {
  it("sees nothing, then what is shared, renews it without seeing an account, and is out when removed", async () => {
    const { link } = await good<InvitationReply>(owner.post("/api/people", { name: "Anna", role: "renewer" }));
    expect(link).toMatch(/^http:\/\/localhost:\d+\/#invite=[\w-]{43}$/);
    const anna = await accept(link);
    const me = await good<MeReply>(anna.get("/api/me"));
    expect([me.name, me.role, await ids(anna)]).toEqual(["Anna", "renewer", []]);
    expect(verdict(await anna.post("/api/connections/etrade-prod/authorizations"))).toBe("404 unknown-connection");

    await good(owner.post("/api/connections/etrade-prod/shares", { personId: me.id }));
    expect(await ids(anna)).toEqual(["etrade-prod"]);
    expect(await anna.connection("etrade-prod")).toMatchObject({ role: "renewer", ownerName: "Owner", accounts: [] });
    expect(await program.renew(anna, "etrade-prod")).toMatchObject({ outcome: "stored", version: 2, accounts: [] });
    expect(verdict(await anna.get("/api/connections/etrade-prod/balances"))).toBe("403 owner-only");
    const journal = await anna.get("/api/journal");
    expect(journal.text).toContain("version 2 verified and stored");
    expect(journal.text).not.toContain("••");

    const listed = await people();
    expect(listed.stdout).toMatch(/^Anna\s+renewer\s+0 passkeys · shared: E\*TRADE production$/m);
    expect((await people("remove", "anna")).stdout).toBe("Anna: removed.\n");
    expect(verdict(await anna.get("/status"))).toBe("401 not-signed-in");
    expect((await good<PeopleReply>(owner.get("/api/people"))).people).toHaveLength(1);
  });
});

describe("at the terminal", () => {
  it("somebody is invited, sees what is shared with them, becomes an owner and is given a connection", async () => {
    const invited = await people("invite", "Ben Vale", "viewer");
    expect(invited.stderr).toBe("For Ben Vale alone. Good once, for 60 minutes.\n");
    const ben = await accept(invited.stdout.trim());
    expect((await people("share", "etrade-sandbox", "ben vale")).stdout).toBe(
      "E*TRADE sandbox: shared with Ben Vale.\n",
    );
    expect(verdict(await ben.post("/api/connections/etrade-sandbox/keepalive"))).toBe("403 not-your-role");
    expect((await people("give", "etrade-sandbox", "Ben Vale")).stderr).toContain("Make them one first");
    await people("role", "Ben Vale", "owner");
    expect((await people("give", "etrade-sandbox", "Ben Vale")).code).toBe(0);
    expect([await ids(ben), await ids(owner)]).toEqual([["etrade-sandbox"], ["etrade-prod", "schwab-prod"]]);
  });

  it("a wrong word is answered with the right ones", async () => {
    const said = await people("invite", "Nina", "king");
    expect([said.code, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toContain("a role: owner, renewer, viewer");
  });
});

describe("programs' tokens", () => {
  it("are made, replaced and revoked at the terminal, and opened to what they name", async () => {
    const made = await tokens("make", "trading-bot", "--scopes", "status+token", "--connections", "etrade-prod");
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^prebell_[\w-]{43}\n$/) });
    const bot = program.machine(made.stdout.trim());
    expect(await ids(bot)).toEqual(["etrade-prod"]);
    expect(verdict(await bot.get("/api/connections/etrade-prod/token"))).toBe("200 ok");
    expect(verdict(await bot.get("/api/connections/schwab-prod/token"))).toBe("404 unknown-connection");
    expect(verdict(await bot.post("/keepalive/force"))).toBe("403 not-in-scope");

    const next = program.machine((await tokens("rotate", "trading-bot")).stdout.trim());
    expect([verdict(await bot.get("/status")), verdict(await next.get("/status"))]).toEqual(["200 ok", "200 ok"]);
    expect((await tokens("revoke", "trading-bot")).stdout).toBe("trading-bot: revoked.\n");
    expect([verdict(await bot.get("/status")), verdict(await next.get("/status"))]).toEqual([
      "401 wrong-api-token",
      "401 wrong-api-token",
    ]);
  });

  it("are made on the page of a laptop too", async () => {
    const wish = { name: "page-bot", scopes: ["status"] };
    const { token } = await good<MadeTokenReply>(owner.post("/api/tokens", wish));
    expect(await ids(program.machine(token))).toEqual(["etrade-prod", "schwab-prod"]);
  });

  it("are declared in the configuration by the entry that `tokens hash` makes of one", async () => {
    expect(hashed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^watchdog:status:schwab-prod:[0-9a-f]{64}\n$/),
      stderr: expect.not.stringContaining(declared),
    });
    expect(await ids(program.machine(declared))).toEqual(["schwab-prod"]);
  });

  it("are in no line that the program wrote", () => {
    expect(program.output()).not.toMatch(/prebell_[\w-]{20}/);
  });
});
