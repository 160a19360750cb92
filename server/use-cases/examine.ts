// The doctor: looks at every link of the chain and says what it found and what helps. Changes nothing.
import { connectionLabel } from "../domain/sentences.ts";
import { announcedThroughYear, closuresReviewedOn, newYorkDate } from "../domain/trading-calendar.ts";
import type { Provider } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import { examineClock, examineKey, examineToken } from "./examine-broker.ts";
import { examineHeartbeat, examineMorningAlert, examineTick } from "./examine-clockwork.ts";
import { examineJournal } from "./examine-journal.ts";
import { examineEnteredKeys } from "./examine-keys.ts";
import { examineStore } from "./examine-store.ts";
import {
  type ChatWebhook,
  examineChat,
  examineChatWebhook,
  examineDailyProof,
  examineEvents,
} from "./examine-telling.ts";
import { type Finding, found, lookedAt } from "./finding.ts";

export interface ExaminationSettings {
  readonly practice: boolean;
  readonly publicUrl: string | null;
  /** The owner's chat as it is configured; null without one. */
  readonly chatId: string | null;
  /** Whether programs can call at all (API_TOKEN). */
  readonly hasApiToken: boolean;
  /** What only the cloud has; null on one machine. */
  readonly cloud: {
    readonly hasHeartbeat: boolean;
    /** Asks the chat where it delivers; null without a bot. */
    readonly chatWebhook: (() => Promise<ChatWebhook>) | null;
  } | null;
}

const maxCalendarAgeDays = 365;
const seeStore = "The store has to be in order first; see above.";

export async function examine(deps: Dependencies, settings: ExaminationSettings): Promise<readonly Finding[]> {
  const entered = await examineEnteredKeys(deps);
  // Complete only now that the records were read.
  const providers = [...deps.providers.values()];
  const place = { ...settings, inCloud: settings.cloud !== null };
  const findings = await Promise.all([
    examineClock(deps, providers[0]),
    examineStore(deps, place),
    ...providers.flatMap((provider) => [
      lookedAt(`${provider.identity.id} key`, examineKey(deps, provider), seeStore),
      lookedAt(`${provider.identity.id} token`, examineToken(deps, provider), seeStore),
    ]),
    lookedAt("journal", examineJournal(deps), seeStore),
    examineChat(deps, place),
    lookedAt("daily proof", examineDailyProof(deps), seeStore),
    lookedAt("events", examineEvents(deps, place), seeStore),
    ...examineCloud(deps, settings),
  ]);
  return [examineBrokers(settings, providers), ...entered, ...findings.flat(), examineCalendar(deps)];
}

function examineCloud(deps: Dependencies, { cloud, publicUrl }: ExaminationSettings): Promise<Finding>[] {
  if (cloud === null) return [];
  const webhook = cloud.chatWebhook?.().then((said) => examineChatWebhook(said, publicUrl, deps.clock()));
  return [
    ...(webhook === undefined ? [] : [lookedAt("chat webhook", webhook, "Run doctor again in a while.")]),
    lookedAt("tick", examineTick(deps), seeStore),
    lookedAt("morning alert", examineMorningAlert(deps), seeStore),
    Promise.resolve(examineHeartbeat(cloud.hasHeartbeat)),
  ];
}

function examineBrokers(settings: ExaminationSettings, providers: readonly Provider[]): Finding {
  const names = providers.map((provider) => connectionLabel(provider.identity)).join(", ");
  return settings.practice
    ? found(
        "configuration",
        "warning",
        `Practice brokers stand in for ${names}.`,
        "Set ETRADE_PROD_CONSUMER_KEY and ETRADE_PROD_CONSUMER_SECRET, or SCHWAB_CLIENT_ID and SCHWAB_CLIENT_SECRET, to use a real one.",
      )
    : found("configuration", "ok", `Connections: ${names}.`);
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
