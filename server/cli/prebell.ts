// The `prebell` command: the same use cases as the server, from a terminal, on the same data folder.
import { parseArgs } from "node:util";
import { machineClock } from "../adapters/machine-clock.ts";
import { pinoLog } from "../adapters/pino-log.ts";
import { hasBrokerKeys, schwabCallback } from "../brokers.ts";
import { pageUrlOf } from "../addresses.ts";
import { compose, findPlace, type Prebell } from "../composition.ts";
import { type Config, ConfigError, loadEnvironment, readConfig, secretsOf } from "../config.ts";
import { findPracticeBroker, startPracticeBroker } from "../practice/find-practice-broker.ts";
import * as commands from "./commands.ts";
import { actingAs } from "../use-cases/acting-as.ts";
import { registerConnections } from "../use-cases/register-connections.ts";
import { registerFirstPerson } from "../use-cases/register-people.ts";
import { connectionsCommand } from "./connections-command.ts";
import { drillCommand } from "./drill-command.ts";
import { examineCommand } from "./doctor-command.ts";
import { importCommand } from "./import-command.ts";
import { journalCommand } from "./journal-command.ts";
import { peopleCommand } from "./people-command.ts";
import { practiceCommand } from "./practice-command.ts";
import { renewCommand } from "./renew-command.ts";
import { setupGoogleCommand } from "./setup-google-command.ts";
import { statusCommand } from "./status-command.ts";
import { terminalActor } from "./terminal-actor.ts";
import { hashCommand, tokensCommand } from "./tokens-command.ts";

const usage = `Usage: npm run prebell -- COMMAND

  status                            every connection, with its evidence (exit 3 if one needs you)
  renew CONNECTION                  a renewal in the terminal, for example: renew etrade-prod
  import CONNECTION FILE            take over another program's login (schwab-py, Schwabdev, …);
                                    --accept-accounts says that its accounts are yours,
                                    --login-time when it was made if the file does not say
  keepalive [CONNECTION]            call the broker now
  token CONNECTION [--min-valid N]  credentials good for at least N seconds, as JSON
  journal                           what happened last, and who did it; "journal verify" finds a changed or
                                    missing line (exit 1), "journal export" prints all as JSON lines
  doctor                            looks at every link of the chain, with remedies (exit 1 on a fault)
  drill [--at HH:MM]                a fire drill with your real channels and a practice broker, now or at a New
                                    York time; prints each step and the report (exit 1 if the loop did not close)
  people [ACTION …]                 who may do what, invitations and sharing; "people help" lists how
  tokens [ACTION …]                 programs' tokens: make, rotate, revoke; "tokens help" lists how
  link [NAME]                       a fresh sign-in link for the page; yours, or that person's
  revoke CONNECTION                 kill the token, at the broker too
  rollback CONNECTION               go back to the version before, if the broker still takes it
  unpin CONNECTION                  forget the pinned accounts; the next renewal asks again
  connections ACTION                further connections with keys of their own: list, add, keys, remove
  rotate-key                        re-encrypt everything stored under a new key
  setup google                      the first deployment to Google Cloud; --finish ends it
  practice ACTION …                 drive the practice brokers; "practice help" lists how`;

const needsConnection = new Set(["renew", "import", "token", "revoke", "rollback", "unpin"]);

/** Resolves with the exit code. */
async function run(argv: string[]): Promise<number> {
  // It has flags of its own, and no configuration yet.
  if (argv[0] === "setup") return setup(argv.slice(1));
  if (argv[0] === "connections")
    return withPrebell(readConfig(loadEnvironment()), ({ deps }) => connectionsCommand(deps, argv.slice(1)));
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      "min-valid": { type: "string" },
      "login-time": { type: "string" },
      noted: { type: "string" },
      at: { type: "string" },
      now: { type: "boolean", default: false },
      "accept-accounts": { type: "boolean", default: false },
      scopes: { type: "string" },
      connections: { type: "string" },
      "expires-in-days": { type: "string" },
      "overlap-hours": { type: "string" },
      for: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const [command, ...rest] = positionals;
  if (command === undefined || command === "help" || values.help) {
    commands.print(usage);
    return command === undefined && !values.help ? 2 : 0;
  }
  // What it prints is part of a configuration that may not be there yet.
  if (command === "tokens" && rest[0] === "hash") return hashCommand(rest[1], values);
  const config = readConfig(loadEnvironment());
  if (command === "practice") return practiceCommand(config, rest);

  if (command === "doctor" && config.google !== null) return doctorAfar(config);
  const prebell = await open(config);
  try {
    // The doctor looks for himself what is wrong with the store.
    if (command !== "doctor")
      await Promise.all([
        registerConnections(prebell.deps),
        registerFirstPerson(prebell.deps, config.telegram?.chatId ?? null),
      ]);
    if (command === "journal") return await journalCommand(prebell.deps, rest[0], values.noted);
    if (command === "drill")
      return await drillCommand(prebell.deps, prebell.pageUrl, values.now ? null : (values.at ?? null));
    if (command === "people" || command === "link")
      return await peopleCommand(
        prebell.deps,
        pageUrlFor(config, prebell),
        command === "link" ? ["link", ...rest] : rest,
      );
    if (command === "tokens") return await tokensCommand(prebell.deps, config, rest, values);
    const connectionId = rest[0];
    if (connectionId === undefined ? needsConnection.has(command) : !prebell.deps.providers.has(connectionId)) {
      commands.complain(
        `${command}: name one of ${[...prebell.deps.providers.keys()].join(", ")}${connectionId === undefined ? "" : `, not ${connectionId}`}.`,
      );
      return 2;
    }
    return await dispatch(prebell, config, {
      command,
      connectionId: connectionId ?? "",
      file: rest[1],
      minValid: values["min-valid"],
      loginTime: values["login-time"],
      acceptAccounts: values["accept-accounts"],
    });
  } finally {
    await prebell.settled();
    await prebell.close();
  }
}

/** Opens, makes records and configuration agree, works, and delivers what that brought about. */
async function withPrebell(config: Config, work: (prebell: Prebell) => Promise<number>): Promise<number> {
  const prebell = await open(config);
  try {
    await Promise.all([
      registerConnections(prebell.deps),
      registerFirstPerson(prebell.deps, config.telegram?.chatId ?? null),
    ]);
    return await work(prebell);
  } finally {
    await prebell.settled();
    await prebell.close();
  }
}

/** What lies far away may not open at all, which is a finding like any other. */
async function doctorAfar(config: Config): Promise<number> {
  let prebell: Prebell;
  try {
    prebell = await open(config);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    commands.print(`✗ Google Cloud         ${error instanceof Error ? error.message : "It can't be opened."}`);
    return 1;
  }
  try {
    return await examineCommand(prebell.deps, config);
  } finally {
    await prebell.close();
  }
}

async function setup([place, ...args]: string[]): Promise<number> {
  if (place !== "google") {
    commands.complain("setup: name the place. There is one: npm run prebell -- setup google");
    return 2;
  }
  return setupGoogleCommand(args, { environment: loadEnvironment(), folder: process.cwd(), open });
}

interface Wish {
  readonly command: string;
  /** Empty where none was named. */
  readonly connectionId: string;
  readonly file: string | undefined;
  readonly minValid: string | undefined;
  readonly loginTime: string | undefined;
  readonly acceptAccounts: boolean;
}

function dispatch(prebell: Prebell, config: Config, wish: Wish): Promise<number> | number {
  const { deps } = prebell;
  const { command, connectionId, minValid } = wish;
  switch (command) {
    case "status":
      return statusCommand(deps);
    case "renew":
      return renewCommand(deps, connectionId);
    case "import":
      return importCommand(deps, connectionId, wish.file, wish);
    case "keepalive":
      return commands.keepAlive(deps, connectionId === "" ? [...deps.providers.keys()] : [connectionId]);
    case "token":
      return commands.token(deps, connectionId, minValid ?? "0", config.exportRefreshToken);
    case "doctor":
      return examineCommand(deps, config);
    case "revoke":
      return commands.revoke(deps, connectionId);
    case "rollback":
      return commands.rollBack(deps, connectionId);
    case "unpin":
      return commands.unpin(deps, connectionId);
    case "rotate-key":
      return commands.rotateKey(prebell);
    default:
      commands.complain(`There is no command "${command}".\n\n${usage}`);
      return 2;
  }
}

/** Null where a link would lead to this machine, and the page is elsewhere. */
function pageUrlFor({ google, publicUrl }: Config, { pageUrl }: Prebell): string | null {
  return google !== null && publicUrl === null ? null : pageUrl;
}

async function open(given: Config): Promise<Prebell> {
  const place = await findPlace(given);
  const { config } = place;
  const practice = hasBrokerKeys(config)
    ? null
    : ((await findPracticeBroker(config.dataDir, machineClock)) ??
      (await startPracticeBroker(config.dataDir, config.practicePort, machineClock, [
        schwabCallback(pageUrlOf(config)),
      ])));
  // Only faults: the terminal belongs to the command's own answer.
  const log = pinoLog("error", secretsOf(config));
  const storage = await place.open(log, practice);
  const prebell = compose(config, { storage, log, print: commands.complain, practice });
  return { ...prebell, deps: actingAs(prebell.deps, terminalActor()) };
}

// Whoever reads our answer may have had enough of it (| head).
process.stdout.once("error", () => process.exit(0));
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  commands.complain(error instanceof Error ? error.message : "Something broke.");
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
