// The entry on Cloud Run: listens before anything else is loaded, because a cold start is what the person at 08:30 waits for.
import { createServer, type RequestListener } from "node:http";

const livezHeaders = {
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "private, no-store",
  "X-Content-Type-Options": "nosniff",
};

let program: RequestListener | null = null;

const server = createServer((request, response) => {
  // Being alive takes nothing but this; everything else waits for the program.
  if (request.url === "/livez") return void response.writeHead(200, livezHeaders).end("ok");
  if (program !== null) return program(request, response);
  return void loading.then((loaded) => loaded(request, response));
});
// config.ts checks both a moment later, and ends the process if they are wrong.
server.listen(Number(process.env["PORT"] ?? 8080), process.env["HOST"] ?? "0.0.0.0");

const loading = import("./start-cloud.ts").then(({ startCloud }) => (program = startCloud(server)));
