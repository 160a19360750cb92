// What the program makes fits what the rest of the repository expects of it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readIndexFile } from "../records.ts";
import { environmentOf } from "./policies.ts";
import { everything, type Resource, runProgram } from "./stack.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const named = (resources: readonly Resource[], type: string) =>
  resources.filter((each) => each.type.endsWith(`:${type}`)).map(({ name }) => name);

const ofSchwab = (names: readonly string[]) => names.filter((name) => /schwab/i.test(name)).toSorted();

/** What the services are told of Schwab. */
const schwabSettings = ({ resources }: { resources: readonly Resource[] }) =>
  resources
    .filter(({ type }) => type.endsWith(":Service"))
    .flatMap(({ inputs }) => environmentOf(inputs).filter(({ name }) => name.startsWith("SCHWAB")))
    .map(({ name, value }) => [name, value]);

/** Read by Google's libraries, not by the program. */
const googlesOwn = ["METADATA_SERVER_DETECTION"];

describe("what the services are given", () => {
  it("is read by the program, every variable of it", async () => {
    const variables = /export const variables = \{(.*?)^\}/ms.exec(read("server/config-variables.ts"))?.[1] ?? "";
    const known = [...variables.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
    expect(known).toContain("STORAGE");
    const { resources } = await runProgram(everything);
    const given = resources
      .filter(({ type }) => type === "gcp:cloudrunv2/service:Service")
      .flatMap(({ inputs }) => environmentOf(inputs).map(({ name }) => name));
    expect(given.filter((name) => !known.includes(name) && !googlesOwn.includes(name))).toEqual([]);
  });

  it("is enough to start in the cloud, and secrets come in their first version", async () => {
    const { resources } = await runProgram();
    const services = resources.filter(({ type }) => type === "gcp:cloudrunv2/service:Service");
    expect(services.map(({ name }) => name).toSorted()).toEqual(["prebell", "prebell-cron"]);
    for (const { inputs } of services) {
      const environment = environmentOf(inputs);
      const plain = environment.filter(({ version }) => version === undefined).map(({ name, value }) => [name, value]);
      expect(Object.fromEntries(plain)).toEqual({
        STORAGE: "google",
        GOOGLE_CLOUD_PROJECT: "my-trading-482913",
        PUBLIC_URL: "https://my-trading-482913.web.app",
        PUBSUB_TOPIC: "token-updates",
        ETRADE_SECRET_MIRROR: "on",
        CRON_AUDIENCE: "https://prebell-cron",
        CRON_SERVICE_ACCOUNT: "prebell-scheduler@my-trading-482913.iam.gserviceaccount.com",
        TELEGRAM_CHAT_ID: "123456789",
        METADATA_SERVER_DETECTION: "assume-present",
      });
      const secret = environment.filter(({ version }) => version !== undefined);
      expect(secret.map(({ name, version }) => [name, version])).toEqual([
        ["TELEGRAM_BOT_TOKEN", "1"],
        ["TELEGRAM_WEBHOOK_SECRET", "1"],
        ["API_TOKEN", "1"],
      ]);
    }
  });

  it("names the callback that is registered with the Schwab app, and nothing of Schwab's where there is none", async () => {
    const there = ["SCHWAB_REDIRECT_URI", "https://my-trading-482913.web.app/callback/schwab"];
    expect(schwabSettings(await runProgram({ "prebell:schwab": "true" }))).toEqual([there, there]);
    expect(schwabSettings(await runProgram())).toEqual([]);
  });

  it("follows a rotation by the version's number", async () => {
    const { resources } = await runProgram({ "prebell:secretVersions": '{"API_TOKEN": 3}' });
    const web = resources.find(({ type, name }) => type.endsWith(":Service") && name === "prebell");
    expect(environmentOf(web?.inputs).find(({ name }) => name === "API_TOKEN")?.version).toBe("3");
  });
});

describe("the very first time", () => {
  it("everything is made but what needs secrets that have no value yet", async () => {
    const all = await runProgram();
    const first = await runProgram({ "prebell:services": "false" });
    const missing = named(all.resources, "Service").filter((name) => !named(first.resources, "Service").includes(name));
    expect(missing).toEqual(["prebell", "prebell-cron"]);
    for (const type of ["Job", "AlertPolicy", "ServiceIamMember"]) expect(named(first.resources, type)).toEqual([]);
    for (const type of ["Secret", "SecretIamMember", "Topic", "Subscription", "Field", "Budget", "NotificationChannel"])
      expect(named(first.resources, type), type).toEqual(named(all.resources, type));
    expect(first.outputs["telegramWebhookUrl"]).toBeNull();
    expect(all.outputs["telegramWebhookUrl"]).toBe("https://prebell-abcdef-ue.a.run.app/telegram/webhook");
  });
});

describe("secrets", () => {
  it("are those of the configured connections, and the keys of both environments, for a key that is missing must not look forbidden", async () => {
    const { resources } = await runProgram({ "prebell:etradeMirror": "false" });
    expect(named(resources, "Secret").toSorted()).toEqual([
      "API_TOKEN",
      "ETRADE_PROD_CONSUMER_KEY",
      "ETRADE_PROD_CONSUMER_SECRET",
      "ETRADE_SANDBOX_CONSUMER_KEY",
      "ETRADE_SANDBOX_CONSUMER_SECRET",
      "TELEGRAM_BOT_TOKEN",
      "TELEGRAM_WEBHOOK_SECRET",
      "prebell-etrade-prod",
      "prebell-key",
    ]);
  });

  it("of Schwab's are read by Prebell alone, but for the copy that can't refresh", async () => {
    const { resources } = await runProgram({ "prebell:etradeProd": "false", "prebell:schwab": "true" });
    expect(ofSchwab(named(resources, "Secret"))).toEqual([
      "SCHWAB_CLIENT_ID",
      "SCHWAB_CLIENT_SECRET",
      "prebell-schwab-prod",
      "prebell-schwab-prod-access",
    ]);
    expect(ofSchwab(named(resources, "SecretIamMember"))).toEqual([
      "SCHWAB_CLIENT_ID-run-secretAccessor",
      "SCHWAB_CLIENT_SECRET-run-secretAccessor",
      "prebell-schwab-prod-access-run-secretAccessor",
      "prebell-schwab-prod-access-run-secretVersionAdder",
      "prebell-schwab-prod-access-run-secretVersionManager",
      "prebell-schwab-prod-access-trader-secretAccessor",
      "prebell-schwab-prod-run-secretAccessor",
      "prebell-schwab-prod-run-secretVersionAdder",
      "prebell-schwab-prod-run-secretVersionManager",
    ]);
  });

  it("of a further connection are made with the rights to keep keys and tokens, for Prebell and nobody else", async () => {
    const { resources } = await runProgram({ "prebell:connections": '["etrade-prod-anna", "schwab-prod-ben"]' });
    const secrets = [
      "prebell-etrade-prod-anna",
      "prebell-etrade-prod-anna-keys",
      "prebell-schwab-prod-ben",
      "prebell-schwab-prod-ben-access",
      "prebell-schwab-prod-ben-keys",
    ];
    const ofThose = (type: string) =>
      named(resources, type)
        .filter((name) => /anna|ben/.test(name))
        .toSorted();
    expect(ofThose("Secret")).toEqual(secrets);
    expect(ofThose("SecretIamMember")).toEqual(
      secrets
        .flatMap((secret) =>
          ["secretAccessor", "secretVersionAdder", "secretVersionManager"].map((role) => `${secret}-run-${role}`),
        )
        .toSorted(),
    );
  });

  it("that existing trading systems read have their names", async () => {
    const { resources } = await runProgram(everything);
    expect(
      named(resources, "Secret")
        .filter((name) => name.startsWith("ETRADE_OAUTH_"))
        .toSorted(),
    ).toEqual([
      "ETRADE_OAUTH_PROD_ACCESS_SECRET",
      "ETRADE_OAUTH_PROD_ACCESS_TOKEN",
      "ETRADE_OAUTH_SANDBOX_ACCESS_SECRET",
      "ETRADE_OAUTH_SANDBOX_ACCESS_TOKEN",
    ]);
  });
});

describe("records", () => {
  it("expire by the fields that firestore.indexes.json lists, no more and no fewer", async () => {
    const { resources } = await runProgram();
    const made = resources
      .filter(({ type, inputs }) => type.endsWith(":Field") && inputs["ttlConfig"] !== undefined)
      .map(({ inputs }) => `${String(inputs["collection"])}.${String(inputs["field"])}`);
    const listed = readIndexFile().fieldOverrides.filter(({ ttl }) => ttl === true);
    expect(made.toSorted()).toEqual(listed.map((each) => `${each.collectionGroup}.${each.fieldPath}`).toSorted());
    expect(made).toContain("claims.purgeAt");
  });

  it("have every index that firestore.indexes.json lists", async () => {
    const { resources } = await runProgram();
    expect(named(resources, "Index")).toHaveLength(readIndexFile().indexes.length);
  });

  it("are closed to every client by the rules that are deployed", async () => {
    const { resources } = await runProgram();
    const rules = JSON.stringify(resources.find(({ type }) => type.endsWith(":Ruleset"))?.inputs);
    expect(rules).toContain("if false");
    expect(rules).not.toMatch(/if true|request\.auth/);
    expect(named(resources, "Release")).toEqual(["rules"]);
  });
});

describe("the stack's configuration", () => {
  it.each([
    [{ "prebell:publicUrl": "http://example.com" }, /prebell:publicUrl has to be the https address/],
    [{ "prebell:publicUrl": "https://example.com/path" }, /prebell:publicUrl/],
    [{ "prebell:telegramChatId": "@me" }, /prebell:telegramChatId has to be the number/],
    [{ "prebell:alarmEmail": "me" }, /prebell:alarmEmail has to be an e-mail address/],
    [{ "prebell:etradeProd": "false" }, /None of prebell:etradeProd, prebell:etradeSandbox and prebell:schwab/],
    [{ "prebell:monthlyBudgetUsd": "0" }, /prebell:monthlyBudgetUsd/],
    [{ "prebell:traderMembers": '["allUsers"]' }, /prebell:traderMembers: "allUsers"/],
    [{ "prebell:connections": '["etrade-prod"]' }, /prebell:connections: "etrade-prod" is no id/],
    [{ "prebell:secretVersions": '{"API_TOKEN": "latest"}' }, /prebell:secretVersions: API_TOKEN .* never "latest"/],
  ])("%o is refused with its remedy", async (config, message) => {
    await expect(runProgram(config)).rejects.toThrow(message);
  });

  it("is described key by key, and the example names nothing else", () => {
    const described = Object.keys(parse(read("infra/Pulumi.yaml")).config);
    const shown = Object.keys(parse(read("infra/Pulumi.example.yaml")).config);
    const needsNoType = ["gcp:project", "prebell:secretVersions"];
    expect(shown.toSorted()).toEqual([...described, ...needsNoType].toSorted());
    const used = [...read("infra/config.ts").matchAll(/(?:own\.get\w*(?:<[^(]*>)?|needed)\("(\w+)"/g)];
    expect([...new Set(used.map(([, key]) => `prebell:${key}`))].toSorted()).toEqual(
      shown.filter((key) => key.startsWith("prebell:")).toSorted(),
    );
  });

  it("runs the example as it stands", async () => {
    const example: Record<string, unknown> = parse(read("infra/Pulumi.example.yaml")).config;
    const config = Object.entries(example).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    await expect(runProgram(Object.fromEntries(config))).resolves.toBeDefined();
  });
});

describe("RUNBOOK.md", () => {
  const runbook = read("infra/RUNBOOK.md");
  const sections = [...runbook.matchAll(/^### ([a-z-]+)$/gm)].map(([, name]) => String(name));

  it("has a section for every alarm, and no section for an alarm that is none", async () => {
    const { resources } = await runProgram(everything);
    expect(sections.toSorted()).toEqual([...named(resources, "AlertPolicy"), "budget"].toSorted());
  });

  it("says of each alarm what it means, what to look at and what to do", () => {
    for (const name of sections) {
      const section = runbook.split(`\n### ${name}\n`)[1]?.split(/\n##/)[0] ?? "";
      expect(section.match(/\*\*(Means|Look|Do)\*\*/g), name).toEqual(["**Means**", "**Look**", "**Do**"]);
    }
  });

  it("names only files that exist", () => {
    const paths = [...runbook.matchAll(/`((?:infra|docs|server|bin)\/[\w./-]+\.\w+)`/g)].map(([, path]) =>
      String(path),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
