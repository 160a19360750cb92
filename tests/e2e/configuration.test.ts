// A configuration that can't work ends the start with a sentence that names the variable and says what to set.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startProgram } from "../support/program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "prebell-e2e-"));
  writeFileSync(join(folder, "token"), "a-token-of-twenty-four-or-more\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusals: [string, Record<string, string>, RegExp][] = [
  ["an address others can reach without https", { HOST: "0.0.0.0" }, /^PUBLIC_URL has to be the https address/m],
  [
    "half a key pair",
    { ETRADE_PROD_CONSUMER_KEY: "key" },
    /^ETRADE_PROD_CONSUMER_SECRET is missing: ETRADE_PROD_CONSUMER_KEY is set/m,
  ],
  ["a port that is none", { PORT: "eighty" }, /^PORT has to be a whole number from \d+ to 65535\.$/m],
  [
    "a webhook secret that is none",
    { EVENT_WEBHOOK_URL: "https://trader.example/hook", EVENT_WEBHOOK_SECRET: "hush" },
    /^EVENT_WEBHOOK_SECRET has to be .*whsec_/m,
  ],
  [
    "a bot without a chat",
    { TELEGRAM_BOT_TOKEN: `110201543:${"A".repeat(35)}` },
    /^TELEGRAM_CHAT_ID is missing: TELEGRAM_BOT_TOKEN is set/m,
  ],
];

it.each(refusals)("%s is refused", async (_what, env, sentence) => {
  const program = await startProgram({ env, expectFailure: true });
  expect(await program.exitCode()).toBe(78);
  expect(program.stderr()).toMatch(sentence);
  expect(program.stdout()).toBe("");
});

it("a value given twice, directly and as a file, is refused", async () => {
  const env = { API_TOKEN: "a-token-of-twenty-four-or-more", API_TOKEN_FILE: join(folder, "token") };
  const program = await startProgram({ env, expectFailure: true });
  expect(await program.exitCode()).toBe(78);
  expect(program.stderr()).toMatch(/^API_TOKEN and API_TOKEN_FILE are both set\. Remove one of them\.$/m);
});

it("a file that can't be read is refused by its name", async () => {
  const program = await startProgram({ env: { API_TOKEN_FILE: join(folder, "absent") }, expectFailure: true });
  expect(await program.exitCode()).toBe(78);
  expect(program.stderr()).toContain(`API_TOKEN_FILE names ${join(folder, "absent")}, which can't be read.`);
});

it("all faults are told at once, and no value is repeated", async () => {
  const env = { API_TOKEN: "tooshort", EVENT_WEBHOOK_SECRET: "whsec_tooshort", PORT: "0x" };
  const program = await startProgram({ env, expectFailure: true });
  expect(await program.exitCode()).toBe(78);
  expect(program.stderr().match(/^(API_TOKEN|EVENT_WEBHOOK_SECRET|PORT) /gm)).toHaveLength(3);
  expect(program.stderr()).not.toContain("tooshort");
});

it("a value in a file counts, its line end does not", async () => {
  const program = await startProgram({ env: { API_TOKEN_FILE: join(folder, "token") } });
  const answer = await program.machine("a-token-of-twenty-four-or-more").get("/status");
  expect(answer.status).toBe(200);
});
