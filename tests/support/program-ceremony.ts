// A renewal step by step, as a person with one browser takes it; program.renew() takes all steps at once.
import type { AuthorizationReply } from "../../server/http/contract.ts";
import type { Person } from "../../server/practice/practice-records.ts";
import { type Answer, type Client, good } from "./program-client.ts";
import type { Program } from "./program.ts";

export interface Ceremony {
  readonly connectionId: string;
  /** The tap on Renew, whatever it is answered. */
  tap(body?: { restart?: boolean }): Promise<Answer>;
  /** Taps for a link of its own, presses Accept at the broker and returns the code shown there. */
  approve(as?: Person): Promise<string>;
  complete(verifier: string): Promise<Answer>;
  completeWith(callbackUrl: string): Promise<Answer>;
  confirm(accept: boolean): Promise<Answer>;
  cancel(): Promise<Answer>;
  /** The version stored now; null if none. */
  version(): Promise<number | null>;
  /** What the token in use opens at the broker, this moment: "200 ok" while it works. */
  proof(): Promise<Answer>;
}

export function ceremony(program: Program, client: Client, connectionId: string): Ceremony {
  const path = `/api/connections/${connectionId}`;
  const tap: Ceremony["tap"] = (body = {}) => client.post(`${path}/authorizations`, body);
  return {
    connectionId,
    tap,
    async approve(as) {
      const { authorizeUrl } = await good<AuthorizationReply>(tap({ restart: true }));
      return program.control.accept(authorizeUrl, as === undefined ? {} : { as });
    },
    complete: (verifier) => client.post(`${path}/authorizations/complete`, { verifier }),
    completeWith: (callbackUrl) => client.post(`${path}/authorizations/complete`, { callbackUrl }),
    confirm: (accept) => client.post(`${path}/authorizations/confirm-accounts`, { accept }),
    cancel: () => client.post(`${path}/authorizations/cancel`),
    version: async () => (await client.connection(connectionId)).token?.version ?? null,
    proof: () => client.get(`${path}/accounts`),
  };
}
