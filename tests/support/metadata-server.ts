// The metadata server that machines on Google Cloud ask for credentials; GCE_METADATA_HOST leads to it.
import { createServer } from "node:http";
import { listen } from "./listen.ts";

export interface MetadataServer {
  /** `127.0.0.1:port`: what GCE_METADATA_HOST is set to. */
  readonly host: string;
  /** The access token it gives out. */
  readonly bearer: string;
  /** The paths that were asked for, refused ones included. */
  readonly asked: readonly string[];
  /** The next requests are answered with 503, which is what a machine that just starts may see. */
  failNext(count: number): void;
}

const serviceAccount = "prebell@prebell-test.iam.gserviceaccount.com";

export async function startMetadataServer(
  settings: { readonly project?: string; readonly bearer?: string } = {},
): Promise<MetadataServer> {
  const { project = "prebell-test", bearer = "ya29.metadata-server-token" } = settings;
  const asked: string[] = [];
  let failures = 0;
  const token = () => JSON.stringify({ access_token: bearer, expires_in: 3599, token_type: "Bearer" });
  const answers: Readonly<Record<string, () => string>> = {
    "/computeMetadata/v1/instance": () => "",
    "/computeMetadata/v1/instance/service-accounts/default/token": token,
    [`/computeMetadata/v1/instance/service-accounts/${serviceAccount}/token`]: token,
    "/computeMetadata/v1/instance/service-accounts/default/email": () => serviceAccount,
    "/computeMetadata/v1/project/project-id": () => project,
    "/computeMetadata/v1/project/numeric-project-id": () => "482913000001",
    "/computeMetadata/v1/universe/universe-domain": () => "googleapis.com",
  };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://metadata").pathname.replace(/\/$/, "");
    asked.push(path);
    response.setHeader("metadata-flavor", "Google");
    // Without the header, or through a proxy, it could be a page that was tricked into asking.
    if (request.headers["metadata-flavor"] !== "Google" || request.headers["x-forwarded-for"] !== undefined)
      return void response.writeHead(403).end();
    if (failures > 0) {
      failures -= 1;
      return void response.writeHead(503).end();
    }
    const answer = answers[path];
    if (answer === undefined) return void response.writeHead(404).end();
    const text = answer();
    response.setHeader("content-type", text.startsWith("{") ? "application/json" : "application/text").end(text);
  });
  const port = await listen(server);
  return {
    host: `127.0.0.1:${port}`,
    bearer,
    asked,
    failNext(count) {
      failures = count;
    },
  };
}
