// Runs the real program with Pulumi's mocks and hands back every resource it asked for.
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly ignored: readonly string[];
  readonly protectedFromDelete: boolean;
}

export const project = "my-trading-482913";

const asConfigured: Readonly<Record<string, string>> = {
  "gcp:project": project,
  "prebell:publicUrl": `https://${project}.web.app`,
  "prebell:telegramChatId": "123456789",
  "prebell:alarmEmail": "me@example.com",
  "prebell:billingAccount": "012345-6789AB-CDEF01",
};

/** The largest installation: every switch on. */
export const everything = {
  "prebell:etradeSandbox": "true",
  "prebell:schwab": "true",
  "prebell:connections": JSON.stringify(["etrade-prod-anna", "schwab-prod-anna"]),
  "prebell:bigQueryHistory": "true",
  "prebell:heartbeat": "true",
  "prebell:traderMembers": JSON.stringify(["serviceAccount:bot@elsewhere.iam.gserviceaccount.com"]),
};

/** Rejects as the program does. */
export async function runProgram(config: Readonly<Record<string, string>> = {}): Promise<{
  resources: Resource[];
  outputs: Record<string, unknown>;
}> {
  const resources: Resource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: idOf(type, name, inputs),
        state: { ...inputs, ...outputsOf(type, name, inputs) },
      }),
      call: ({ token }) => (token === "gcp:organizations/getProject:getProject" ? { number: "1234567890" } : {}),
    },
    "prebell",
    "test",
  );
  recordRegistrations(resources);
  pulumi.runtime.setAllConfig({ ...asConfigured, ...config });
  vi.resetModules();
  const program: Record<string, unknown> = { ...(await import("../index.ts")) };
  const outputs = await new Promise<Record<string, unknown>>((resolve) => pulumi.output(program).apply(resolve));
  await registered(resources);
  return { resources, outputs };
}

/** Mocks are not shown the options of a resource (what it depends on, what of it is ignored); the monitor is. */
function recordRegistrations(resources: Resource[]): void {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) throw new Error("Pulumi has no monitor although it is mocked.");
  const register = monitor.registerResource.bind(monitor);
  Object.assign(monitor, {
    registerResource(...[request, ...rest]: Parameters<typeof register>) {
      resources.push({
        type: request.getType(),
        name: request.getName(),
        inputs: request.getObject()?.toJavaScript() ?? {},
        ignored: request.getIgnorechangesList(),
        protectedFromDelete: request.getProtect() ?? false,
      });
      return register(request, ...rest);
    },
  });
}

/** Registrations wait for each other's outputs, in turns of the event loop; when none came for a while, all are there. */
async function registered(resources: readonly Resource[]): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 50; quiet = resources.length === last ? quiet + 1 : 0) {
    last = resources.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function idOf(type: string, name: string, inputs: Record<string, unknown>): string {
  if (type === "gcp:secretmanager/secret:Secret") return `projects/${project}/secrets/${String(inputs["secretId"])}`;
  if (type === "gcp:pubsub/topic:Topic") return `projects/${project}/topics/${String(inputs["name"])}`;
  return `${name}-id`;
}

/** What Google would add. */
function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "gcp:serviceaccount/account:Account": {
      const email = `${String(inputs["accountId"])}@${project}.iam.gserviceaccount.com`;
      return { email, member: `serviceAccount:${email}`, name: `projects/${project}/serviceAccounts/${email}` };
    }
    case "gcp:projects/serviceIdentity:ServiceIdentity":
      return { member: "serviceAccount:service-1234567890@gcp-sa-pubsub.iam.gserviceaccount.com" };
    case "gcp:cloudrunv2/service:Service":
      return { uri: `https://${String(inputs["name"])}-abcdef-ue.a.run.app` };
    case "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig":
      return { uptimeCheckId: "page-1" };
    case "gcp:artifactregistry/repository:Repository":
      return { name: inputs["repositoryId"] };
    default:
      return inputs["name"] === undefined ? { name } : {};
  }
}
