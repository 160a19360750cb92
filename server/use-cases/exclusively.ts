// One piece of work at a time on a connection's tokens, over all processes.
import { refuse, type Refusal } from "../domain/refusal.ts";
import type { Provider } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

/** A person who meets a keep-alive under way waits for its end rather than being sent away. */
const aKeepAlive = Temporal.Duration.from({ seconds: 5 });
export const noPatience = new Temporal.Duration();

/** Runs `work` under the connection's lease; refuses if it is unknown or somebody else keeps it. */
export async function exclusively<T>(
  deps: Pick<Dependencies, "clock" | "providers" | "leases">,
  connectionId: string,
  work: (provider: Provider) => Promise<T>,
  patience: Temporal.Duration = aKeepAlive,
): Promise<T | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  return underLease(deps, `connection/${connectionId}`, () => work(provider), patience);
}

/** Runs `work` under the lease of that name; refuses if somebody else keeps it. */
export async function underLease<T>(
  deps: Pick<Dependencies, "clock" | "leases">,
  name: string,
  work: () => Promise<T>,
  patience: Temporal.Duration = aKeepAlive,
): Promise<T | Refusal> {
  const release = await deps.leases.acquire(name, deps.clock(), patience);
  if (release === null) return refuse("renewal-in-progress");
  try {
    return await work();
  } finally {
    await release();
  }
}
