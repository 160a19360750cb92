// Asks the broker whether it knows entered keys, before anything is stored.
import { refuseFor, type Refusal } from "../domain/refusal.ts";
import type { Provider } from "../ports.ts";

/** "unproven": this broker looks at keys only at a login. */
export async function proveKeys(provider: Provider): Promise<"proven" | "unproven" | Refusal> {
  if (provider.renewal.kind === "refresh") return "unproven";
  // A request token that nobody approves lapses by itself and touches nothing.
  const begun = await provider.beginAuthorization();
  return begun.ok ? "proven" : refuseFor(begun.failure);
}
