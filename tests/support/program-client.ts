// Calls the running program over HTTP as a browser's page or a trading system would.
import type { ConnectionView, MessagesReply, Problem, StatusReply } from "../../server/http/contract.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The stable code of a problem; null where there was none. */
  readonly code: string | null;
}

export interface Client {
  readonly headers: Readonly<Record<string, string>>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  status(): Promise<StatusReply>;
  connection(id: string): Promise<ConnectionView>;
  messages(): Promise<MessagesReply["messages"]>;
}

/** Every answer that any client got, for tests that look for what must not be in one. */
export type Witness = (method: string, path: string, answer: Answer) => void;

export function createClient(url: string, headers: Readonly<Record<string, string>>, witness: Witness): Client {
  async function call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await answerOf(await fetch(url + path, { method, redirect: "manual", ...init }));
    witness(method, path, answer);
    return answer;
  }

  const read = <T>(path: string) => good<T>(call("GET", path, { headers }));
  const status = () => read<StatusReply>("/status");
  return {
    headers,
    get: (path, more = {}) => call("GET", path, { headers: { ...headers, ...more } }),
    post: (path, body = {}, more = {}) =>
      call("POST", path, { headers: { ...headers, ...more }, body: JSON.stringify(body) }),
    delete: (path) => call("DELETE", path, { headers }),
    status,
    async connection(id) {
      const found = (await status()).connections.find((connection) => connection.id === id);
      if (found === undefined) throw new Error(`/status lists no ${id}.`);
      return found;
    },
    messages: async () => (await read<MessagesReply>("/api/messages")).messages,
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  const problem: Problem | null = isProblem ? JSON.parse(text) : null;
  return { status: response.status, headers: response.headers, text, code: problem?.code ?? null };
}

/** The body of an answer that has to be a success. */
export async function good<T>(call: Promise<Answer>): Promise<T> {
  const answer = await call;
  if (answer.status >= 300) throw new Error(`Refused with ${answer.status}: ${answer.text}`);
  const body: T = JSON.parse(answer.text);
  return body;
}

/** What a test compares: "409 verifier-used", or "200 ok". */
export function verdict(answer: Answer): string {
  return `${answer.status} ${answer.code ?? "ok"}`;
}
