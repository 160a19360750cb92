// Starts Prebell: configuration → composition → HTTP, clockwork → listen → until SIGTERM.
import { createServer } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { Cron } from "croner";
import { machineClock } from "./adapters/machine-clock.ts";
import { pinoLog } from "./adapters/pino-log.ts";
import { compose } from "./composition.ts";
import { type Config, ConfigError, loadEnvironment, readConfig, secretsOf } from "./config.ts";
import { createApp } from "./http/app.ts";
import type { FoundPracticeBroker } from "./practice/find-practice-broker.ts";
import { registerConnections } from "./use-cases/register-connections.ts";
import { runTick } from "./use-cases/run-tick.ts";
import { createHandoff } from "./use-cases/sign-in.ts";

// Often enough that a minute's alert is never a minute late, and cheap: a tick with nothing due is a few indexed reads.
const tickPattern = "*/5 * * * * *";
const housekeepingPattern = "17 3 * * *";

const print = (text: string) => process.stdout.write(`${text}\n`);

async function start(config: Config): Promise<void> {
  const log = pinoLog(config.logLevel, secretsOf(config));
  const practice = config.etrade.length > 0 ? null : await playBrokers(config);
  const prebell = await compose(config, { log, print, practice });
  const { deps } = prebell;
  await registerConnections(deps);
  const app = createApp(deps, {
    origins: originsOf(config),
    https: config.publicUrl?.startsWith("https://") ?? false,
    apiAccess: config.apiAccess,
    webRoot: join(import.meta.dirname, "../web/dist"),
    chat: deps.notifier.channel,
    webhook: deps.publisher !== null,
    practiceOffsetSeconds: () => (practice === null ? null : Math.round(practice.clock.offset().total("seconds"))),
  });
  const server = createServer(getRequestListener(app.fetch));
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(config.port, config.host, listening.resolve);
  await listening.promise;

  const tick = async () => {
    await runTick(deps);
  };
  const onFault = (error: unknown) => log.error("tick-failed", { error });
  const jobs = [
    new Cron(tickPattern, { protect: true, catch: onFault }, tick),
    new Cron(housekeepingPattern, { catch: onFault }, () => prebell.purge()),
  ];
  // What a crash left in the middle is taken up now, not at the next tick.
  void tick()
    .then(() => prebell.purge())
    .catch(onFault);

  const stop = async () => {
    for (const job of jobs) job.stop();
    server.close();
    await prebell.close();
    server.closeAllConnections();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  const handoff = await createHandoff(deps);
  print(welcome(prebell.pageUrl, handoff.reveal(), practice?.url ?? null, deps.notifier.channel));
  log.info("started", { count: deps.providers.size });
}

/** Loaded only where it is needed: a quarter of our own files. */
async function playBrokers(config: Config): Promise<FoundPracticeBroker> {
  const { startPracticeBroker } = await import("./practice/find-practice-broker.ts");
  return startPracticeBroker(config.dataDir, config.practicePort, machineClock);
}

function originsOf(config: Config): ReadonlySet<string> {
  const own = [`http://127.0.0.1:${config.port}`, `http://localhost:${config.port}`, `http://[::1]:${config.port}`];
  return new Set(config.publicUrl === null ? own : [...own, new URL(config.publicUrl).origin]);
}

function welcome(pageUrl: string, handoff: string, practiceUrl: string | null, chat: string): string {
  return [
    "",
    `Prebell is running at ${pageUrl}`,
    practiceUrl === null
      ? "Brokers:  E*TRADE"
      : `Brokers:  practice brokers at ${practiceUrl} (no broker keys are set; nothing here is real)`,
    chat === "telegram" ? "Messages: Telegram" : "Messages: here and on the page (no TELEGRAM_BOT_TOKEN is set)",
    "",
    "Sign in with this link, once, within ten minutes:",
    `${pageUrl}/#signin=${handoff}`,
    "",
  ].join("\n");
}

try {
  await start(readConfig(loadEnvironment()));
} catch (error) {
  process.stderr.write(`${faultSentence(error)}\n`);
  process.exit(error instanceof ConfigError ? 78 : 1);
}

function faultSentence(error: unknown): string {
  if (error instanceof ConfigError) return `Prebell can't start; the configuration needs a change:\n${error.message}`;
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    return `Prebell can't start: a port is taken (${error.message}). Set PORT or PRACTICE_PORT to a free one, or stop the other program.`;
  return `Prebell can't start: ${error instanceof Error ? error.message : "unknown fault"}`;
}
