// Firebase Hosting as production is, in front of a running program: Firebase's own file server with our firebase.json, and
// what production does to an answer on its way from Cloud Run. The emulator is kinder: it forwards every cookie and streams.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, matchesGlob, relative } from "node:path";
import { type Hosting, readHosting, type Rewrite } from "../../web/build/hosting-headers.ts";
import { clearAfterwards } from "./program-leftovers.ts";

export interface HostingSettings {
  readonly port: number;
  /** Where the Cloud Run service "prebell" answers. */
  readonly service: string;
  /** After how long a request to the service is given up. Production: 60 s. */
  readonly giveUpAfterMs?: number;
}

export interface HostingServer {
  readonly url: string;
  /** What came to the service, as it came there. */
  readonly forwarded: readonly { method: string; path: string; cookie: string | undefined; host: string | undefined }[];
  /** Addresses whose answer the content delivery network would give to the next visitor without asking the service. */
  readonly cached: readonly string[];
}

/** A service's own name, which it sees instead of the one in the browser's address bar. */
const runHost = "prebell-4ev2qk5lda-ue.a.run.app";
const root = join(import.meta.dirname, "../..");

type Handler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
type FileServer = (settings: {
  config: Hosting;
  cwd: string;
  fallthrough: boolean;
  rewriters: { run: (rewrite: Rewrite) => Promise<Handler> };
}) => Handler;
// Its own types name packages that are not installed.
const { default: fileServer }: { default: FileServer } = createRequire(import.meta.url)("superstatic");

/** Serves until the test or file ends. */
export async function startHosting({ port, service, giveUpAfterMs = 60_000 }: HostingSettings): Promise<HostingServer> {
  const hosting = readHosting();
  const forwarded: HostingServer["forwarded"][number][] = [];
  const cached: string[] = [];
  const site = deploy(hosting);

  const run: Handler = (incoming, response) => {
    const path = incoming.url ?? "/";
    const headers = forwardedHeaders(incoming);
    forwarded.push({ method: incoming.method ?? "", path, cookie: headers.cookie, host: headers.host });
    void ask(service, incoming, headers, giveUpAfterMs).then((answer) => {
      if (isCacheable(incoming, answer)) cached.push(path);
      pass(answer, response);
    });
  };
  const files = fileServer({
    config: { ...hosting, public: "." },
    cwd: site,
    fallthrough: false,
    rewriters: {
      run: async ({ run: target }) => {
        if (target?.serviceId !== "prebell") throw new Error(`There is no service "${target?.serviceId}".`);
        return run;
      },
    },
  });
  const server = createServer((incoming, response) => files(incoming, response, () => response.writeHead(404).end()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  clearAfterwards(() => close(server, site));
  return { url: `http://localhost:${port}`, forwarded, cached };
}

/** What `firebase deploy` uploads: the public folder without what is ignored. */
function deploy({ public: folder, ignore }: Hosting): string {
  const site = mkdtempSync(join(tmpdir(), "prebell-hosting-"));
  const from = join(root, folder);
  const isIgnored = (path: string) => ignore.some((pattern) => matchesGlob(relative(from, path), pattern));
  cpSync(from, site, { recursive: true, filter: (path) => !isIgnored(path) });
  return site;
}

/** Of the cookies only `__session` gets through, and the host is the service's own. */
function forwardedHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name !== "cookie" && name !== "connection");
  const session = headers.cookie?.split(/; ?/).find((cookie) => cookie.startsWith("__session="));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    ...(session === undefined ? {} : { cookie: session }),
    host: runHost,
    "x-forwarded-host": headers.host ?? "",
    "x-forwarded-proto": "https",
  };
}

interface RunAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/** The whole answer: nothing of it is passed on before its end. */
async function ask(
  service: string,
  incoming: IncomingMessage,
  headers: Record<string, string>,
  giveUpAfterMs: number,
): Promise<RunAnswer> {
  const { promise, resolve } = Promise.withResolvers<RunAnswer>();
  const outgoing = request(
    `${service}${incoming.url}`,
    { method: incoming.method, headers, signal: AbortSignal.timeout(giveUpAfterMs) },
    (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const given = Object.entries(answer.headers).flatMap(([name, value]) =>
          value ? [[name, value] as const] : [],
        );
        resolve({ status: answer.statusCode ?? 500, headers: Object.fromEntries(given), body: Buffer.concat(parts) });
      });
      answer.on("error", () => resolve(failure(504)));
    },
  );
  outgoing.on("error", (error) => resolve(failure(error.name === "AbortError" ? 504 : 503)));
  incoming.pipe(outgoing);
  return promise;
}

/** Google's own page, not a problem of ours. */
function failure(status: 503 | 504): RunAnswer {
  return { status, headers: { "content-type": "text/html" }, body: Buffer.from(`<h1>${status}</h1>`) };
}

/** What nobody called private is kept: a 404 that says nothing for ten minutes. */
function isCacheable({ method }: IncomingMessage, { status, headers }: RunAnswer): boolean {
  const control = String(headers["cache-control"] ?? "");
  if (method !== "GET" || /\b(private|no-store|no-cache)\b/.test(control)) return false;
  return /\b(s-)?max-?age=[1-9]/.test(control) || (status === 404 && control === "");
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** A cookie is let through only beside the word "private". */
function pass({ status, headers, body }: RunAnswer, response: ServerResponse): void {
  const isPrivate = /\bprivate\b/.test(String(headers["cache-control"] ?? "private"));
  for (const [name, value] of Object.entries(headers))
    if (!hopByHop.has(name) && (name !== "set-cookie" || isPrivate)) response.setHeader(name, value);
  response.statusCode = status;
  response.end(body);
}

async function close(server: Server, site: string): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(site, { recursive: true, force: true });
}
