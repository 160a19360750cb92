// The entry on Cloud Run: listens before anything else is loaded, because a cold start is what the person at 08:30 waits for.
import { createServer, type RequestListener } from "node:http";

const livezHeaders = {
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "private, no-store",
  "X-Content-Type-Options": "nosniff",
};

/** Loading keeps the only thread busy for a while; the probe that waits for this very port gets its answer before. */
const probeComesWithinMs = 10;

let loading: Promise<RequestListener> | null = null;
const load = () => (loading ??= import("./start-cloud.ts").then(({ startCloud }) => startCloud(server)));

const server = createServer((request, response) => {
  // Being alive takes nothing but this; everything else waits for the program.
  if (request.url === "/livez") return void response.writeHead(200, livezHeaders).end("ok", load);
  void load().then((program) => program(request, response));
});
// config.ts checks both a moment later, and ends the process if they are wrong.
server.listen(Number(process.env["PORT"] ?? 8080), process.env["HOST"] ?? "0.0.0.0", () => {
  setTimeout(load, probeComesWithinMs);
});
