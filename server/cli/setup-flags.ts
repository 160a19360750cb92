// What may be said to `prebell setup google` beforehand: every answer is a flag, checked as if it were typed.
import { parseArgs } from "node:util";
import { complain } from "./commands.ts";
import { questions, stackRule, webhookRule } from "./setup-questions.ts";

export const usage = `Usage: npm run prebell -- setup google [--NAME ANSWER …] [--yes]
       npm run prebell -- setup google --finish

  --yes              asks nothing: what is not given takes its usual answer
  --stack NAME       the stack file's name, infra/Pulumi.NAME.yaml; usually prod
  --finish           sets the bot's webhook and command menu, then looks at every link of the chain
  --webhook-url URL  with --finish: where Telegram shall deliver; else it stays where it is
${questions.map(({ name, ask }) => `  --${name.padEnd(16)} ${ask}`).join("\n")}

The bot token is taken from TELEGRAM_BOT_TOKEN or asked for, never from the command line.`;

export interface Flags {
  readonly answers: ReadonlyMap<string, string>;
  readonly stack: string;
  readonly webhookUrl: string | null;
  readonly yes: boolean;
  readonly finish: boolean;
  readonly help: boolean;
}

/** Null after saying what is wrong with them. */
export function readFlags(args: string[]): Flags | null {
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
