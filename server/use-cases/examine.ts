// The doctor: looks at every link of the chain and says what it found and what helps. Changes nothing.
import { isAlive } from "../domain/keep-alive.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { announcedThroughYear, closuresReviewedOn, newYorkDate } from "../domain/trading-calendar.ts";
import type { Provider } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

export interface Finding {
  readonly subject: string;
  readonly verdict: "ok" | "warning" | "fault";
  readonly sentence: string;
  /** What helps; null where nothing has to. */
  readonly remedy: string | null;
}

export interface ExaminationSettings {
  readonly practice: boolean;
  readonly publicUrl: string | null;
  /** Whether programs can call at all (API_TOKEN). */
  readonly hasApiToken: boolean;
}

/** E*TRADE refuses signatures that are five minutes off; a minute already points at a clock nobody sets. */
const warnSkewSeconds = 60;
const faultSkewSeconds = 300;
const maxCalendarAgeDays = 365;

export async function examine(deps: Dependencies, settings: ExaminationSettings): Promise<readonly Finding[]> {
  const providers = [...deps.providers.values()];
  const [clock, chat, store, ...connections] = await Promise.all([
    examineClock(deps, providers[0]),
    examineChat(deps, settings),
    examineStore(deps),
    ...providers.map((provider) => examineConnection(deps, provider)),
  ]);
  return [
    examineBrokers(settings, providers),
    clock,
    store,
    ...connections.flat(),
    chat,
    await examineEvents(deps, settings),
    examineCalendar(deps),
  ];
}

function examineBrokers(settings: ExaminationSettings, providers: readonly Provider[]): Finding {
  const names = providers.map((provider) => connectionLabel(provider.identity)).join(", ");
  return settings.practice
    ? found(
        "configuration",
        "warning",
        `Practice brokers stand in for ${names}.`,
        "Set ETRADE_PROD_CONSUMER_KEY and ETRADE_PROD_CONSUMER_SECRET to use the real one.",
      )
    : found("configuration", "ok", `Connections: ${names}.`);
}

async function examineClock(deps: Dependencies, provider: Provider | undefined): Promise<Finding> {
  const theirs = (await provider?.readClock()) ?? null;
  if (provider === undefined || theirs === null)
    return found(
      "clock",
      "warning",
      "The broker's time could not be read.",
      "Check this machine's way to the internet.",
    );
  const seconds = Math.round(Math.abs(deps.clock().since(theirs).total("seconds")));
  const broker = providerName(provider.identity);
  if (seconds < warnSkewSeconds) return found("clock", "ok", `Within ${Math.max(seconds, 1)} s of ${broker}'s.`);
  return found(
    "clock",
    seconds < faultSkewSeconds ? "warning" : "fault",
    `${seconds} s away from ${broker}'s; from 300 s on it refuses every call.`,
    "Switch on time synchronisation (timedatectl set-ntp true).",
  );
}

async function examineConnection(deps: Dependencies, provider: Provider): Promise<Finding[]> {
  const { id } = provider.identity;
  const broker = providerName(provider.identity);
  // A request token that nobody approves lapses by itself and touches nothing.
  const begun = await provider.beginAuthorization();
  const key = begun.ok
    ? found(`${id} key`, "ok", `${broker} accepts the consumer key and our signature.`)
    : found(
        `${id} key`,
        begun.failure.kind === "misconfigured" ? "fault" : "warning",
        failureSentence(begun.failure.reason, broker),
        begun.failure.kind === "misconfigured" ? "See above; then run doctor again." : "Run doctor again in a while.",
      );
  return [key, await examineToken(deps, provider)];
}

async function examineToken(deps: Dependencies, provider: Provider): Promise<Finding> {
  const { id } = provider.identity;
  const subject = `${id} token`;
  const connection = await deps.records.connection(id);
  if (connection === null || connection.token === null || !isAlive(connection, provider.policy, deps.clock()))
    return found(subject, "warning", "There is no living token.", `Renew it: npm run prebell -- renew ${id}`);
  const tokenSet = await deps.tokens.read(id, connection.token.version);
  if (tokenSet === null)
    return found(
      subject,
      "fault",
      `Version ${connection.token.version} is missing.`,
      `Renew: npm run prebell -- renew ${id}`,
    );
  const answer = await provider.listAccounts(tokenSet);
  if (answer.ok) return found(subject, "ok", `Version ${connection.token.version} works; the account list came back.`);
  return found(
    subject,
    answer.failure.kind === "needs-person" ? "fault" : "warning",
    failureSentence(answer.failure.reason, providerName(provider.identity)),
    answer.failure.kind === "needs-person"
      ? `It may be idle: npm run prebell -- keepalive; if that does not help: npm run prebell -- renew ${id}`
      : "Run doctor again in a while.",
  );
}

async function examineStore(deps: Dependencies): Promise<Finding> {
  try {
    const versions = await Promise.all(
      [...deps.providers.keys()].map(async (id) => {
        const version = await deps.tokens.latestVersion(id);
        if (version !== null) await deps.tokens.read(id, version);
        return version;
      }),
    );
    const stored = versions.filter((version) => version !== null).length;
    return found("store", "ok", `Opens; ${stored} of ${versions.length} connections have a stored token.`);
  } catch (error) {
    return found(
      "store",
      "fault",
      error instanceof Error ? error.message : "It can't be opened.",
      "Put the key file and the database of the same backup in place.",
    );
  }
}

async function examineChat(deps: Dependencies, settings: ExaminationSettings): Promise<Finding> {
  try {
    const sentence = await deps.notifier.check();
    if (deps.notifier.channel === "panel")
      return found(
        "chat",
        "warning",
        sentence,
        "Set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID to be reminded on the phone.",
      );
    return settings.publicUrl === null
      ? found(
          "chat",
          "warning",
          `${sentence} Its link leads to this machine, which a phone can't open.`,
          "Set PUBLIC_URL to an https address that leads here.",
        )
      : found("chat", "ok", sentence);
  } catch (error) {
    return found(
      "chat",
      "fault",
      error instanceof Error ? error.message : "It can't be reached.",
      "Alerts can't reach you until this is mended.",
    );
  }
}

async function examineEvents(deps: Dependencies, settings: ExaminationSettings): Promise<Finding> {
  const { count } = await deps.outbox.eventBacklog();
  if (count > 0)
    return found(
      "events",
      "fault",
      `${count} events wait for the trading system.`,
      "Check EVENT_WEBHOOK_URL and its receiver.",
    );
  if (deps.publisher === null && !settings.hasApiToken)
    return found(
      "events",
      "warning",
      "No trading system can be told: there is neither a webhook nor an API token.",
      "Set API_TOKEN (openssl rand -base64 32 makes one) or EVENT_WEBHOOK_URL.",
    );
  return found(
    "events",
    "ok",
    deps.publisher === null ? "Read from GET /api/events; no webhook is set." : "All delivered.",
  );
}

function examineCalendar(deps: Dependencies): Finding {
  const today = newYorkDate(deps.clock());
  const reviewed = Temporal.PlainDate.from(closuresReviewedOn);
  const age = today.since(reviewed, { largestUnit: "days" }).days;
  const horizon = `Holidays by rule, checked against the exchange's list through ${announcedThroughYear}; one-off closures as of ${reviewed.toString()}.`;
  return age > maxCalendarAgeDays || today.year > announcedThroughYear
    ? found("calendar", "warning", horizon, "Update Prebell: a closure announced since then would not be known.")
    : found("calendar", "ok", horizon);
}

function found(subject: string, verdict: Finding["verdict"], sentence: string, remedy: string | null = null): Finding {
  return { subject, verdict, sentence, remedy };
}
