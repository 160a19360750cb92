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
server.once("error", (error) => {
  const message = `Prebell can't listen: ${error.message}. Set PORT to a free port.`;
  process.stderr.write(`${JSON.stringify({ severity: "CRITICAL", message })}\n`);
  process.exit(1);
});

const port = Number(process.env["PORT"] ?? 8080);
// A port that is none is config.ts's to refuse, which reads the rest too.
if (!Number.isInteger(port) || port < 1 || port > 65_535) void load();
else
  server.listen(port, process.env["HOST"] ?? "0.0.0.0", () => {
    setTimeout(load, probeComesWithinMs);
  });
