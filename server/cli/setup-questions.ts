// Pure. What a deployment to Google Cloud has to know: each question with its reason, its usual answer and its rule.

/** The text as it is kept, or what is wrong with it and what helps. */
export type Checked = { readonly value: string } | { readonly remedy: string };

export interface Question {
  /** Names the flag (--NAME) and the answer. */
  readonly name: string;
  readonly ask: string;
  readonly why: string;
  /** Taken when nothing is answered; null where an answer is needed. An empty one means: none. */
  readonly usual: (soFar: ReadonlyMap<string, string>) => string | null;
  readonly check: (text: string) => Checked;
}

/** What a stack file may be called; asked only by flag, because one installation needs but one. */
export const stackRule = /^[a-z][a-z0-9-]{0,30}$/;

/** Where Telegram may be told to deliver: the service itself, because Hosting forwards no chat. */
export const webhookRule = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+\/telegram\/webhook$/;

/** Those of Cloud Run's regions that Firebase Hosting can lead to; the first five are where Hosting itself lives. */
export const regions: readonly string[] = [
  "us-east1 us-central1 us-west1 europe-west1 asia-east1",
  "us-east4 us-east5 us-south1 us-west2 us-west3 us-west4",
  "northamerica-northeast1 northamerica-northeast2 southamerica-east1 southamerica-west1",
  "europe-central2 europe-north1 europe-southwest1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8",
  "europe-west9 me-west1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2",
  "asia-southeast1 asia-southeast2 australia-southeast1 australia-southeast2",
].flatMap((line) => line.split(" "));

const emailRule = /^[\w.%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const memberRule = /^(user|group|serviceAccount):[\w.%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

function matching(rule: RegExp, remedy: string): (text: string) => Checked {
  return (text) => (rule.test(text) ? { value: text } : { remedy });
}

function optional(check: (text: string) => Checked): (text: string) => Checked {
  return (text) => (text === "" || /^none$/i.test(text) ? { value: "" } : check(text));
}

function onOrOff(text: string): Checked {
  if (/^(y|yes|on|true)$/i.test(text)) return { value: "on" };
  if (/^(n|no|off|false)$/i.test(text)) return { value: "off" };
  return { remedy: 'Answer "on" or "off".' };
}

function checkEnvironments(text: string): Checked {
  if (/^none$/i.test(text)) return { value: "none" };
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const chosen = ["prod", "sandbox"].filter((word) => words.includes(word));
  return chosen.length > 0 && words.every((word) => chosen.includes(word))
    ? { value: chosen.join(",") }
    : { remedy: 'Name "prod", "sandbox" or "prod,sandbox"; "none" if you are not with E*TRADE.' };
}

function checkOrigin(text: string): Checked {
  const remedy = "An https address without a path, for example https://my-trading.web.app";
  if (!/^https:\/\/[a-z0-9.-]+\.[a-z]{2,}\/?$/i.test(text) || !URL.canParse(text)) return { remedy };
  return { value: new URL(text).origin };
}

function checkMembers(text: string): Checked {
  const members = text.split(/[\s,]+/).filter((word) => word !== "");
  const wrong = members.find((member) => !memberRule.test(member));
  return wrong === undefined
    ? { value: members.join(",") }
    : {
        remedy: `"${wrong}" names nobody. Write serviceAccount:name@project.iam.gserviceaccount.com or user:me@example.com.`,
      };
}

/** In the order in which they are asked; `chat-id` has a dialogue of its own. */
export const questions: readonly Question[] = [
  {
    name: "project",
    ask: "Google Cloud project id",
    why: "Everything is made in this one project; a project of its own keeps rights and costs apart.",
    usual: () => null,
    check: matching(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      "The project's id, not its name: 6 to 30 of a-z, 0-9 and -. Make one with: gcloud projects create my-trading-482913",
    ),
  },
  {
    name: "region",
    ask: "Region",
    why: "Where it runs and keeps its data. The broker is in the east of the United States.",
    usual: () => "us-east1",
    check: (text) =>
      regions.includes(text)
        ? { value: text }
        : { remedy: `A region that Firebase Hosting can lead to: ${regions.slice(0, 6).join(", ")}, …` },
  },
  {
    name: "billing-account",
    ask: "Billing account",
    why: "Pays, and carries the budget alarm; gcloud billing accounts list shows yours. Empty: the project has one, and no alarm.",
    usual: () => "",
    check: optional(
      matching(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "Three groups of six, for example 0123AB-4567CD-89EF01."),
    ),
  },
  {
    name: "budget",
    ask: "Budget a month, in your billing account's currency",
    why: "You get an e-mail when a month costs more. With one trader and production alone it should stay under a dollar.",
    usual: () => "5",
    check: matching(/^[1-9]\d{0,4}$/, "A whole number, for example 5."),
  },
  {
    name: "alarm-email",
    ask: "E-mail address for alarms",
    why: "Alarms about Prebell itself go here, never through Telegram: an outage of Telegram would hide itself.",
    usual: () => null,
    check: matching(emailRule, "An e-mail address, for example me@example.com."),
  },
  {
    name: "environments",
    ask: "E*TRADE environments",
    why: "Those you have a consumer key for; keys come from developer.etrade.com.",
    usual: () => "prod",
    check: checkEnvironments,
  },
  {
    name: "mirror",
    ask: "Mirror tokens to the ETRADE_OAUTH_* secrets",
    why: "Existing trading systems read these four names; off if yours reads the connection's own secret.",
    usual: () => "on",
    check: onOrOff,
  },
  {
    name: "schwab",
    ask: "Schwab",
    why: "On if you have an app at developer.schwab.com. Its callback has to be the page's address with /callback/schwab, and Schwab takes one to three days to approve a changed one.",
    usual: () => "off",
    check: onOrOff,
  },
  {
    name: "history",
    ask: "Keep every event in BigQuery",
    why: "For questions about last year; the journal works without.",
    usual: () => "off",
    check: onOrOff,
  },
  {
    name: "heartbeat",
    ask: "Watchdog outside Google (healthchecks.io)",
    why: "The only one who notices if this whole project stops. Make a check there first; its address is asked for later, as a secret.",
    usual: () => "off",
    check: onOrOff,
  },
  {
    name: "chat-id",
    ask: "Your chat's number",
    why: "Reminders go to this one chat, and only it is listened to.",
    usual: () => null,
    check: matching(/^-?\d{1,19}$/, "A number; press Enter to have it found, or ask @userinfobot."),
  },
  {
    name: "public-url",
    ask: "Address of the page",
    why: "What you open on the phone. Hosting gives every project a web.app address.",
    usual: (soFar) => `https://${soFar.get("project") ?? "PROJECT"}.web.app`,
    check: checkOrigin,
  },
  {
    name: "trader-members",
    ask: "Who may read the tokens",
    why: "The identities your trading system runs under, separated by commas. Empty: nobody yet.",
    usual: () => "",
    check: optional(checkMembers),
  },
];

export interface Answers {
  readonly stack: string;
  readonly project: string;
  readonly region: string;
  readonly publicUrl: string;
  readonly chatId: string;
  readonly alarmEmail: string;
  readonly prod: boolean;
  readonly sandbox: boolean;
  readonly mirror: boolean;
  readonly schwab: boolean;
  readonly history: boolean;
  readonly heartbeat: boolean;
  readonly billingAccount: string | null;
  readonly monthlyBudgetUsd: number;
  readonly traderMembers: readonly string[];
}

/** From checked answers to all questions. */
export function answersOf(stack: string, given: ReadonlyMap<string, string>): Answers {
  const text = (name: string) => given.get(name) ?? "";
  return {
    stack,
    project: text("project"),
    region: text("region"),
    publicUrl: text("public-url"),
    chatId: text("chat-id"),
    alarmEmail: text("alarm-email"),
    prod: text("environments").includes("prod"),
    sandbox: text("environments").includes("sandbox"),
    mirror: text("mirror") === "on",
    schwab: text("schwab") === "on",
    history: text("history") === "on",
    heartbeat: text("heartbeat") === "on",
    billingAccount: text("billing-account") || null,
    monthlyBudgetUsd: Number(text("budget")),
    traderMembers: text("trader-members")
      .split(",")
      .filter((member) => member !== ""),
  };
}
