// One piece of work at a time on a connection's tokens, over all processes.
import { refuse, type Refusal } from "../domain/refusal.ts";
import type { Provider } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

/** Runs `work` under the connection's lease; refuses if it is unknown or somebody else holds it. */
export async function exclusively<T>(
  deps: Pick<Dependencies, "clock" | "providers" | "leases">,
  connectionId: string,
  work: (provider: Provider) => Promise<T>,
): Promise<T | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const release = await deps.leases.acquire(`connection/${connectionId}`, deps.clock());
  if (release === null) return refuse("renewal-in-progress");
  try {
    return await work(provider);
  } finally {
    await release();
  }
}
