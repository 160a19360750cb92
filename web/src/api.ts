// The only place that talks to the server.
import type {
  AccountsReply,
  AuthorizationReply,
  BalancesReply,
  CompletionReply,
  JournalReply,
  KeepAliveReply,
  KeepAliveStatusReply,
  MessagesReply,
  PositionsReply,
  Problem,
  StatusReply,
} from "../../server/http/contract.ts";
import { failureSentence } from "./wording-failure.ts";

/** `status` 0: no answer came. `message` is a sentence for the person. */
export class ApiError extends Error {
  override name = "ApiError";
  status: number;
  /** The problem's stable code, where it came with one. */
  code: string | undefined;

  constructor(status: number, message: string, options?: ErrorOptions & { code?: string | undefined }) {
    super(message, options);
    this.status = status;
    this.code = options?.code;
  }
}

/** Called when something has to be done in person; it is repeated once that resolves. Set in in-person-model.ts. */
export const inPerson: { prove?: (code: string) => Promise<unknown> } = {};

/** Reads give up soon and are asked again; what changes something has to outlast a slow broker. */
const readTimeoutMs = 15_000;
const changeTimeoutMs = 90_000;

const at = (connection: string, rest: string): string => `/api/connections/${encodeURIComponent(connection)}/${rest}`;

export const api = {
  status: () => get<StatusReply>("/status"),
  journal: (before?: number) => get<JournalReply>(`/api/journal?limit=30${before ? `&before=${before}` : ""}`),
  messages: () => get<MessagesReply>("/api/messages"),
  signIn: (token: string) => change("POST", "/api/sessions/handoff", { token }),
  accept: (token: string) => change("POST", "/api/people/accept", { token }),
  signOut: () => change("DELETE", "/api/sessions"),
  begin: (id: string, restart: boolean) =>
    change<AuthorizationReply>("POST", at(id, "authorizations"), restart ? { restart } : {}),
  complete: (id: string, proof: { verifier: string } | { callbackUrl: string }) =>
    change<CompletionReply>("POST", at(id, "authorizations/complete"), proof),
  confirmAccounts: (id: string, accept: boolean) =>
    change<CompletionReply>("POST", at(id, "authorizations/confirm-accounts"), { accept }),
  cancel: (id: string) => change("POST", at(id, "authorizations/cancel")),
  unpin: (id: string) => change("POST", at(id, "unpin")),
  keepAlive: (id: string) => change<KeepAliveReply>("POST", at(id, "keepalive")),
  keepAllAlive: () => change<KeepAliveStatusReply>("POST", "/keepalive/force"),
  revoke: (id: string) => change("DELETE", at(id, "token")),
  accounts: (id: string) => get<AccountsReply>(at(id, "accounts")),
  balances: (id: string) => get<BalancesReply>(at(id, "balances")),
  positions: (id: string) => get<PositionsReply>(at(id, "positions")),
};

export function get<T>(path: string): Promise<T> {
  return send(path, { signal: AbortSignal.timeout(readTimeoutMs) });
}

export async function change<T = unknown>(method: "POST" | "DELETE", path: string, body: object = {}): Promise<T> {
  try {
    return await changeOnce<T>(method, path, body);
  } catch (error) {
    const code = (error instanceof ApiError && error.code) || "";
    if (!code.endsWith("-needed") || !inPerson.prove) throw error;
    await inPerson.prove(code);
    return changeOnce(method, path, body);
  }
}

export function changeOnce<T>(method: "POST" | "DELETE", path: string, body: object = {}): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-Prebell": "1" };
  return send(path, { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(changeTimeoutMs) });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let status = 0;
  let problem: Partial<Problem> = {};
  try {
    const response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
    status = response.status;
    const text = await response.text();
    if (response.ok) {
      const reply: T = JSON.parse(text === "" ? "{}" : text);
      return reply;
    }
    // A proxy in between may answer in HTML; then there is no sentence for the person in it.
    problem = JSON.parse(text);
  } catch (cause) {
    throw new ApiError(status, failureSentence(status), { cause });
  }
  throw new ApiError(status, problem.detail ?? failureSentence(status), { code: problem.code });
}
