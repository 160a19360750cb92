// Starts Prebell on one machine: configuration → composition → HTTP, clockwork → listen → until SIGTERM.
import { createServer } from "node:http";
import { Cron } from "croner";
import { hasBrokerKeys, schwabCallback } from "./brokers.ts";
import { httpHeartbeat } from "./adapters/heartbeat.ts";
import { machineClock } from "./adapters/machine-clock.ts";
import { pinoLog } from "./adapters/pino-log.ts";
import { pageUrlOf } from "./addresses.ts";
import { telegramBot } from "./adapters/telegram-setup.ts";
import { botCommands } from "./bot/commands.ts";
import { startPolling } from "./bot/polling.ts";
import { compose, findPlace } from "./composition.ts";
import { type Config, ConfigError, loadEnvironment, readConfig, secretsOf } from "./config.ts";
import { firstPersonId } from "./domain/person.ts";
import type { FoundPracticeBroker } from "./practice/find-practice-broker.ts";
import { createListener } from "./serve.ts";
import { registerConnections } from "./use-cases/register-connections.ts";
import { registerFirstPerson } from "./use-cases/register-people.ts";
import { createScheduledRun } from "./use-cases/scheduled-run.ts";
import { tick } from "./use-cases/scheduled-work.ts";
import { createLink } from "./use-cases/sign-in.ts";

// Often enough that a minute's alert is never a minute late, and cheap: a tick with nothing due is a few indexed reads.
const tickPattern = "*/5 * * * * *";
const housekeepingPattern = "17 3 * * *";

const print = (text: string) => process.stdout.write(`${text}\n`);

async function start(given: Config): Promise<void> {
  const place = await findPlace(given);
  const { config } = place;
  const log = pinoLog(config.logLevel, secretsOf(config));
  const practice = hasBrokerKeys(config) ? null : await playBrokers(config);
  const prebell = compose(config, { storage: await place.open(log, practice), log, print, practice });
  const { deps } = prebell;
  await Promise.all([registerConnections(deps), registerFirstPerson(deps, config.telegram?.chatId ?? null)]);
  const server = createServer(createListener(config, prebell, practice));
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(config.port, config.host, listening.resolve);
  await listening.promise;

  const { heartbeatUrl } = config;
  const scheduledRun = createScheduledRun(deps, {
    heartbeat: heartbeatUrl === null ? null : () => httpHeartbeat(heartbeatUrl),
    quietFor: Temporal.Duration.from({ minutes: 1 }),
  });
  const runTick = async () => {
    await scheduledRun("tick", () => tick(deps));
  };
  const onFault = (error: unknown) => log.error("tick-failed", { error });
  const jobs = [
    new Cron(tickPattern, { protect: true, catch: onFault }, runTick),
    new Cron(housekeepingPattern, { catch: onFault }, () => prebell.purge()),
  ];
  // What a crash left in the middle is taken up now, not at the next tick.
  void runTick()
    .then(() => prebell.purge())
    .catch(onFault);

  const { telegram } = config;
  const polling =
    telegram === null || telegram.webhookSecret !== null || prebell.receiveUpdate === null
      ? null
      : startPolling(prebell.receiveUpdate, { ...telegram, tell: print }, log);
  if (telegram !== null && polling !== null)
    // In the cloud the set-up does it. A menu from before serves as well.
    void telegramBot(telegram)
      .offerCommands(botCommands)
      .catch((error: unknown) => log.warn("command-menu-not-set", { error }));

  const stop = async () => {
    for (const job of jobs) job.stop();
    await polling?.stop();
    server.close();
    await prebell.close();
    server.closeAllConnections();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  const handoff = await createLink(deps, firstPersonId);
  print(
    welcome(
      prebell.pageUrl,
      handoff.reveal(),
      practice?.url ?? null,
      config.telegram !== null ? "telegram" : (deps.configuredChannels[0]?.kind ?? "panel"),
    ),
  );
  log.info("started", { count: deps.providers.size });
}

/** Loaded only where it is needed: a quarter of our own files. */
async function playBrokers(config: Config): Promise<FoundPracticeBroker> {
  const { startPracticeBroker } = await import("./practice/find-practice-broker.ts");
  return startPracticeBroker(config.dataDir, config.practicePort, machineClock, [schwabCallback(pageUrlOf(config))]);
}

function welcome(pageUrl: string, handoff: string, practiceUrl: string | null, chat: string): string {
  return [
    "",
    `Prebell is running at ${pageUrl}`,
    practiceUrl === null
      ? "Brokers:  the real ones that keys are set for"
      : `Brokers:  practice brokers at ${practiceUrl} (no broker keys are set; nothing here is real)`,
    chat === "panel" ? "Messages: here and on the page (no TELEGRAM_BOT_TOKEN is set)" : `Messages: ${chat}`,
    "",
    "Sign in with this link, once, within ten minutes:",
    `${pageUrl}/#signin=${handoff}`,
    "",
  ].join("\n");
}

try {
  const config = readConfig(loadEnvironment());
  // The same program as Cloud Run runs, unbundled.
  await (config.storage === "google" ? import("./cloud.ts") : start(config));
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
