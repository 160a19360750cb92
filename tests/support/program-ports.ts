// Ports for programs under test, below the range from which systems number outgoing connections, so that a program that is
// restarted finds its port still free.
import { createServer } from "node:net";

const first = 10_240;
const count = 20_000;
let next = Math.floor(Math.random() * count);

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = (next + 1) % count;
    const port = first + next;
    // oxlint-disable-next-line no-await-in-loop -- the first free one wins
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
