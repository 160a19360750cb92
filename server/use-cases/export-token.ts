// The development export follows the store. Where it can't, that is the operator's trouble: what was done stays done.
import { isDrill } from "../domain/drill.ts";
import type { TokenExport } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

export async function exportToken(
  deps: Pick<Dependencies, "tokenExport" | "log">,
  connectionId: string,
  act: (files: TokenExport) => Promise<void>,
): Promise<void> {
  // A fire drill's token opens nothing, and no program under development may take it for one that does.
  if (deps.tokenExport === null || isDrill(connectionId)) return;
  try {
    await act(deps.tokenExport);
  } catch (error) {
    // The next start mends the files.
    deps.log.error("export-failed", { connection: connectionId, error });
  }
}
