// What must hold for everything the program makes. Each policy hands back what breaks it; none found means all is well.
import type { Resource } from "./stack.ts";

export type Policy = (resources: readonly Resource[]) => string[];

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value ?? null));

const ofType = (resources: readonly Resource[], type: string) => resources.filter((each) => each.type === type);

const isGrant = ({ type }: Resource) => /iam_?(member|binding|policy)$/i.test(type);
const isProjectGrant = ({ type }: Resource) => /^gcp:(projects|organizations|folder)\/iam/i.test(type);

/** One step down a resource's inputs. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key === String(step))?.[1];
  }
  return found;
}

const failing = (resources: readonly Resource[], holds: (resource: Resource) => boolean, what: string) =>
  resources.filter((resource) => !holds(resource)).map(({ name }) => `${name}: ${what}`);

const expected = (resources: readonly Resource[], what: string) =>
  resources.length === 0 ? [`no ${what} at all`] : [];

/** The only roles that anybody holds in the whole project, each for want of a narrower one. */
const projectRoles = [
  "roles/datastore.user",
  "roles/firebasehosting.admin",
  "roles/logging.logWriter",
  "roles/serviceusage.apiKeysViewer",
  "roles/serviceusage.serviceUsageConsumer",
];

export const policies = {
  "nobody holds a secret role in the whole project": (resources) =>
    failing(
      resources.filter(isProjectGrant),
      ({ inputs }) => !text(inputs["role"]).startsWith("roles/secretmanager."),
      "a secret role in the whole project",
    ),
  "nobody is editor, owner or administrator": (resources) =>
    failing(
      resources.filter(isGrant),
      ({ inputs }) => {
        const role = text(inputs["role"]);
        return !/^roles\/(editor|owner|viewer)$|admin$/i.test(role) || role === "roles/firebasehosting.admin";
      },
      "too much power",
    ),
  "only listed roles are held in the whole project": (resources) =>
    failing(
      resources.filter(isProjectGrant).filter(({ type }) => !/audit/i.test(type)),
      ({ inputs }) => projectRoles.includes(text(inputs["role"])),
      "a role in the whole project",
    ),
  "grants add a member and never replace those of others": (resources) =>
    failing(resources.filter(isGrant), ({ type }) => /member$/i.test(type), "replaces the grants of others"),
  "Firestore's role holds for one database": (resources) =>
    failing(
      ofType(resources, "gcp:projects/iAMMember:IAMMember").filter(
        ({ inputs }) => inputs["role"] === "roles/datastore.user",
      ),
      ({ inputs }) => text(at(inputs, "condition", "expression")).includes("/databases/(default)"),
      "holds for every database",
    ),
  "nothing but the two services takes calls without a role": (resources) =>
    failing(
      resources.filter(({ inputs }) => /"all(Authenticated)?Users"/.test(JSON.stringify(inputs))),
      ({ inputs }) => /^prebell(-cron)?$/.test(text(inputs["name"])) && inputs["role"] === "roles/run.invoker",
      "open to everybody",
    ),
  "no public clockwork: the internet does not reach it, and it checks who calls": (resources) => {
    const clockwork = ofType(resources, "gcp:cloudrunv2/service:Service").filter(({ name }) => name === "prebell-cron");
    return [
      ...expected(clockwork, "clockwork"),
      ...failing(clockwork, ({ inputs }) => inputs["ingress"] === "INGRESS_TRAFFIC_INTERNAL_ONLY", "is public"),
      ...failing(
        clockwork,
        ({ inputs }) =>
          ["CRON_AUDIENCE", "CRON_SERVICE_ACCOUNT"].every((name) =>
            environmentOf(inputs).some((variable) => variable.name === name),
          ),
        "can't tell the scheduler from others",
      ),
      // An audience of Cloud Run's own would make it look at the token and take the signature off.
      ...failing(clockwork, ({ inputs }) => inputs["customAudiences"] === undefined, "lets Cloud Run open the token"),
    ];
  },
  "no service grows without limit, none runs while idle": (resources) => {
    const services = ofType(resources, "gcp:cloudrunv2/service:Service");
    return [
      ...expected(services, "service"),
      ...failing(
        services,
        ({ inputs }) => {
          const most = at(inputs, "template", "scaling", "maxInstanceCount");
          return typeof most === "number" && most >= 1 && most <= 2;
        },
        "has no limit on instances",
      ),
      ...failing(
        services,
        ({ inputs }) =>
          at(inputs, "template", "scaling", "minInstanceCount") === 0 &&
          at(inputs, "template", "containers", 0, "resources", "cpuIdle") === true,
        "is paid for while idle",
      ),
    ];
  },
  "a deploy is not undone": (resources) =>
    failing(
      ofType(resources, "gcp:cloudrunv2/service:Service"),
      ({ ignored }) => ignored.includes("template.containers[0].image") && ignored.includes("traffics"),
      "would put the first image or its traffic back",
    ),
  "a budget is set and mails": (resources) => {
    const budgets = ofType(resources, "gcp:billing/budget:Budget");
    return [
      ...expected(budgets, "budget"),
      ...failing(
        budgets,
        ({ inputs }) =>
          Number(at(inputs, "amount", "specifiedAmount", "units")) > 0 &&
          text(inputs["thresholdRules"]).includes('"thresholdPercent":1') &&
          text(at(inputs, "allUpdatesRule", "monitoringNotificationChannels")) !== "null",
        "does not warn",
      ),
    ];
  },
  "no secret's value and no key is made": (resources) => [
    ...failing(
      resources,
      ({ type }) => !/secretVersion:|serviceaccount\/key:|apikeys/i.test(type),
      "has a secret's value in the state",
    ),
    ...ofType(resources, "gcp:cloudrunv2/service:Service").flatMap(({ name, inputs }) =>
      environmentOf(inputs)
        .filter((variable) => /TOKEN|SECRET|KEY|HEARTBEAT/.test(variable.name) && variable.version === undefined)
        .filter((variable) => variable.name !== "ETRADE_SECRET_MIRROR")
        .map((variable) => `${name}: ${variable.name} is there in plain`),
    ),
  ],
  "services read secrets by a version's number": (resources) =>
    ofType(resources, "gcp:cloudrunv2/service:Service").flatMap(({ name, inputs }) =>
      environmentOf(inputs)
        .filter(({ version }) => version !== undefined && !/^\d+$/.test(version))
        .map((variable) => `${name}: ${variable.name} is not pinned`),
    ),
  "destroying a token can be undone for a day": (resources) =>
    failing(
      ofType(resources, "gcp:secretmanager/secret:Secret").filter(({ inputs }) =>
        /^prebell-etrade-|^ETRADE_OAUTH_/.test(text(inputs["secretId"])),
      ),
      ({ inputs }) => inputs["versionDestroyTtl"] === "86400s",
      "is destroyed at once",
    ),
  "secrets and records can't be deleted by mistake": (resources) => [
    ...failing(
      ofType(resources, "gcp:secretmanager/secret:Secret"),
      ({ inputs }) => inputs["deletionProtection"] === true,
      "is not protected",
    ),
    ...failing(
      ofType(resources, "gcp:firestore/database:Database"),
      ({ inputs, protectedFromDelete }) =>
        inputs["deleteProtectionState"] === "DELETE_PROTECTION_ENABLED" && protectedFromDelete,
      "is not protected",
    ),
  ],
  "the clockwork runs on New York's clock, with retries and proof": (resources) => {
    const audiences = ofType(resources, "gcp:cloudrunv2/service:Service").flatMap(({ inputs }) =>
      environmentOf(inputs).filter(({ name }) => name === "CRON_AUDIENCE"),
    );
    const jobs = ofType(resources, "gcp:cloudscheduler/job:Job");
    return [
      ...expected(jobs, "job"),
      ...failing(jobs, ({ inputs }) => inputs["timeZone"] === "America/New_York", "runs on another clock"),
      ...failing(jobs, ({ inputs }) => Number(at(inputs, "retryConfig", "retryCount")) >= 1, "is not tried again"),
      ...failing(
        jobs.filter(({ name }) => name.startsWith("morning")),
        ({ inputs }) => at(inputs, "retryConfig", "retryCount") === 3,
        "gives up too soon",
      ),
      ...failing(
        jobs,
        ({ inputs }) =>
          audiences.length > 0 &&
          audiences.every(({ value }) => value === at(inputs, "httpTarget", "oidcToken", "audience")),
        "proves itself to nobody",
      ),
      ...failing(
        jobs,
        ({ inputs }) =>
          text(at(inputs, "httpTarget", "oidcToken", "serviceAccountEmail")).startsWith("prebell-scheduler@"),
        "proves itself as somebody else",
      ),
      ...failing(
        jobs,
        ({ inputs }) => /^https:\/\/prebell-cron-[^/]*\/cron\//.test(text(at(inputs, "httpTarget", "uri"))),
        "calls something else",
      ),
    ];
  },
  "events arrive in order, and none is lost": (resources) => {
    const subscriptions = ofType(resources, "gcp:pubsub/subscription:Subscription").filter(
      ({ name }) => name !== "token-updates-dead-letter",
    );
    return [
      ...expected(subscriptions, "subscription"),
      ...failing(subscriptions, ({ inputs }) => inputs["enableMessageOrdering"] === true, "has no order"),
      ...failing(
        subscriptions,
        ({ inputs }) =>
          at(inputs, "deadLetterPolicy", "maxDeliveryAttempts") === 10 &&
          text(at(inputs, "deadLetterPolicy", "deadLetterTopic")).endsWith("/token-updates-dead-letter"),
        "tries for ever",
      ),
      ...failing(
        ofType(resources, "gcp:pubsub/subscription:Subscription"),
        ({ inputs }) => at(inputs, "expirationPolicy", "ttl") === "",
        "expires",
      ),
      ...subscriptions
        .filter(
          ({ name }) => !resources.some(isGrantTo("subscription", name, "roles/pubsub.subscriber", "gcp-sa-pubsub")),
        )
        .map(({ name }) => `${name}: Pub/Sub may not move its dead letters`),
      ...(resources.some(isGrantTo("topic", "token-updates-dead-letter", "roles/pubsub.publisher", "gcp-sa-pubsub"))
        ? []
        : ["Pub/Sub may not publish dead letters"]),
    ];
  },
  "alarms go by e-mail and never through Telegram": (resources) => {
    const alarms = ofType(resources, "gcp:monitoring/alertPolicy:AlertPolicy");
    const channels = ofType(resources, "gcp:monitoring/notificationChannel:NotificationChannel");
    return [
      ...expected(alarms, "alarm"),
      ...expected(channels, "channel"),
      ...failing(channels, ({ inputs }) => inputs["type"] === "email", "is not e-mail"),
      ...failing(
        [...channels, ...alarms],
        ({ inputs }) => !/telegram\.org|t\.me\//i.test(JSON.stringify(inputs)),
        "Telegram",
      ),
      ...failing(alarms, ({ inputs }) => text(inputs["notificationChannels"]).includes("e-mail-id"), "reaches nobody"),
      ...failing(alarms, ({ inputs }) => inputs["enabled"] !== false, "is switched off"),
    ];
  },
  "traders read and change nothing": (resources) =>
    failing(
      resources.filter(isGrant).filter(({ inputs }) => /prebell-trader@|bot@elsewhere/.test(text(inputs["member"]))),
      ({ type, inputs }) =>
        !isProjectGrant({ type, name: "", inputs, ignored: [], protectedFromDelete: false }) &&
        ["roles/secretmanager.secretAccessor", "roles/pubsub.subscriber"].includes(text(inputs["role"])) &&
        !/prebell-key|API_TOKEN|TELEGRAM/.test(JSON.stringify(inputs)),
      "lets a trader do more than read tokens",
    ),
} satisfies Record<string, Policy>;

function isGrantTo(kind: string, name: string, role: string, member: string) {
  return (resource: Resource) =>
    isGrant(resource) &&
    resource.inputs[kind] === name &&
    resource.inputs["role"] === role &&
    text(resource.inputs["member"]).includes(member);
}

/** A service's environment variables; `version` where the value comes from a secret. */
export function environmentOf(inputs: unknown): { name: string; value: string; version: string | undefined }[] {
  const variables = at(inputs, "template", "containers", 0, "envs");
  if (!Array.isArray(variables)) return [];
  return variables.map((variable) => {
    const version = at(variable, "valueSource", "secretKeyRef", "version");
    return {
      name: text(at(variable, "name")),
      value: text(at(variable, "value")),
      version: at(variable, "valueSource") === undefined ? undefined : text(version),
    };
  });
}
