// `prebell setup google`: from questions to a stack file and the commands that make the cloud. Changes nothing there itself.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceFile } from "../adapters/private-file.ts";
import type { Prebell } from "../composition.ts";
import type { Config } from "../config.ts";
import { complain, print } from "./commands.ts";
import { askForChat, chatFault, findBot } from "./setup-chat.ts";
import { type Dialogue, GivenUp, noDialogue, openDialogue } from "./setup-dialogue.ts";
import { finishSetup } from "./setup-finish.ts";
import { planFor, planText } from "./setup-plan.ts";
import { answersOf, type Question, questions, stackRule, webhookRule } from "./setup-questions.ts";
import {
  answersIn,
  differences,
  parseStackFile,
  renderStackFile,
  type StackFile,
  StackFileError,
  stackFileFor,
} from "./setup-stack-file.ts";

export interface SetupSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prebell's own folder, where infra/ lies. */
  readonly folder: string;
  readonly open: (config: Config) => Promise<Prebell>;
}

const usage = `Usage: npm run prebell -- setup google [--NAME ANSWER …] [--yes]
       npm run prebell -- setup google --finish

  --yes              asks nothing: what is not given takes its usual answer
  --stack NAME       the stack file's name, infra/Pulumi.NAME.yaml; usually prod
  --finish           sets the bot's webhook and command menu, then looks at every link of the chain
  --webhook-url URL  with --finish: where Telegram shall deliver; else it stays where it is
${questions.map(({ name, ask }) => `  --${name.padEnd(16)} ${ask}`).join("\n")}

The bot token is taken from TELEGRAM_BOT_TOKEN or asked for, never from the command line.`;

const intro = (path: string) => `Prebell on Google Cloud

This asks a dozen questions, writes ${path} and prints the commands that make the cloud.
It changes nothing there itself. Only the last step, --finish, sets the bot's webhook and command menu.
With one trader it is meant to cost less than a dollar a month; a budget alarm can watch that.
Ctrl-C ends it at any time; nothing is written before the last question.
`;

/** Resolves with the exit code. */
export async function setupGoogleCommand(args: string[], surroundings: SetupSurroundings): Promise<number> {
  const flags = readFlags(args);
  if (flags === null) return 2;
  if (flags.help) {
    print(usage);
    return 0;
  }
  const { folder, environment, open } = surroundings;
  const shortPath = join("infra", `Pulumi.${flags.stack}.yaml`);
  const stackPath = join(folder, shortPath);
  if (!existsSync(join(folder, "infra"))) {
    complain(`There is no folder infra here (${folder}). Run this in Prebell's own folder.`);
    return 1;
  }
  if (flags.finish) return finishSetup({ ...flags, stackPath, environment, open });

  const dialogue = flags.yes ? noDialogue : openDialogue();
  try {
    const before = existsSync(stackPath) ? parseStackFile(readFileSync(stackPath, "utf8")) : null;
    complain(intro(shortPath));
    const given = await collect(flags, dialogue, environment, before);
    if (given === null) return 1;
    const answers = answersOf(flags.stack, given);
    await writeStackFile(stackPath, shortPath, before, stackFileFor(answers, before ?? undefined), dialogue);
    print(
      `\nNow these in bash or zsh, here in Prebell's folder, one block after the other. Each may be run again.\n\n${planText(planFor(answers))}`,
    );
    return 0;
  } catch (error) {
    if (error instanceof StackFileError) {
      complain(`${shortPath}: ${error.message} Mend the line, or move the file away and run this again.`);
      return 1;
    }
    if (!(error instanceof GivenUp)) throw error;
    complain("\nGiven up. Nothing was written.");
    return 1;
  } finally {
    dialogue.close();
  }
}

interface Flags {
  readonly answers: ReadonlyMap<string, string>;
  readonly stack: string;
  readonly webhookUrl: string | null;
  readonly yes: boolean;
  readonly finish: boolean;
  readonly help: boolean;
}

/** Null after saying what is wrong with them. */
function readFlags(args: string[]): Flags | null {
  const text = { type: "string" } as const;
  const boolean = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...Object.fromEntries(questions.map(({ name }) => [name, text])),
        stack: { ...text, default: "prod" },
        "webhook-url": text,
        yes: boolean,
        finish: boolean,
        help: { ...boolean, short: "h" },
      },
    });
    const faults: string[] = [];
    const answers = new Map<string, string>();
    const typed = new Map(Object.entries(values));
    for (const { name, check } of questions) {
      const value = typed.get(name);
      if (typeof value !== "string") continue;
      const checked = check(value.trim());
      if ("value" in checked) answers.set(name, checked.value);
      else faults.push(`--${name}: ${checked.remedy}`);
    }
    if (!stackRule.test(values.stack)) faults.push("--stack: up to 31 of a-z, 0-9 and -, for example prod.");
    const webhookUrl = values["webhook-url"]?.trim() ?? null;
    if (webhookUrl !== null && !webhookRule.test(webhookUrl))
      faults.push(
        "--webhook-url: the service's https address and /telegram/webhook; pulumi --cwd infra stack output telegramWebhookUrl prints it.",
      );
    if (faults.length > 0) throw new TypeError(faults.join("\n"));
    return {
      answers,
      stack: values.stack,
      webhookUrl,
      yes: values.yes,
      finish: values.finish,
      help: values.help,
    };
  } catch (error) {
    complain(error instanceof Error ? error.message : usage);
    return null;
  }
}

/** An answer to every question; null after saying why there is none. */
async function collect(
  flags: Flags,
  dialogue: Dialogue,
  environment: SetupSurroundings["environment"],
  before: StackFile | null,
): Promise<ReadonlyMap<string, string> | null> {
  const earlier = before === null ? new Map<string, string>() : answersIn(before);
  const given = new Map<string, string>();
  const usualOf = (question: Question) => earlier.get(question.name) ?? question.usual(given);
  if (flags.yes) {
    const missing = questions.filter((question) => !flags.answers.has(question.name) && usualOf(question) === null);
    for (const { name, ask } of missing) complain(`--${name} is missing (${ask}), and --yes asks nothing.`);
    if (missing.length > 0) return null;
  }
  for (const question of questions) {
    const { name } = question;
    const flag = flags.answers.get(name) ?? (flags.yes ? usualOf(question) : null);
    if (name === "budget" && !given.get("billing-account") && flag === null) given.set(name, usualOf(question) ?? "");
    // oxlint-disable-next-line no-await-in-loop -- one question at a time
    else if (name === "chat-id") given.set(name, await collectChat(question, flag));
    // oxlint-disable-next-line no-await-in-loop
    else given.set(name, flag ?? (await askUntilRight(dialogue, question, usualOf(question))));
    if (given.get(name) === refused) return null;
  }
  return given;

  async function collectChat(question: Question, flag: string | null): Promise<string> {
    const found = await findBot(environment, flags.yes ? null : dialogue);
    if (found === "refused") return refused;
    if (flag === null) {
      explain(question);
      return askForChat(dialogue, found, { usual: usualOf(question), check: question.check });
    }
    const fault = found === null ? null : await chatFault(found, flag);
    if (fault !== null) complain(`--chat-id ${flag}: ${fault}`);
    return fault === null ? flag : refused;
  }
}

const refused = "\0refused";

async function askUntilRight(dialogue: Dialogue, question: Question, usual: string | null): Promise<string> {
  explain(question);
  for (;;) {
    const shown = usual === null ? "" : ` [${usual || "none"}]`;
    // oxlint-disable-next-line no-await-in-loop -- asked until it is right
    const checked = question.check((await dialogue.ask(`  ${question.name}${shown}: `)) || (usual ?? ""));
    if ("value" in checked) return checked.value;
    complain(`  ${checked.remedy}`);
  }
}

function explain({ ask, why }: Question): void {
  complain(`\n${ask}\n  ${why}`);
}

async function writeStackFile(
  path: string,
  shortPath: string,
  before: StackFile | null,
  after: StackFile,
  dialogue: Dialogue,
): Promise<void> {
  const changes = before === null ? [] : differences(before, after);
  if (before !== null && changes.length === 0) return complain(`\n${shortPath} is as it should be.`);
  if (before !== null) {
    complain(`\n${shortPath} differs:\n${changes.map((line) => `  ${line}`).join("\n")}`);
    if (!(await dialogue.confirm("Write these changes?")))
      return complain("Kept as it was; the commands below follow your answers, not the file.");
  }
  replaceFile(path, renderStackFile(after));
  complain(`\nWritten: ${shortPath}`);
}
