// The real program keeps every policy, and every policy notices when it is broken.
import { beforeAll, describe, expect, it } from "vitest";
import { type Policy, policies } from "./policies.ts";
import { everything, type Resource, runProgram } from "./stack.ts";

const all: [string, Policy][] = Object.entries(policies);
const found = (resources: readonly Resource[]) => all.flatMap(([name, policy]) => policy(resources).map(() => name));

const extra = (type: string, inputs: Record<string, unknown>): Resource => ({
  type,
  name: "extra",
  inputs,
  ignored: [],
  protectedFromDelete: false,
});
const grant = (inputs: Record<string, unknown>) => extra("gcp:projects/iAMMember:IAMMember", inputs);
const trader = "serviceAccount:prebell-trader@my-trading-482913.iam.gserviceaccount.com";

/** The resource of that type and name, with its inputs' text changed. */
const changed = (type: string, name: string, from: string | RegExp, to: string) => (resources: Resource[]) =>
  resources.map((each) => {
    if (!each.type.endsWith(`:${type}`) || each.name !== name) return each;
    const before = JSON.stringify(each.inputs);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${name} has nothing like ${String(from)}`);
    const inputs: Record<string, unknown> = JSON.parse(after);
    return { ...each, inputs };
  });
const without = (type: string, name: string) => (resources: Resource[]) => {
  const rest = resources.filter((each) => !(each.type.endsWith(`:${type}`) && each.name === name));
  if (rest.length === resources.length) throw new Error(`there is no ${name}`);
  return rest;
};
const plus = (resource: Resource) => (resources: Resource[]) => [...resources, resource];

describe("the program", () => {
  it.each([
    ["as configured by default", {}],
    ["with every switch on", everything],
    ["with nothing but the sandbox", { "prebell:etradeProd": "false", "prebell:etradeSandbox": "true" }],
  ])("keeps every policy %s", async (_, config) => {
    const { resources } = await runProgram(config);
    expect(resources.length).toBeGreaterThan(80);
    expect(all.flatMap(([name, policy]) => policy(resources).map((fault) => `${name}: ${fault}`))).toEqual([]);
  });

  it("has no budget without a billing account, which the policy reports", async () => {
    const { resources } = await runProgram({ "prebell:billingAccount": "" });
    expect(found(resources)).toEqual(["a budget is set and mails"]);
  });
});

describe("a policy", () => {
  let good: Resource[] = [];
  beforeAll(async () => {
    good = (await runProgram(everything)).resources;
  });

  const breaks: [keyof typeof policies, string, (resources: Resource[]) => Resource[]][] = [
    [
      "nobody holds a secret role in the whole project",
      "a role on every secret",
      plus(grant({ role: "roles/secretmanager.secretAccessor", member: "user:a@example.com" })),
    ],
    [
      "nobody is editor, owner or administrator",
      "an editor",
      plus(grant({ role: "roles/editor", member: "user:a@example.com" })),
    ],
    [
      "nobody is editor, owner or administrator",
      "a service's administrator",
      plus(extra("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", { role: "roles/run.admin", name: "prebell" })),
    ],
    ["only listed roles are held in the whole project", "a new role", plus(grant({ role: "roles/pubsub.publisher" }))],
    [
      "grants add a member and never replace those of others",
      "a binding",
      plus(
        extra("gcp:secretmanager/secretIamBinding:SecretIamBinding", { role: "roles/secretmanager.secretAccessor" }),
      ),
    ],
    [
      "Firestore's role holds for one database",
      "another database",
      changed("IAMMember", "run-records", /databases\/\(default\)/, "databases/other"),
    ],
    [
      "nothing but the two services takes calls without a role",
      "a public topic",
      changed("TopicIAMMember", "run-publish", /serviceAccount:[^"]+/, "allAuthenticatedUsers"),
    ],
    [
      "no public clockwork: the internet does not reach it, and it checks who calls",
      "an address on the internet",
      changed("Service", "prebell-cron", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_ALL"),
    ],
    [
      "no public clockwork: the internet does not reach it, and it checks who calls",
      "no check",
      changed("Service", "prebell-cron", "CRON_SERVICE_ACCOUNT", "SOMETHING_ELSE"),
    ],
    [
      "no public clockwork: the internet does not reach it, and it checks who calls",
      "no clockwork",
      without("Service", "prebell-cron"),
    ],
    [
      "no service grows without limit, none runs while idle",
      "no limit",
      changed("Service", "prebell", /"maxInstanceCount":\d+/, '"x":1'),
    ],
    [
      "no service grows without limit, none runs while idle",
      "an idle instance",
      changed("Service", "prebell-cron", '"minInstanceCount":0', '"minInstanceCount":1'),
    ],
    [
      "a deploy is not undone",
      "a service whose image Pulumi puts back",
      (resources) => resources.map((each) => (each.name === "prebell" ? { ...each, ignored: ["client"] } : each)),
    ],
    ["a budget is set and mails", "no budget", without("Budget", "budget")],
    [
      "a budget is set and mails",
      "a budget that mails nobody",
      changed("Budget", "budget", "monitoringNotificationChannels", "x"),
    ],
    [
      "no secret's value and no key is made",
      "a secret's value",
      plus(extra("gcp:secretmanager/secretVersion:SecretVersion", { secretData: "x" })),
    ],
    ["no secret's value and no key is made", "a key file", plus(extra("gcp:serviceaccount/key:Key", {}))],
    [
      "no secret's value and no key is made",
      "a secret in plain",
      changed("Service", "prebell", '"name":"STORAGE"', '"name":"API_TOKEN"'),
    ],
    [
      "services read secrets by a version's number",
      "the latest version",
      changed("Service", "prebell", '"version":"1"', '"version":"latest"'),
    ],
    [
      "destroying a token can be undone for a day",
      "immediate destruction",
      changed("Secret", "prebell-etrade-prod", "86400s", "0s"),
    ],
    [
      "secrets and records can't be deleted by mistake",
      "an unprotected database",
      changed("Database", "records", "DELETE_PROTECTION_ENABLED", "DELETE_PROTECTION_DISABLED"),
    ],
    [
      "the clockwork runs on New York's clock, with retries and proof",
      "UTC",
      changed("Job", "morning-alert", "America/New_York", "Etc/UTC"),
    ],
    [
      "the clockwork runs on New York's clock, with retries and proof",
      "no retries",
      changed("Job", "morning-follow-up", '"retryCount":3', '"retryCount":0'),
    ],
    [
      "the clockwork runs on New York's clock, with retries and proof",
      "another audience",
      changed("Job", "tick", 'https://prebell-cron"', 'https://elsewhere"'),
    ],
    [
      "the clockwork runs on New York's clock, with retries and proof",
      "the public service",
      changed("Job", "tick", "prebell-cron-abcdef", "prebell-abcdef"),
    ],
    [
      "events arrive in order, and none is lost",
      "no order",
      changed("Subscription", "trading-system", '"enableMessageOrdering":true', '"enableMessageOrdering":false'),
    ],
    [
      "events arrive in order, and none is lost",
      "no dead letters",
      changed("Subscription", "history", "deadLetterPolicy", "x"),
    ],
    [
      "events arrive in order, and none is lost",
      "dead letters that can't be moved",
      without("SubscriptionIAMMember", "trading-system-dead-letters"),
    ],
    [
      "events arrive in order, and none is lost",
      "dead letters that can't be published",
      without("TopicIAMMember", "dead-letters-publish"),
    ],
    [
      "alarms go by e-mail and never through Telegram",
      "a webhook",
      changed("NotificationChannel", "e-mail", '"type":"email"', '"type":"webhook_tokenauth"'),
    ],
    [
      "alarms go by e-mail and never through Telegram",
      "an alarm for nobody",
      changed("AlertPolicy", "tick-missing", /\["e-mail-id"\]/, "[]"),
    ],
    [
      "traders read and change nothing",
      "a trader who writes tokens",
      changed("SecretIamMember", "prebell-etrade-prod-trader-secretAccessor", "secretAccessor", "secretVersionAdder"),
    ],
    [
      "traders read and change nothing",
      "a trader who publishes",
      plus(
        extra("gcp:pubsub/topicIAMMember:TopicIAMMember", {
          topic: "token-updates",
          role: "roles/pubsub.publisher",
          member: trader,
        }),
      ),
    ],
  ];

  it.each(breaks)("%s: %s is noticed", (name, _, breaking) => {
    expect(found(breaking(good))).toContain(name);
  });

  it("that nothing above breaks does not exist", () => {
    expect(new Set(breaks.map(([name]) => name))).toEqual(new Set(Object.keys(policies)));
  });
});
