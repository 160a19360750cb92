// The yardstick: the least that Node can serve. Answers every request with a body of BODY_BYTES.
import { createServer } from "node:http";

const body = "x".repeat(Number(process.env.BODY_BYTES ?? 2));
createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
