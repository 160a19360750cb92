// Starts Prebell on Google Cloud: configuration → composition → requests, until SIGTERM. Nothing runs between requests.
import type { RequestListener, Server, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type ConcealingLog, pinoLog } from "./adapters/pino-log.ts";
import { compose, findPlace, type Prebell } from "./composition.ts";
import { type Config, ConfigError, loadEnvironment, readConfig, requireCloud, secretsOf } from "./config.ts";
import { dynamicHeaders, securityHeaders } from "./http/headers.ts";
import { createListener } from "./serve.ts";
import { noPatience } from "./use-cases/exclusively.ts";
import { registerConnections } from "./use-cases/register-connections.ts";
import { registerFirstPerson } from "./use-cases/register-people.ts";

interface Program {
  readonly prebell: Prebell;
  readonly listener: RequestListener;
}

/** Cloud Run kills ten seconds after SIGTERM; what is still under way then is taken up by the next instance. */
const longestDrain = Temporal.Duration.from({ seconds: 8 });
const longestClose = 1000;

/** Connects in the background and at once. While Google can't be reached every request tries anew and is answered 503. */
export function startCloud(server: Server): RequestListener {
  const config = readCloudConfig();
  const log = openLog(config);
  let program: Promise<Program> | null = null;
  const connected = () =>
    (program ??= connect(config).catch((error: unknown) => {
      if (error instanceof ConfigError) giveUp(error);
      log.error("start-failed", { error });
      program = null;
      throw error;
    }));
  connected().catch(() => {});

  const stop = async () => {
    // Requests first: an alert that Telegram took has to be written down before the stores go.
    const answered = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([answered, pause(longestDrain.total("milliseconds"))]);
    const closed = (async () => (await program?.catch(() => null))?.prebell.close(noPatience))();
    await Promise.race([closed, pause(longestClose)]);
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  return (request, response) => {
    connected().then(
      ({ listener }) => listener(request, response),
      () => refuse(response),
    );
  };
}

function readCloudConfig(): Config {
  try {
    return requireCloud(readConfig(loadEnvironment()));
  } catch (error) {
    return giveUp(error);
  }
}

async function connect(given: Config): Promise<Program> {
  const place = await findPlace(given);
  const { config } = place;
  const log = openLog(place.config);
  const storage = await place.open(log, null);
  try {
    const prebell = compose(place.config, { storage, log, print: () => {}, practice: null });
    await Promise.all([
      registerConnections(prebell.deps, { unopened: "reported" }),
      registerFirstPerson(prebell.deps, config.telegram?.chatId ?? null),
    ]);
    return { prebell, listener: createListener(place.config, prebell, null) };
  } catch (error) {
    // Each request tries anew; what this try opened must not pile up.
    await storage.close();
    throw error;
  }
}

function openLog(config: Config): ConcealingLog {
  return pinoLog(config.logLevel, secretsOf(config), { format: "google" });
}

function giveUp(error: unknown): never {
  const sentence = error instanceof Error ? error.message : "unknown fault";
  process.stderr.write(
    `${JSON.stringify({ severity: "CRITICAL", message: `Prebell can't start; the configuration needs a change: ${sentence}` })}\n`,
  );
  process.exit(error instanceof ConfigError ? 78 : 1);
}

function refuse(response: ServerResponse): void {
  const problem = {
    type: "about:blank",
    title: "Not reachable now",
    status: 503,
    code: "storage-unreachable",
    detail: "Prebell can't reach its storage. Nothing was lost; try again in a moment. The log says what is wrong.",
  };
  response
    .writeHead(503, {
      ...securityHeaders,
      ...dynamicHeaders,
      "Content-Type": "application/problem+json; charset=utf-8",
      "Retry-After": "5",
    })
    .end(JSON.stringify(problem));
}
