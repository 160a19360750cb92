// Serves web/dist under its real CSP, with a scripted API behind it. For screenshots and for tests of the page alone.
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import type { AccountsReply, BalancesReply, PasskeysReply, PositionsReply } from "../../server/http/contract.ts";
import type { ConnectionsReply } from "../../server/http/contract-connections.ts";
import { shownChannels } from "./web-channels.ts";
import { peopleReplies } from "./web-people.ts";
import { scenarios, type Scenario } from "./web-scenarios.ts";
import { contentSecurityPolicy } from "../../server/http/headers.ts";

const dist = join(import.meta.dirname, "../../web/dist");

const mimeTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

const usd = { currency: "USD" } as const;
const [brokerage, roth] = ["••3071 Individual", "••8844 Roth IRA"];

/** What the token opens, with the longest figures and names that brokers give. */
const shownProof: Record<string, AccountsReply | BalancesReply | PositionsReply | PasskeysReply> = {
  passkeys: {
    passkeys: [
      {
        id: "phone",
        name: "Safari on iPhone",
        createdAt: "2026-10-02T12:04:00Z",
        lastUsedAt: "2026-11-20T13:31:02Z",
        backedUp: true,
      },
      {
        id: "key",
        name: "The key in the drawer",
        createdAt: "2026-11-18T20:00:00Z",
        lastUsedAt: null,
        backedUp: false,
      },
    ],
  },
  accounts: { accounts: [brokerage], missing: [roth] },
  balances: {
    balances: [
      { account: brokerage, ...usd, totalValue: 1_128_442.17, cash: -12_004.5, buyingPower: 221_880.02 },
      { account: roth, ...usd, totalValue: 64_120, cash: null, buyingPower: null },
    ],
  },
  positions: {
    positions: [
      {
        account: brokerage,
        symbol: "SPY",
        assetType: "fund",
        quantity: 1200,
        averagePrice: 512.3,
        marketValue: 812_046.6,
        ...usd,
      },
      {
        account: brokerage,
        symbol: "SPXW  261218P06500000",
        assetType: "option",
        quantity: -10,
        averagePrice: 41.05,
        marketValue: -38_250,
        ...usd,
      },
      {
        account: roth,
        symbol: "VTI",
        assetType: "fund",
        quantity: 180.4213,
        averagePrice: null,
        marketValue: 61_820.44,
        ...usd,
      },
    ],
  },
};

const own = { mine: true, owner: "Owner", keys: "entered", keysStoredAt: "2026-03-09T12:00:00Z" } as const;

/** One of each sort, with the longest name there may be. */
const ownConnections: ConnectionsReply = {
  mayAdd: true,
  connections: [
    {
      id: "etrade-prod",
      provider: "etrade",
      environment: "prod",
      label: "E*TRADE production",
      name: null,
      ...own,
      keys: "configured",
      key: null,
      keysStoredAt: null,
    },
    {
      id: "etrade-prod-anna",
      provider: "etrade",
      environment: "prod",
      label: "E*TRADE production · Anna",
      name: "Anna",
      ...own,
      key: "••••9f3c",
    },
    {
      id: "schwab-prod-trust",
      provider: "schwab",
      environment: "prod",
      label: "Schwab production · The Grandchildren's Fund 2041",
      name: "The Grandchildren's Fund 2041",
      ...own,
      keys: "unreadable",
      key: "••••Qx81",
    },
    {
      id: "etrade-sandbox-ben",
      provider: "etrade",
      environment: "sandbox",
      label: "E*TRADE sandbox · Ben",
      name: "Ben",
      ...own,
      mine: false,
      owner: "Ben",
      key: null,
      keysStoredAt: null,
    },
  ],
};

export interface WebStub {
  url: string;
  /** What every later request is answered from. */
  show(name: string): Scenario;
  /** Method and path of each request since the last `show`. */
  requests: string[];
  /** Null: the event stream stays open and silent. Otherwise each question is told this count at once, to be asked again soon. */
  polled: { changes: number } | null;
  /** How long every answer to a reading takes. */
  readsTakeMs: number;
  /** Answers to POST and DELETE by the end of their path; without one `{}`. To a GET by "GET " and the path. */
  answers: Map<string, { status: number; body: unknown }>;
  close(): Promise<void>;
}

export async function startWebStub(): Promise<WebStub> {
  let shown: Scenario = readScenario("active");
  let shownAt = Date.now();
  const requests: string[] = [];
  const answers: WebStub["answers"] = new Map();

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://stub");
    requests.push(`${request.method} ${pathname}`);
    if (isDynamic(pathname)) answerApi(request, response, pathname);
    else serveFile(response, pathname, request.headers["accept-encoding"]?.toString() ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stub has no port.");

  const stub: WebStub = {
    // By name, as on a laptop: passkeys need one.
    url: `http://localhost:${address.port}`,
    show(name) {
      shown = structuredClone(readScenario(name));
      shownAt = Date.now();
      requests.length = 0;
      stub.polled = null;
      stub.readsTakeMs = 0;
      answers.clear();
      return shown;
    },
    requests,
    polled: null,
    readsTakeMs: 0,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return stub;

  function answerApi(request: IncomingMessage, response: ServerResponse, pathname: string): void {
    const scripted = [...answers].find(([path]) =>
      request.method === "GET" ? path === `GET ${pathname}` : pathname.endsWith(path),
    );
    if (shown.answer === "down") request.destroy();
    else if (scripted) sendJson(response, scripted[1].status, scripted[1].body);
    else if (shown.answer === "signed-out") sendJson(response, 401, problem(401, "Sign in first."));
    else if (pathname === "/api/events") answerEvents(response.writeHead(200, { "content-type": "text/event-stream" }));
    else if (request.method !== "GET") sendJson(response, 200, {});
    else setTimeout(() => sendJson(response, 200, read(pathname)), stub.readsTakeMs);
  }

  function answerEvents(response: ServerResponse): void {
    if (stub.polled === null) response.write(": open\n\n");
    else response.end(`retry: 100\n\nid: 0\nevent: changed\ndata: ${stub.polled.changes}\n\n`);
  }

  function read(pathname: string): unknown {
    const now = new Date(Date.parse(shown.startsAt) + Date.now() - shownAt).toISOString();
    if (pathname === "/status") return { ...shown.status, now };
    if (pathname === "/api/journal") return { entries: shown.journal };
    if (pathname === "/api/messages") return shown.messages;
    if (pathname === "/api/connections") return ownConnections;
    if (pathname === "/api/drills") return { drills: [] };
    if (pathname === "/api/channels") return shownChannels;
    if (pathname === "/api/channels/push-key") return { key: "B".repeat(87) };
    const told = peopleReplies(shown.status.connections[0]?.role ?? "owner")[pathname];
    return told ?? shownProof[pathname.slice(pathname.lastIndexOf("/") + 1)] ?? {};
  }
}

export function problem(status: number, detail: string): unknown {
  return { type: "about:blank", title: "Refused", status, code: "refused", detail };
}

function readScenario(name: string): Scenario {
  const found = scenarios[name];
  if (found === undefined) throw new Error(`No scenario "${name}".`);
  return found;
}

function isDynamic(pathname: string): boolean {
  return pathname === "/status" || pathname.startsWith("/api/") || pathname.startsWith("/keepalive/");
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(JSON.stringify(body));
}

function serveFile(response: ServerResponse, pathname: string, accepted: string): void {
  const pages: Readonly<Record<string, string>> = { "/": "/index.html", "/mini": "/mini.html" };
  const name = pathname.startsWith("/callback/") ? "/callback.html" : (pages[pathname] ?? pathname);
  const path = join(dist, name);
  if (!existsSync(path) || extname(path) === "") {
    response.writeHead(404).end();
    return;
  }
  const packed = accepted.includes("br") && existsSync(`${path}.br`);
  const body = readFileSync(path);
  response.writeHead(200, {
    "content-type": mimeTypes[extname(path)] ?? "application/octet-stream",
    ...(packed ? { "content-encoding": "br" } : {}),
    "cross-origin-opener-policy": "same-origin",
    ...(extname(path) === ".html" ? { "content-security-policy": contentSecurityPolicy(body.toString()) } : {}),
  });
  response.end(packed ? readFileSync(`${path}.br`) : body);
}
