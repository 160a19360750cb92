// The development export follows the store. Where it can't, that is the operator's trouble: what was done stays done.
import type { TokenExport } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

export async function exportToken(
  deps: Pick<Dependencies, "tokenExport" | "log">,
  connectionId: string,
  act: (files: TokenExport) => Promise<void>,
): Promise<void> {
  if (deps.tokenExport === null) return;
  try {
    await act(deps.tokenExport);
  } catch (error) {
    // The next start mends the files.
    deps.log.error("export-failed", { connection: connectionId, error });
  }
}
