// The first deployment to Google Cloud, as far as it happens on the person's own machine: questions, file, commands, bot.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { filesIn, leaksIn } from "../support/canaries.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { command, openTerminal, type Terminal } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";

let telegram: TelegramServer;
let folder: string;
beforeEach(async () => {
  telegram = await startTelegramServer();
  folder = mkdtempSync(join(tmpdir(), "prebell-setup-"));
  mkdirSync(join(folder, "infra"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
});

const botToken = () => telegram.env.TELEGRAM_BOT_TOKEN;
const stackPath = () => join(folder, "infra/Pulumi.prod.yaml");
const stackFile = () => parse(readFileSync(stackPath(), "utf8"));
const given = ["--project", "my-trading", "--alarm-email", "me@example.com", "--chat-id", "7654321"];

function setup(args: readonly string[] = [], env: Record<string, string> = {}): Terminal {
  const place = { dataDir: join(folder, "data"), port: 8080, practicePort: 8090 };
  const apiRoot = { TELEGRAM_API_ROOT: telegram.env.TELEGRAM_API_ROOT };
  return openTerminal(place, ["setup", "google", ...args], { ...apiRoot, ...env }, folder);
}

/** Answers each question as it is asked. */
async function answer(terminal: Terminal, ...answers: readonly (readonly [question: string, text: string])[]) {
  for (const [question, text] of answers) {
    // oxlint-disable-next-line no-await-in-loop -- a dialogue
    await eventually(`the question ${question}`, () => terminal.stderr().endsWith(question));
    terminal.type(text);
  }
}

describe("asked question by question", () => {
  it("writes the stack file, prints the commands, and the bot token is nowhere", async () => {
    const terminal = setup();
    await answer(
      terminal,
      ["project: ", "my-trading"],
      ["region [us-east1]: ", ""],
      ["billing-account [none]: ", "0123AB-4567CD-89EF01"],
      ["budget [5]: ", "9"],
      ["alarm-email: ", "me@example.com"],
      ["environments [prod]: ", "prod"],
      ["mirror [on]: ", ""],
      ["schwab [off]: ", ""],
      ["history [off]: ", ""],
      ["heartbeat [off]: ", "off"],
      ["token: ", botToken()],
      ["chat-id [Enter finds it]: ", ""],
    );
    await eventually("the request for /start", () => terminal.stderr().includes("Send /start to @prebell_test_bot"));
    telegram.user(7_654_321).write("/start");
    // Whoever finds the bot may write to it; a name must not steer the terminal.
    telegram.user(9_999_999, "A\u001B[2JStranger").write("hello");
    await answer(
      terminal,
      ["press Enter here. ", ""],
      ['Is "A [2JStranger" (9999999) you? [y/N] ', "n"],
      ['Is "Owner" (7654321) you? [y/N] ', "y"],
      ["public-url [https://my-trading.web.app]: ", ""],
      ["trader-members [none]: ", "serviceAccount:bot@my-trading.iam.gserviceaccount.com"],
    );
    const said = await terminal.ended();

    expect(said.code).toBe(0);
    expect(stackFile()).toEqual({
      config: {
        "gcp:project": "my-trading",
        "gcp:region": "us-east1",
        "prebell:publicUrl": "https://my-trading.web.app",
        "prebell:telegramChatId": "7654321",
        "prebell:alarmEmail": "me@example.com",
        "prebell:etradeProd": true,
        "prebell:etradeSandbox": false,
        "prebell:etradeMirror": true,
        "prebell:schwab": false,
        "prebell:bigQueryHistory": false,
        "prebell:heartbeat": false,
        "prebell:monthlyBudgetUsd": 9,
        "prebell:billingAccount": "0123AB-4567CD-89EF01",
        "prebell:traderMembers": ["serviceAccount:bot@my-trading.iam.gserviceaccount.com"],
        "prebell:services": false,
      },
    });
    expect(said.stdout).toContain("pulumi --cwd infra up --stack prod");
    expect(said.stdout).toContain("gcloud secrets versions add");
    expect(said.stdout).not.toContain("SANDBOX");
    const places = { stdout: said.stdout, stderr: said.stderr, ...filesIn(folder) };
    expect(leaksIn(places, { "bot token": botToken() })).toEqual([]);
    expect(telegram.faults).toEqual([]);
  });

  it("tells what is wrong with an answer, and asks again", async () => {
    const terminal = setup(["--chat-id", "7654321"]);
    await answer(
      terminal,
      ["project: ", "My Trading"],
      ["project: ", "my-trading"],
      ["region [us-east1]: ", "mars"],
      ["region [us-east1]: ", ""],
      ["billing-account [none]: ", ""],
      ["alarm-email: ", "me"],
    );
    await answer(terminal, ["alarm-email: ", "me@example.com"]);
    const { code, stderr } = await terminal.ended();
    expect(code).toBe(1);
    expect(stderr).toContain("The project's id, not its name");
    expect(stderr).toContain("A region that Firebase Hosting can lead to: us-east1, us-central1");
    expect(stderr).toContain("An e-mail address, for example me@example.com.");
    expect(stderr).not.toContain("budget [5]");
    expect(stderr).toContain("Given up. Nothing was written.");
    expect(readdirSync(join(folder, "infra"))).toEqual([]);
  });

  it("tries the bot token, and says why Telegram does not take it", async () => {
    const terminal = setup(["--project", "my-trading", "--alarm-email", "me@example.com"]);
    const other = "110201543:AAHxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    await answer(
      terminal,
      ["region [us-east1]: ", ""],
      ["billing-account [none]: ", ""],
      ["environments [prod]: ", "prod,sandbox"],
      ["mirror [on]: ", ""],
      ["schwab [off]: ", ""],
      ["history [off]: ", ""],
      ["heartbeat [off]: ", ""],
      ["token: ", "nonsense"],
      ["token: ", other],
      ["token: ", botToken()],
      ["chat-id [Enter finds it]: ", "1"],
      ["chat-id [Enter finds it]: ", "7654321"],
      ["public-url [https://my-trading.web.app]: ", ""],
      ["trader-members [none]: ", ""],
    );
    const said = await terminal.ended();
    expect(said.code).toBe(0);
    expect(said.stderr).toContain("That is not a bot token.");
    expect(said.stderr).toContain("Telegram refused: 401 Unauthorized. Check TELEGRAM_BOT_TOKEN.");
    expect(said.stderr).toContain("chat not found. Open the bot in Telegram, press Start");
    expect(leaksIn({ stdout: said.stdout, stderr: said.stderr }, { "the other token": other })).toEqual([]);
  });

  it("can't look for the chat while another program fetches the bot's messages, and says so", async () => {
    const bot = `${telegram.env.TELEGRAM_API_ROOT}/bot${botToken()}`;
    await fetch(`${bot}/setWebhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: "https://elsewhere.example/hook" }),
    });
    const flags =
      "environments=prod mirror=on schwab=off history=off heartbeat=off region=us-east1 billing-account=none";
    const terminal = setup(
      ["--project", "my-trading", "--alarm-email", "me@example.com"].concat(
        flags.split(" ").map((flag) => `--${flag}`),
      ),
      { TELEGRAM_BOT_TOKEN: botToken() },
    );
    await answer(terminal, ["chat-id [Enter finds it]: ", ""], ["press Enter here. ", ""]);
    await answer(terminal, ["chat-id [Enter finds it]: ", "7654321"]);
    expect((await terminal.ended()).stderr).toContain("can't use getUpdates method while webhook is active");
  });

  it("leaves nothing behind at Ctrl-C, whenever it comes", async () => {
    const terminal = setup();
    await answer(terminal, ["project: ", "my-trading"]);
    await eventually("the next question", () => terminal.stderr().endsWith("region [us-east1]: "));
    terminal.interrupt();
    expect((await terminal.ended()).code).not.toBe(0);
    expect(readdirSync(join(folder, "infra"))).toEqual([]);
  });
});

describe("at a real terminal", () => {
  // util-linux's script gives a program a terminal of its own and shows what that would show.
  it.runIf(process.platform === "linux")("shows the token to nobody; Ctrl-C gives up in words", async () => {
    const flags = [...given.slice(0, 4), "--region=us-east1", "--billing-account=none", "--environments=prod"];
    const line = [
      process.execPath,
      command,
      "setup",
      "google",
      ...flags,
      "--mirror=on",
      "--schwab=off",
      "--history=off",
    ];
    const child = spawn("script", ["-qefc", [...line, "--heartbeat=off"].join(" "), "/dev/null"], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", TERM: "dumb", TELEGRAM_API_ROOT: telegram.env.TELEGRAM_API_ROOT },
    });
    clearAfterwards(() => void child.kill("SIGKILL"));
    let screen = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (screen += text));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await eventually("the question for the token", () => screen.endsWith("token: "));
    child.stdin.write(`${botToken()}\r`);
    await eventually("the question for the chat", () => screen.includes("chat-id [Enter finds it]: "));
    child.stdin.write("76543");
    await eventually("the echo of what is no secret", () => screen.includes("76543"));
    expect(screen).toContain("@prebell_test_bot answers.");
    expect(leaksIn({ screen }, { "bot token": botToken(), "its half": botToken().slice(0, 20) })).toEqual([]);
    child.stdin.write("\u0003");
    expect(await ended).toBe(1);
    expect(screen).toContain("Given up. Nothing was written.");
    expect(readdirSync(join(folder, "infra"))).toEqual([]);
  });
});

describe("without questions", () => {
  it("takes everything from flags and usual answers", async () => {
    const said = await setup([...given, "--yes"], { TELEGRAM_BOT_TOKEN: botToken() }).ended();
    expect(said.code).toBe(0);
    expect(said.stderr).toContain("@prebell_test_bot answers.");
    expect(stackFile().config["prebell:publicUrl"]).toBe("https://my-trading.web.app");
    expect(leaksIn({ ...said, code: "", ...filesIn(folder) }, { "bot token": botToken() })).toEqual([]);
  });

  it.each([
    [["--yes"], 1, "--project is missing"],
    [[...given, "--yes", "--region", "mars"], 2, "--region: A region that Firebase Hosting can lead to"],
    [[...given, "--yes", "--stack", "../up"], 2, "--stack: "],
    [[...given, "--yes", "--bot-token", "1:x"], 2, "Unknown option '--bot-token'"],
    [[...given, "--yes", "--environments", "none"], 1, "--environments none needs --schwab on"],
    [["--finish", "--webhook-url", ""], 2, "telegramWebhookUrl"],
    [["--finish"], 1, "first run npm run prebell -- setup google"],
  ])("says what is missing or wrong: %j", async (args, code, sentence) => {
    const said = await setup(args).ended();
    expect(said).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
    expect(readdirSync(join(folder, "infra"))).toEqual([]);
  });

  it("stops at a token or chat that Telegram does not take", async () => {
    const wrongToken = await setup([...given, "--yes"], {
      TELEGRAM_BOT_TOKEN: "110201543:AAHxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    }).ended();
    expect(wrongToken).toMatchObject({ code: 1, stderr: expect.stringContaining("401 Unauthorized") });
    const wrongChat = await setup([...given.slice(0, 4), "--chat-id", "1", "--yes"], {
      TELEGRAM_BOT_TOKEN: botToken(),
    }).ended();
    expect(wrongChat).toMatchObject({ code: 1, stderr: expect.stringContaining("chat not found") });
    expect(readdirSync(join(folder, "infra"))).toEqual([]);
  });

  it("stands elsewhere than in Prebell's folder: says so", async () => {
    rmSync(join(folder, "infra"), { recursive: true });
    expect(await setup([...given, "--yes"]).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("There is no folder infra here"),
    });
  });
});

describe("a stack file that is there already", () => {
  const before = `encryptionsalt: v1:c2FsdA==\nconfig:\n  gcp:project: my-trading\n  gcp:region: us-central1\n  prebell:alarmEmail: old@example.com\n  prebell:telegramChatId: "7654321"\n  prebell:services: "true"\n`;

  it("gives the usual answers; what would change is shown, and kept without a yes", async () => {
    writeFileSync(stackPath(), before);
    const terminal = setup(["--alarm-email", "new@example.com"]);
    const usual = ["project [my-trading]: ", "region [us-central1]: ", "billing-account [none]: "];
    const more = [
      "environments [prod]: ",
      "mirror [on]: ",
      "schwab [off]: ",
      "history [off]: ",
      "heartbeat [off]: ",
      "token: ",
    ];
    const last = ["chat-id [7654321]: ", "public-url [https://my-trading.web.app]: ", "trader-members [none]: "];
    await answer(terminal, ...[...usual, ...more, ...last].map((question) => [question, ""] as const));
    await answer(terminal, ["Write these changes? [y/N] ", "n"]);
    const said = await terminal.ended();
    expect(said.stderr).toContain("prebell:alarmEmail: old@example.com → new@example.com");
    expect(said.stderr).toContain("Kept as it was");
    expect(readFileSync(stackPath(), "utf8")).toBe(before);
  });

  it("is changed with a yes; Pulumi's own lines stay", async () => {
    writeFileSync(stackPath(), before);
    expect((await setup(["--alarm-email", "new@example.com", "--yes"]).ended()).code).toBe(0);
    expect(stackFile()).toMatchObject({
      encryptionsalt: "v1:c2FsdA==",
      config: {
        "gcp:region": "us-central1",
        "prebell:alarmEmail": "new@example.com",
        "prebell:services": "true",
      },
    });
    const again = await setup(["--yes"]).ended();
    expect(again.stderr).toContain("is as it should be.");
  });

  it("answers nothing with what would not do as an answer", async () => {
    writeFileSync(stackPath(), before.replace("us-central1", "mars").replace("my-trading", "$(reboot)"));
    const said = await setup(["--yes"]).ended();
    expect(said).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--project is missing") });
    await setup(["--yes", "--project", "my-trading"]).ended();
    expect(stackFile().config["gcp:region"]).toBe("us-east1");
  });

  it("that nobody understands is left alone", async () => {
    const odd = "config: {gcp:project: my-trading}\n";
    writeFileSync(stackPath(), odd);
    expect(await setup([...given, "--yes"]).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Line 1 is not understood"),
    });
    expect(readFileSync(stackPath(), "utf8")).toBe(odd);
  });
});
