// `prebell setup google`: from questions to a stack file and the commands that make the cloud. Changes nothing there itself.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../adapters/private-file.ts";
import type { Prebell } from "../composition.ts";
import type { Config } from "../config.ts";
import { complain, print } from "./commands.ts";
import { askForChat, chatFault, findBot } from "./setup-chat.ts";
import { type Dialogue, GivenUp, noDialogue, openDialogue } from "./setup-dialogue.ts";
import { finishSetup } from "./setup-finish.ts";
import { planFor, planText } from "./setup-plan.ts";
import { type Flags, readFlags, usage } from "./setup-flags.ts";
import { answersOf, type Question, questions } from "./setup-questions.ts";
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
    const answers = answersOf(flags.stack, given);
    if (!answers.prod && !answers.sandbox && !answers.schwab) {
      complain("\nNo broker was named: --environments none needs --schwab on. Nothing was written.");
      return 1;
    }
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

/** An answer to every question; rejects with `GivenUp` after saying why there is none. */
async function collect(
  flags: Flags,
  dialogue: Dialogue,
  environment: SetupSurroundings["environment"],
  before: StackFile | null,
): Promise<ReadonlyMap<string, string>> {
  const earlier = before === null ? new Map<string, string>() : answersIn(before);
  const given = new Map<string, string>();
  const usualOf = ({ name, usual, check }: Question) => {
    const checked = check(earlier.get(name) ?? "");
    return earlier.has(name) && "value" in checked ? checked.value : usual(given);
  };
  if (flags.yes) {
    const missing = questions.filter((question) => !flags.answers.has(question.name) && usualOf(question) === null);
    for (const { name, ask } of missing) complain(`--${name} is missing (${ask}), and --yes asks nothing.`);
    if (missing.length > 0) throw new GivenUp();
  }
  for (const question of questions) {
    const { name } = question;
    const flag = flags.answers.get(name) ?? (flags.yes ? usualOf(question) : null);
    if (name === "budget" && !given.get("billing-account") && flag === null) given.set(name, usualOf(question) ?? "");
    // oxlint-disable-next-line no-await-in-loop -- one question at a time
    else if (name === "chat-id") given.set(name, await collectChat(question, flag));
    // oxlint-disable-next-line no-await-in-loop
    else given.set(name, flag ?? (await askUntilRight(dialogue, question, usualOf(question))));
  }
  return given;

  async function collectChat(question: Question, flag: string | null): Promise<string> {
    const found = await findBot(environment, flags.yes ? null : dialogue);
    if (found === "refused") throw new GivenUp();
    if (flag === null) {
      explain(question);
      return askForChat(dialogue, found, { usual: usualOf(question), check: question.check });
    }
    const fault = found === null ? null : await chatFault(found, flag);
    if (fault === null) return flag;
    complain(`--chat-id ${flag}: ${fault}`);
    throw new GivenUp();
  }
}

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
