// Where the test servers listen: on a free port of this machine, until the test file's end.
import type { Server } from "node:http";
import { clearAfterwards } from "./program-leftovers.ts";

/** The port. Connections still open at the end are cut. */
export async function listen(server: Server): Promise<number> {
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  clearAfterwards(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The test server listens on no port.");
  return address.port;
}
