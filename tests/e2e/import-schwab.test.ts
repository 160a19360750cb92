// A Schwab login that schwab-py made and keeps in its file, taken over while it lives.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { practiceSchwab, practiceUrls } from "../../server/practice/practice-keys.ts";
import { leaksIn } from "../support/canaries.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type Program, quietEvening, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

let program: Program;
let path: string;
let tokens: { access_token: string; refresh_token: string };

const loginAt = Temporal.Instant.from(quietEvening).epochMilliseconds / 1000;

beforeAll(async () => {
  program = await startProgram();
  tokens = await logInLikeSchwabPy();
  const folder = mkdtempSync(join(tmpdir(), "prebell-import-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  path = join(folder, "token.json");
  const token = { ...tokens, expires_in: 1800, token_type: "Bearer", scope: "api", expires_at: loginAt + 1800 };
  writeFileSync(path, JSON.stringify({ creation_timestamp: loginAt, token }), { mode: 0o600 });
  // Two days on the access token in the file is long over, and each refresh replaces the refresh token.
  await program.control.advance(Temporal.Duration.from({ hours: 48 }));
  await program.control.schwab.rotation(true);
});

/** By plain HTTP, as another program with the same app. */
async function logInLikeSchwabPy(): Promise<typeof tokens> {
  const { schwabOauthUrl } = practiceUrls(`http://127.0.0.1:${program.practicePort}`);
  const { clientId, clientSecret, redirectUris } = practiceSchwab;
  const query = new URLSearchParams({ response_type: "code", client_id: clientId, redirect_uri: redirectUris[0] });
  const address = await program.control.schwab.accept(`${schwabOauthUrl}/authorize?${query.toString()}&state=s`);
  const response = await fetch(`${schwabOauthUrl}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: new URL(address).searchParams.get("code") ?? "",
      redirect_uri: redirectUris[0],
    }),
  });
  const answer: typeof tokens = JSON.parse(await response.text());
  return { access_token: answer.access_token, refresh_token: answer.refresh_token };
}

it("refreshes, shows the accounts, and loses nothing until they are accepted", async () => {
  const shown = await prebell(program, ["import", "schwab-prod", path]);
  expect(shown).toMatchObject({ code: 3, stdout: expect.stringContaining("This login opens:\n  ••") });
  const stored = await prebell(program, ["import", "schwab-prod", path, "--accept-accounts"]);
  expect(stored).toMatchObject({ code: 0, stdout: expect.stringContaining("version 1 is verified and stored") });
  const places = { shown: JSON.stringify(shown), stored: JSON.stringify(stored), log: program.output() };
  expect(leaksIn(places, tokens)).toEqual([]);
});

it("gives out access alone, and the login ends seven days after it was made there", async () => {
  const { stdout } = await prebell(program, ["token", "schwab-prod", "--min-valid", "600"]);
  const given: Record<string, unknown> = JSON.parse(stdout);
  expect(given).toMatchObject({ accessTokenSecret: null, reauthorizeBy: "2026-06-17T21:00:00Z" });
  expect(given).not.toHaveProperty("refreshToken");
  expect(given["accessToken"]).not.toBe(tokens.access_token);
  const exported = await prebell(program, ["token", "schwab-prod"], { SCHWAB_EXPORT_REFRESH_TOKEN: "on" });
  const { refreshToken } = JSON.parse(exported.stdout);
  expect(refreshToken).not.toBe(tokens.refresh_token);
});

it("shows both clocks", async () => {
  const { stdout } = await prebell(program, ["status"]);
  expect(stdout).toMatch(/Login ends Wed,? 17 Jun,? 17:00 ET, in (4 d 23|5 d 0) h\.\n {2}Access token lapses /);
});
