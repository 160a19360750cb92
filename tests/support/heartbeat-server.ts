// A healthchecks.io on this machine, as its pinging API is documented and stricter: what it would ignore, it notes as a fault.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

export interface Ping {
  /** "start", "fail" or an exit status. */
  readonly signal: string;
  readonly runId: string | null;
  /** What the address carried besides. */
  readonly query: string;
  /** What we answered; null where we never did. */
  readonly answered: number | null;
}

export interface HeartbeatServer {
  readonly url: string;
  readonly env: { readonly HEARTBEAT_URL: string };
  /** Oldest first. */
  readonly pings: readonly Ping[];
  /** Each run by its pings, "start 0" for a good one, in the order they began. */
  runs(): readonly string[];
  /** What broke the rules. */
  readonly faults: readonly string[];
  /** How the next pings fare; after them all is well. */
  answerNext(...answers: (number | "drop" | "hold")[]): void;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const signals = /^(start|fail|log|\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/;

export async function startHeartbeatServer(query = ""): Promise<HeartbeatServer> {
  const check = randomUUID();
  const pings: Ping[] = [];
  const faults: string[] = [];
  const open = new Set<string>();
  const next: (number | "drop" | "hold")[] = [];

  function faultOf(request: IncomingMessage, path: string, signal: string, runId: string | null): string | null {
    if (!["GET", "HEAD", "POST"].includes(request.method ?? "")) return `method ${request.method}`;
    if (path !== check) return "unknown check";
    if (!signals.test(signal)) return `unknown signal ${signal}`;
    if (runId === null || !uuid.test(runId)) return "the run id is no UUID";
    return null;
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const [path = "", signal = "0", ...rest] = pathname.slice(1).split("/");
    const runId = searchParams.get("rid");
    const fault = rest.length > 0 ? "a path of its own" : faultOf(request, path, signal, runId);
    searchParams.delete("rid");
    const answer = fault === null ? (next.shift() ?? 200) : 400;
    pings.push({ signal, runId, query: searchParams.toString(), answered: typeof answer === "number" ? answer : null });
    if (fault !== null) faults.push(fault);
    if (runId !== null && answer === 200) {
      if (signal === "start" && open.has(runId)) faults.push("a run started twice");
      if (signal === "start") open.add(runId);
      else open.delete(runId);
    }
    if (answer === "hold") return;
    if (answer === "drop") return void response.destroy();
    response.writeHead(answer).end(answer === 200 ? "OK" : "");
  }

  const server = createServer(receive);
  const port = await listen(server);
  const url = `http://127.0.0.1:${port}/${check}${query}`;
  return {
    url,
    env: { HEARTBEAT_URL: url },
    pings,
    runs() {
      const byRun = Map.groupBy(pings, ({ runId }) => runId);
      return [...byRun.values()].map((run) => run.map(({ signal }) => signal).join(" "));
    },
    faults,
    answerNext(...answers) {
      next.splice(0, next.length, ...answers);
    },
  };
}
