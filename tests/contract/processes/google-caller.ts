// Uses Secret Manager and Pub/Sub as production does, with the credentials this process finds: one round per token read,
// one JSON line printed per round. Pub/Sub's own variable leads it to the test's server, with TLS and credentials.
import { createInterface } from "node:readline";
import { pubsubPublisher } from "../../../server/adapters/pubsub-publisher.ts";
import { openSecretManager } from "../../../server/adapters/secret-manager-client.ts";
import { secretManagerTokenStore } from "../../../server/adapters/secret-manager-token-store.ts";
import { anEvent } from "../drafts.ts";
import { aTokenSet } from "../token-sets.ts";

const [endpoint = ""] = process.argv.slice(2);
const nothing = () => {};
const secrets = openSecretManager({ project: "prebell-test", endpoint });
const tokens = secretManagerTokenStore(secrets, {
  etradeMirror: false,
  log: { info: nothing, warn: nothing, error: nothing },
});
const publisher = pubsubPublisher({ project: "prebell-test", topic: "token-updates", emulatorHost: null });
const described = (error: unknown) => (error instanceof Error ? error.message : String(error));

for await (const token of createInterface({ input: process.stdin })) {
  const stored = await tokens.put("etrade-prod", aTokenSet({ token })).catch(described);
  const published = await publisher.publish({ ...anEvent(), sequence: 1 }).then(() => "published", described);
  process.stdout.write(`${JSON.stringify({ stored, published })}\n`);
}
await Promise.all([secrets.close(), publisher.close()]);
