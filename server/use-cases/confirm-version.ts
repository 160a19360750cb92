// A trading system says which version it runs on: the last link of the loop.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { readConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export async function confirmVersion(
  deps: Pick<Dependencies, "clock" | "providers" | "records" | "log" | "nudge">,
  request: { readonly connectionId: string; readonly consumer: string; readonly version: number },
): Promise<{ readonly outcome: "confirmed"; readonly current: boolean } | Refusal> {
  const provider = deps.providers.get(request.connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const connection = await readConnection(deps, request.connectionId);
  const stored = connection.token?.version ?? 0;
  if (request.version > stored) return refuse("unknown-version");
  const at = deps.clock();
  await deps.records.confirm(
    { connectionId: request.connectionId, consumer: request.consumer, version: request.version, at },
    {
      at,
      kind: "consumer-confirmed",
      connectionId: request.connectionId,
      text: `${connectionLabel(provider.identity)}: ${request.consumer} runs on version ${request.version}.`,
    },
  );
  // The living message says so where it stands.
  deps.nudge();
  deps.log.info("consumer-confirmed", { connection: request.connectionId, version: request.version });
  return { outcome: "confirmed", current: request.version === stored };
}
