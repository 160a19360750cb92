// Pure. Pulumi's file of settings for one stack: ours are written, what else stands in it stays as it is.
import type { Answers } from "./setup-questions.ts";

/** The file, taken apart; the lines of each part as they stood. */
export interface StackFile {
  /** Everything but `config`: Pulumi keeps its encryption salt there, and a stack can't be opened without it. */
  readonly rest: readonly string[];
  readonly config: ReadonlyMap<string, readonly string[]>;
}

export class StackFileError extends Error {
  override name = "StackFileError" as const;
}

const header = "# Settings of this installation, by npm run prebell -- setup google. No secret belongs in here.";
const none: StackFile = { rest: [], config: new Map() };

/** Every key that setup decides. */
const ours: ReadonlySet<string> = new Set([
  "gcp:project",
  "gcp:region",
  "prebell:publicUrl",
  "prebell:telegramChatId",
  "prebell:alarmEmail",
  "prebell:etradeProd",
  "prebell:etradeSandbox",
  "prebell:etradeMirror",
  "prebell:schwab",
  "prebell:bigQueryHistory",
  "prebell:heartbeat",
  "prebell:monthlyBudgetUsd",
  "prebell:billingAccount",
  "prebell:traderMembers",
]);

/** Whether the services exist yet: they can't start before their secrets have values. Set by a later step, not by setup. */
export const servicesKey = "prebell:services";

const keyRule = /^["']?([\w.-]+(?::[\w.-]+)?)["']?:(?: |$)/;

/** Throws `StackFileError` for what it does not understand: better than to lose it in writing. */
export function parseStackFile(text: string): StackFile {
  const rest: string[] = [];
  const config = new Map<string, string[]>();
  let inConfig = false;
  let indent = 0;
  let entry: string[] | null = null;
  // A comment belongs to the setting below it.
  let comments: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line === header) continue;
    if (!line.startsWith(" ")) {
      inConfig = /^config:\s*(\{\s*\})?\s*$/.test(line);
      entry = null;
      if (!inConfig && /^["']?config\b/.test(line)) throw notUnderstood(index, line);
      if (!inConfig) rest.push(line);
      continue;
    }
    if (!inConfig) {
      rest.push(line);
      continue;
    }
    if (line.trimStart().startsWith("#")) {
      comments.push(`  ${line.trim()}`);
      continue;
    }
    const spaces = line.length - line.trimStart().length;
    indent ||= spaces;
    const aligned = `  ${line.slice(Math.min(indent, spaces))}`;
    const key = spaces === indent ? keyRule.exec(line.trimStart())?.[1] : undefined;
    if (key !== undefined) {
      entry = [...comments, aligned];
      comments = [];
      config.set(key, entry);
    } else if (entry !== null && (spaces > indent || line.trimStart().startsWith("- "))) entry.push(aligned);
    else throw notUnderstood(index, line);
  }
  return { rest: [...rest, ...comments], config };
}

function notUnderstood(index: number, line: string): StackFileError {
  return new StackFileError(`Line ${index + 1} is not understood: ${line.trim()}`);
}

/** The value of a plain setting; null if it is absent or not plain. */
export function valueIn(file: StackFile, key: string): string | null {
  const lines = file.config.get(key)?.filter((line) => !line.trimStart().startsWith("#"));
  if (lines?.length !== 1) return null;
  const raw = /:\s+(.*)$/.exec(lines[0]?.replace(/^ *["']?[\w.-]+:[\w.-]+["']?/, "") ?? "")?.[1]?.trim() ?? "";
  if (raw.startsWith('"')) return quoted(raw);
  if (raw.startsWith("'")) return raw.slice(1, -1).replaceAll("''", "'");
  return raw.replace(/\s+#.*$/, "") || null;
}

/** The items of a list; empty if it is absent. */
export function listIn(file: StackFile, key: string): readonly string[] {
  const lines = file.config.get(key) ?? [];
  return lines.flatMap((line) => [...line.matchAll(/(?:user|group|serviceAccount):[\w.%+@-]+/g)].map(([item]) => item));
}

function quoted(raw: string): string | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

/** The file for these answers, made from the one there is. */
export function stackFileFor(answers: Answers, before: StackFile = none): StackFile {
  const config = new Map<string, readonly string[]>(
    settings(answers).map(([key, value]) => [key, [`  ${key}: ${value}`]]),
  );
  for (const [key, lines] of before.config) if (!ours.has(key)) config.set(key, lines);
  return { rest: before.rest, config };
}

/** JSON is YAML, and its quotes leave nothing to interpretation. */
function settings(answers: Answers): readonly (readonly [string, string])[] {
  return [
    ["gcp:project", JSON.stringify(answers.project)],
    ["gcp:region", JSON.stringify(answers.region)],
    ["prebell:publicUrl", JSON.stringify(answers.publicUrl)],
    ["prebell:telegramChatId", JSON.stringify(answers.chatId)],
    ["prebell:alarmEmail", JSON.stringify(answers.alarmEmail)],
    ["prebell:etradeProd", String(answers.prod)],
    ["prebell:etradeSandbox", String(answers.sandbox)],
    ["prebell:etradeMirror", String(answers.mirror)],
    ["prebell:schwab", String(answers.schwab)],
    ["prebell:bigQueryHistory", String(answers.history)],
    ["prebell:heartbeat", String(answers.heartbeat)],
    ["prebell:monthlyBudgetUsd", String(answers.monthlyBudgetUsd)],
    ...(answers.billingAccount === null
      ? []
      : [["prebell:billingAccount", JSON.stringify(answers.billingAccount)] as const]),
    ...(answers.traderMembers.length === 0
      ? []
      : [["prebell:traderMembers", JSON.stringify(answers.traderMembers)] as const]),
    [servicesKey, "false"],
  ];
}

export function renderStackFile({ rest, config }: StackFile): string {
  return `${[header, ...rest, "config:", ...[...config.values()].flat()].join("\n")}\n`;
}

/** One line for each setting that changes, "key: before → after"; empty if none does. */
export function differences(before: StackFile, after: StackFile): string[] {
  return [...ours].flatMap((key) => {
    const [was, becomes] = [shown(before, key), shown(after, key)];
    return was === becomes ? [] : [`${key}: ${was ?? "(not set)"} → ${becomes ?? "(not set)"}`];
  });
}

/** The version of the secret that the services read, as infra/config.ts has it. */
export function secretVersionIn(file: StackFile, name: string): number {
  const text = file.config.get("prebell:secretVersions")?.join("\n") ?? "";
  return Number(new RegExp(String.raw`\b${name}["']?:\s*["']?(\d+)`).exec(text)?.[1] ?? 1);
}

/** The answers that the file holds, by question. */
export function answersIn(file: StackFile): ReadonlyMap<string, string> {
  const onOff = (key: string) => ({ true: "on", false: "off" })[valueIn(file, key) ?? ""] ?? null;
  const [prod, sandbox] = [onOff("prebell:etradeProd"), onOff("prebell:etradeSandbox")];
  const answers: Readonly<Record<string, string | null>> = {
    project: valueIn(file, "gcp:project"),
    region: valueIn(file, "gcp:region"),
    "billing-account": valueIn(file, "prebell:billingAccount"),
    budget: valueIn(file, "prebell:monthlyBudgetUsd"),
    "alarm-email": valueIn(file, "prebell:alarmEmail"),
    environments:
      [prod === "on" ? "prod" : "", sandbox === "on" ? "sandbox" : ""].filter(Boolean).join(",") ||
      (prod === "off" && sandbox === "off" ? "none" : null),
    mirror: onOff("prebell:etradeMirror"),
    schwab: onOff("prebell:schwab"),
    history: onOff("prebell:bigQueryHistory"),
    heartbeat: onOff("prebell:heartbeat"),
    "chat-id": valueIn(file, "prebell:telegramChatId"),
    "public-url": valueIn(file, "prebell:publicUrl"),
    "trader-members": listIn(file, "prebell:traderMembers").join(",") || null,
  };
  return new Map(Object.entries(answers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

function shown(file: StackFile, key: string): string | null {
  const list = listIn(file, key);
  return list.length > 0 ? list.join(", ") : valueIn(file, key);
}
