import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { names } from "../../../infra/names.ts";
import { planFor, planText } from "../../../server/cli/setup-plan.ts";
import type { Answers } from "../../../server/cli/setup-questions.ts";
import { sh, shellWord } from "../../../server/cli/setup-shell.ts";
import { acceptedAnswers, someAnswers } from "./setup-answers.ts";

const folder = mkdtempSync(join(tmpdir(), "prebell-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = join(folder, "argv");

/** Every tool writes down its words and does nothing; what asks whether something is there answers no. */
const tools = `
note() { { printf '%s\\0' "$@"; printf '\\n\\0'; } >>'${log}'; }
gcloud() { note gcloud "$@"; case "$*" in *describe*) return 1;; *versions\\ add*) cat >/dev/null;; esac; }
pulumi() { note pulumi "$@"; case "$*" in *output*) printf https://prebell-1.a.run.app/telegram/webhook;; esac; }
npx() { note npx "$@"; }
npm() { note npm "$@"; }
sed() { note sed "$@"; }
rm() { note rm "$@"; }
openssl() { printf made-up; }
`;

/** The words of every command that the pasted steps run, in their order. */
function argvOf(answers: Answers, typed = ""): string[][] {
  writeFileSync(log, "");
  const script = planFor(answers).flatMap(({ commands }) => commands);
  execFileSync("bash", ["-c", `${tools}\n${script.join("\n")}`], { cwd: folder, input: typed, stdio: "pipe" });
  return readFileSync(log, "utf8")
    .split("\n\0")
    .slice(0, -1)
    .map((command) => command.split("\0").slice(0, -1));
}

describe("a word in a command", () => {
  it("stays the one word it was, whatever is in it", () => {
    const text = fc.string({ unit: "binary", maxLength: 12 }).filter((word) => !/[\0\ud800-\udfff]/.test(word));
    const nasty = fc.constantFrom("$(id)", "`id`", "a b", "'", '"', "\\", "~", "*", "-n", "=ls", "!!", "\n", "");
    fc.assert(
      fc.property(fc.array(fc.oneof(text, nasty), { minLength: 1, maxLength: 20 }), (words) => {
        const said = execFileSync("bash", ["-c", sh`printf '%s\\0' ${words}`], { cwd: folder });
        expect(said.toString().split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 25 },
    );
  });

  it("is bare where that is safe, so that the commands stay readable", () => {
    expect(shellWord("gs://my-trading-pulumi")).toBe("gs://my-trading-pulumi");
    expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
  });
});

describe("the printed commands", () => {
  it("are what a shell reads as meant, for any answers that are taken", () => {
    fc.assert(
      fc.property(acceptedAnswers, (answers) => {
        const { project, region, stack, billingAccount } = answers;
        const ran = argvOf(answers);
        const bucket = `gs://${project}-pulumi`;
        const up = ["pulumi", "--cwd", "infra", "up", "--stack", stack];
        expect(ran).toContainEqual(["gcloud", "projects", "create", project]);
        expect(ran).toContainEqual(["pulumi", "login", bucket]);
        expect(ran).toContainEqual(["pulumi", "--cwd", "infra", "stack", "select", "--create", stack]);
        expect(ran.filter((argv) => argv.includes("up"))).toEqual([up, up]);
        expect(ran.filter((argv) => argv.includes("link"))).toEqual(
          billingAccount === null
            ? []
            : [["gcloud", "billing", "projects", "link", project, `--billing-account=${billingAccount}`]],
        );
        expect(ran).toContainEqual(
          ["gcloud", "storage", "buckets", "create", bucket, `--project=${project}`, `--location=${region}`].concat([
            "--uniform-bucket-level-access",
            "--public-access-prevention",
          ]),
        );
        expect(ran.at(-1)).toEqual(
          ["npm", "run", "prebell", "--", "setup", "google", "--finish"].concat(
            stack === "prod" ? [] : ["--stack", stack],
            ["--webhook-url", "https://prebell-1.a.run.app/telegram/webhook"],
          ),
        );
      }),
      { numRuns: 15 },
    );
  });

  it("make the secrets before their values, and the services only after", () => {
    const ran = argvOf(someAnswers(), "k\n".repeat(6)).map((argv) => argv.join(" "));
    const at = (what: string) => ran.findIndex((command) => command.includes(what));
    const values = ran.flatMap((command, index) => (command.includes("versions add") ? [index] : []));
    expect(at("infra up")).toBeLessThan(values[0] ?? -1);
    expect(values.at(-1)).toBeLessThan(at("config set prebell:services true"));
    expect(at("config set prebell:services true")).toBeLessThan(at("builds submit"));
  });

  it("bring every value through a pipe, none as a word that other users of the machine could see", () => {
    const typed = "key one\nit's $HOME\n\nk4\n12345:bot-token\nhttps://hc.example/secret\n";
    const ran = argvOf(someAnswers(), typed);
    const added = ran.flatMap((argv) => (argv.includes("add") && argv.includes("versions") ? [argv[4]] : []));
    // The third was left empty, so that it can be added later.
    expect(added).toEqual([
      "ETRADE_PROD_CONSUMER_KEY",
      "ETRADE_PROD_CONSUMER_SECRET",
      "ETRADE_SANDBOX_CONSUMER_SECRET",
      "TELEGRAM_BOT_TOKEN",
      "HEARTBEAT_URL",
      "TELEGRAM_WEBHOOK_SECRET",
      "API_TOKEN",
    ]);
    const words = ran.flat().join("\n");
    for (const value of ["key one", "it's", "k4", "12345:bot-token", "hc.example", "made-up"])
      expect(words).not.toContain(value);
  });

  it("store each value as it was typed, to the byte", () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "gcloud"), `#!/bin/sh\ncase "$*" in *"versions add"*) cat >"${folder}/$4";; esac\n`, {
      mode: 0o755,
    });
    const step = planFor(someAnswers({ sandbox: false })).find(({ title }) => title === "Type in the secrets");
    execFileSync("bash", ["-c", step?.commands.join("\n") ?? ""], {
      env: { PATH: `${bin}:${process.env["PATH"]}` },
      input: " \\key with $spaces \n%s\n12345:token\nhttps://hc.example/a?b=c&d\n",
      stdio: "pipe",
    });
    const stored = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(stored("ETRADE_PROD_CONSUMER_KEY")).toBe(" \\key with $spaces ");
    expect(stored("ETRADE_PROD_CONSUMER_SECRET")).toBe("%s");
    expect(stored("HEARTBEAT_URL")).toBe("https://hc.example/a?b=c&d");
  });

  it("ask for no secret that has a value, when they are pasted again", () => {
    const step = planFor(someAnswers()).find(({ title }) => title === "Type in the secrets");
    const there = `gcloud() { case "$*" in *list*) echo 1;; *) echo "$*" >&2; exit 9;; esac; }`;
    const said = execFileSync("bash", ["-c", `${there}\n${step?.commands.join("\n")}`], { input: "", stdio: "pipe" });
    expect(said.toString()).toBe("");
  });

  it("ask only for the keys of the environments that were chosen", () => {
    expect(planText(planFor(someAnswers({ sandbox: false, heartbeat: false })))).not.toMatch(/SANDBOX|HEARTBEAT/);
  });

  it("ask for the Schwab app's keys and name its callback, where there is an app", () => {
    const text = planText(planFor(someAnswers({ schwab: true, publicUrl: "https://prebell.example.com" })));
    expect(text).toContain("SCHWAB_CLIENT_ID SCHWAB_CLIENT_SECRET TELEGRAM_BOT_TOKEN");
    expect(text).toContain("\necho https://prebell.example.com/callback/schwab\n");
    expect(planText(planFor(someAnswers()))).not.toMatch(/schwab/i);
  });

  it("let Hosting lead to the chosen region", () => {
    expect(planText(planFor(someAnswers()))).not.toContain("firebase.json");
    const hosting = readFileSync(join(import.meta.dirname, "../../../firebase.json"), "utf8");
    writeFileSync(join(folder, "firebase.json"), hosting);
    const step = planFor(someAnswers({ region: "europe-west1" })).find(({ title }) => title === "Build and deploy");
    execFileSync("bash", ["-c", step?.commands[0] ?? ""], { cwd: folder });
    expect(readFileSync(join(folder, "firebase.json"), "utf8")).toBe(hosting.replaceAll("us-east1", "europe-west1"));
  });

  it("build as the account and from the bucket that the Pulumi program makes", () => {
    const text = planText(planFor(someAnswers()));
    expect(text).toContain(`/serviceAccounts/${names.accounts.build}@my-trading-482913.iam.gserviceaccount.com`);
    const registry = readFileSync(join(import.meta.dirname, "../../../infra/registry.ts"), "utf8");
    expect(registry).toContain("`${settings.project}-prebell-builds`");
    expect(text).toContain("gs://my-trading-482913-prebell-builds/");
  });

  it("are numbered, each with its reason", () => {
    const text = planText(planFor(someAnswers()));
    expect([...text.matchAll(/^(\d+)\. \S.*\n {3}\S/gm)].map(([, number]) => Number(number))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });
});
