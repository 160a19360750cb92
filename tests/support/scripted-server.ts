// A server that answers what it is told to, one answer after the other, and keeps what it was asked.
import { createServer } from "node:http";

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly ScriptedRequest[];
  /** Queued; a request beyond the queue is answered 500. */
  answerWith(...answers: readonly ScriptedAnswer[]): void;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const queue: ScriptedAnswer[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      requests.push({ method: request.method ?? "", path: request.url ?? "", headers, body });
      const next = queue.shift() ?? { status: 500, body: "nothing left to say" };
      const isObject = typeof next.body === "object";
      response
        .writeHead(next.status ?? 200, { ...(isObject ? { "content-type": "application/json" } : {}), ...next.headers })
        .end(isObject ? JSON.stringify(next.body) : next.body);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The scripted server listens on no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    answerWith: (...answers) => void queue.push(...answers),
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}
