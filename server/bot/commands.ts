// Pure. The commands the bot knows. Telegram shows this list where the person types "/"; setup registers it there.

export const botCommands = [
  { command: "status", description: "Every connection: state, evidence, time left" },
  { command: "renew", description: "Log in at a broker from here" },
  { command: "snooze", description: "Quiet for 10 minutes, or /snooze 20" },
  { command: "keepalive", description: "Call the brokers now" },
  { command: "lock", description: "End all sign-ins, refuse renewals" },
  { command: "help", description: "What Prebell does, and its page" },
] as const satisfies readonly { readonly command: string; readonly description: string }[];

/** `start` is what Telegram sends for the first tap on a bot; it is listed nowhere. */
export type BotCommand = (typeof botCommands)[number]["command"] | "start";

const known: ReadonlySet<string> = new Set([...botCommands.map(({ command }) => command), "start"]);

/** "/status", "/status@whatever_bot" and "/status please" alike: in a private chat all of it is meant for this bot. */
export function commandOf(text: string): BotCommand | null {
  const word = /^\/([a-z]+)(?:@\w+)?(?=\s|$)/i.exec(text.trimStart())?.[1]?.toLowerCase() ?? "";
  return isCommand(word) ? word : null;
}

/** What was written after the command; empty where nothing was. */
export function argumentsOf(text: string): string {
  return text
    .trimStart()
    .replace(/^\/\S+/, "")
    .trim();
}

function isCommand(word: string): word is BotCommand {
  return known.has(word);
}
