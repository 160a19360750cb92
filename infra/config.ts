// The only reader of the stack's configuration: read once, checked, every message names the key and the remedy.
import * as pulumi from "@pulumi/pulumi";
import { defaultRegion } from "./names.ts";

export interface Settings {
  readonly project: string;
  readonly region: string;
  /** Where people open the page: https, without a path. */
  readonly publicUrl: URL;
  readonly telegramChatId: string;
  readonly alarmEmail: string;
  readonly environments: readonly ("prod" | "sandbox")[];
  readonly etradeMirror: boolean;
  /** Whether there is a Schwab app whose registered callback is the page's. */
  readonly schwab: boolean;
  /** Further connections, whose keys their owners enter on the page: their ids, such as `etrade-prod-anna`. */
  readonly connections: readonly string[];
  readonly bigQueryHistory: boolean;
  readonly heartbeat: boolean;
  readonly billingAccount: string | null;
  readonly monthlyBudgetUsd: number;
  /** Identities besides prebell-trader that trade with the tokens, such as `serviceAccount:bot@….iam.gserviceaccount.com`. */
  readonly traderMembers: readonly string[];
  /** Runs until the first build has deployed its own. */
  readonly firstImage: string;
  /** Whether the services exist: they can't start before their secrets have values. */
  readonly services: boolean;
  /** Which version of a secret the services get; those not named get version 1. */
  readonly secretVersions: Readonly<Record<string, string>>;
}

/** Throws `pulumi.RunError` with every fault found. */
export function readSettings(): Settings {
  const gcp = new pulumi.Config("gcp");
  const own = new pulumi.Config("prebell");
  const faults: string[] = [];
  const needed = (key: string, meaning: string, fits: (text: string) => boolean) => {
    const value = own.get(key)?.trim() ?? "";
    if (!fits(value)) faults.push(`prebell:${key} has to be ${meaning}: pulumi config set prebell:${key} …`);
    return value;
  };

  const project = gcp.get("project") ?? "";
  if (project === "") faults.push("gcp:project is missing: pulumi config set gcp:project my-project-id");
  const publicUrl = needed("publicUrl", "the https address of the page, such as https://my-project.web.app", isOrigin);
  const telegramChatId = needed("telegramChatId", "the number of the owner's chat", (text) => /^-?\d+$/.test(text));
  const alarmEmail = needed("alarmEmail", "an e-mail address; alarms never go through Telegram", (text) =>
    /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text),
  );
  const environments = (["prod", "sandbox"] as const).filter((environment) =>
    environment === "prod" ? (own.getBoolean("etradeProd") ?? true) : (own.getBoolean("etradeSandbox") ?? false),
  );
  const schwab = own.getBoolean("schwab") ?? false;
  if (environments.length === 0 && !schwab)
    faults.push("None of prebell:etradeProd, prebell:etradeSandbox and prebell:schwab is true.");
  const monthlyBudgetUsd = own.getNumber("monthlyBudgetUsd") ?? 5;
  if (!Number.isInteger(monthlyBudgetUsd) || monthlyBudgetUsd < 1)
    faults.push("prebell:monthlyBudgetUsd has to be a whole number of at least 1.");
  const traderMembers = own.getObject<string[]>("traderMembers") ?? [];
  for (const member of traderMembers)
    if (!/^(serviceAccount|user|group|principal):\S+$/.test(member))
      faults.push(`prebell:traderMembers: "${member}" has to begin with serviceAccount:, user:, group: or principal:.`);
  const connections = own.getObject<string[]>("connections") ?? [];
  for (const id of connections)
    if (!/^(etrade-(prod|sandbox)|schwab-prod)-[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
      faults.push(`prebell:connections: "${id}" is no id that Prebell gives; it names the one it needs.`);
  const secretVersions = own.getObject<Record<string, string | number>>("secretVersions") ?? {};
  for (const [name, version] of Object.entries(secretVersions))
    if (!/^[1-9]\d*$/.test(String(version)))
      faults.push(`prebell:secretVersions: ${name} has to be a version's number, never "${String(version)}".`);
  if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));

  return {
    project,
    region: gcp.get("region") ?? defaultRegion,
    publicUrl: new URL(publicUrl),
    telegramChatId,
    alarmEmail,
    environments,
    etradeMirror: own.getBoolean("etradeMirror") ?? true,
    schwab,
    connections,
    bigQueryHistory: own.getBoolean("bigQueryHistory") ?? false,
    heartbeat: own.getBoolean("heartbeat") ?? false,
    billingAccount: own.get("billingAccount") || null,
    monthlyBudgetUsd,
    traderMembers,
    firstImage: own.get("image") ?? "us-docker.pkg.dev/cloudrun/container/hello",
    services: own.getBoolean("services") ?? true,
    secretVersions: Object.fromEntries(
      Object.entries(secretVersions).map(([name, version]) => [name, String(version)]),
    ),
  };
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === "https:" && url.pathname === "/" && url.search === "";
}
