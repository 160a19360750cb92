// `prebell practice`: moves the practice brokers' clock and breaks things, for rehearsals.
import { machineClock } from "../adapters/machine-clock.ts";
import type { Config } from "../config.ts";
import type { Environment } from "../domain/connection.ts";
import { brokerSchema, type FaultDraft, faultSchema } from "../practice/fault.ts";
import { findPracticeBroker, startPracticeBroker } from "../practice/find-practice-broker.ts";
import { createPracticeControl, type PracticeControl } from "../practice/practice-control.ts";
import { complain, print } from "./commands.ts";
import { actOnSchwab, schwabUsage } from "./practice-schwab.ts";

const usage = `Usage: npm run prebell -- practice ACTION

  state                             clock, faults, tokens, logins, calls
  serve                             run the practice brokers alone
  advance 2h30m                     move the clock ahead (d, h, m, s)
  set "2026-11-27 08:29"            set the clock, New York time
  reset                             back to real time
  slow|hang|drop|error-500|maintenance|rate-limit|reject-key|html-garbage|other-accounts|no-accounts
       at either broker; skew at E*TRADE; html-403|not-authorized|no-refresh-token at Schwab
       [accounts|authorize|request_token|access_token|renew|revoke (E*TRADE)|exchange|refresh (Schwab)]
       [etrade|schwab] [prod|sandbox (E*TRADE)] [3x]
                                    a fault, until cleared or so many times
  clear                             no more faults
  kill-token prod|sandbox           as if E*TRADE withdrew the token
  idle-token prod|sandbox           as if two hours had passed without a call
  callback prod|sandbox URL|none    register a callback for E*TRADE's key
  app etrade|schwab [prod|sandbox]  register one more app; prints its key and secret, as a developer portal does
  accept AUTHORIZE-URL [somebody]   press Accept at E*TRADE; prints the code
${schwabUsage}`;

/** Resolves with the exit code. */
export async function practiceCommand(config: Config, [action, ...args]: string[]): Promise<number> {
  if (action === undefined || action === "help") {
    print(usage);
    return action === undefined ? 2 : 0;
  }
  if (action === "serve") return serve(config);
  const found = await findPracticeBroker(config.dataDir, machineClock);
  if (found === null) {
    complain("No practice broker is running. Start Prebell without broker keys (npm start), then repeat this.");
    return 1;
  }
  try {
    const said = await act(createPracticeControl(found.url), action, args);
    if (said === null) complain(usage);
    else print(said);
    return said === null ? 2 : 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : "The practice broker refused.");
    return 1;
  }
}

/** What was done, in a sentence; null if the words were not understood. */
async function act(control: PracticeControl, action: string, args: readonly string[]): Promise<string | null> {
  const [first, second] = args;
  switch (action) {
    case "state":
      return JSON.stringify(await control.state(), null, 2);
    case "advance": {
      const duration = first === undefined ? null : parseDuration(first);
      return duration === null ? null : clockSentence(await control.advance(duration));
    }
    case "set": {
      const instant = parseInstant(args.join(" "));
      return instant === null ? null : clockSentence(await control.setTo(instant));
    }
    case "reset":
      return clockSentence(await control.reset());
    case "clear":
      await control.clear();
      await control.release();
      return "No more faults.";
    case "kill-token":
    case "idle-token": {
      if (!isEnvironment(first)) return null;
      const count = await (action === "kill-token" ? control.killToken(first) : control.idleToken(first));
      return `${count} ${count === 1 ? "token is" : "tokens are"} ${action === "kill-token" ? "withdrawn" : "idle"}.`;
    }
    case "app": {
      const broker = brokerSchema.safeParse(first);
      if (!broker.success || (second !== undefined && !isEnvironment(second))) return null;
      const { consumerKey, consumerSecret } = await control.app(broker.data, second);
      return `consumer key     ${consumerKey}\nconsumer secret  ${consumerSecret}`;
    }
    case "callback":
      if (!isEnvironment(first) || second === undefined) return null;
      await control.callback(first, second === "none" ? null : second);
      return second === "none" ? "The authorize page shows the code." : `The authorize page leads to ${second}.`;
    case "accept":
      return first === undefined ? null : control.accept(first, second === "somebody" ? { as: "somebody else" } : {});
    case "schwab":
      return actOnSchwab(control.schwab, args);
    default: {
      const fault = parseFault(action, args);
      if (fault === null) return null;
      await control.fault(fault);
      return `Set: ${[action, ...args].join(" ")}. "practice clear" ends it.`;
    }
  }
}

async function serve(config: Config): Promise<number> {
  const broker = await startPracticeBroker(config.dataDir, config.practicePort, machineClock);
  print(`Practice brokers at ${broker.url}; Ctrl-C ends them.`);
  const stopped = Promise.withResolvers<void>();
  process.once("SIGINT", () => stopped.resolve());
  process.once("SIGTERM", () => stopped.resolve());
  await stopped.promise;
  await broker.close();
  return 0;
}

function parseFault(fault: string, words: readonly string[]): FaultDraft | null {
  const draft: Record<string, unknown> = { fault };
  for (const word of words) {
    const times = /^(\d+)x$/.exec(word)?.[1];
    if (times !== undefined) draft["times"] = Number(times);
    else if (isEnvironment(word)) draft["environment"] = word;
    else if (brokerSchema.safeParse(word).success) draft["broker"] = word;
    else draft["on"] = word;
  }
  const parsed = faultSchema.safeParse(draft);
  return parsed.success ? parsed.data : null;
}

function isEnvironment(word: string | undefined): word is Environment {
  return word === "prod" || word === "sandbox";
}

/** "2h30m", "1d", "90s" */
function parseDuration(text: string): Temporal.Duration | null {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null || text === "") return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Temporal.Duration.from({ hours: days * 24 + hours, minutes, seconds });
}

/** "2026-11-27 08:29" as New York reads it, or an ISO instant. */
function parseInstant(text: string): Temporal.Instant | null {
  try {
    return /(?:Z|[+-]\d\d:\d\d)$/.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text.replace(" ", "T")).toZonedDateTime("America/New_York").toInstant();
  } catch {
    return null;
  }
}

function clockSentence({ now }: { readonly now: string }): string {
  const newYork = Temporal.Instant.from(now).toZonedDateTimeISO("America/New_York");
  return `It is now ${newYork.toPlainDate().toString()} ${newYork.toPlainTime().toString({ smallestUnit: "minute" })} in New York.`;
}
