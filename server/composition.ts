// The only composition root: which adapter fills which port. The server and the terminal command are made from it alike.
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { originsOf, pageUrlOf, passkeyDomainOf } from "./addresses.ts";
import { countedLeases } from "./adapters/counted-leases.ts";
import { machineClock } from "./adapters/machine-clock.ts";
import { simpleWebAuthn } from "./adapters/simple-webauthn.ts";
import { telegramInitData } from "./adapters/telegram-init-data.ts";
import { tokenExport } from "./adapters/token-export.ts";
import { webhookPublisher } from "./adapters/webhook-publisher.ts";
import { messageFor } from "./bot/messages.ts";
import type { ReceiveUpdate } from "./bot/receive-update.ts";
import { createBrokerFor, createProviders } from "./brokers.ts";
import { createChannels } from "./channels.ts";
import { openChat } from "./chat.ts";
import type { Config } from "./config.ts";
import { openDrillBroker } from "./drill-broker.ts";
import { besideDrillTokens } from "./drill-tokens.ts";
import type { Secret } from "./domain/secret.ts";
import { liveProviders } from "./live-providers.ts";
import type { BrokerFor, Clock, Log } from "./ports.ts";
import type { FoundPracticeBroker } from "./practice/find-practice-broker.ts";
import type { Storage } from "./storage.ts";
import { deliverEvents } from "./use-cases/deliver-events.ts";
import { deliverMessages } from "./use-cases/deliver-messages.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";

export interface Surroundings {
  readonly storage: Storage;
  readonly log: Log & { conceal(secrets: readonly Secret[]): void };
  /** Writes a block of text for the person at the terminal. */
  readonly print: (text: string) => void;
  /** Plays the brokers when no keys are configured; its clock is then the program's. */
  readonly practice: FoundPracticeBroker | null;
}

export interface Prebell {
  readonly deps: Dependencies;
  readonly pageUrl: string;
  /** What browsers subscribe with; null where Web Push is not set up. */
  readonly webPushKey: string | null;
  /** The login page of a running fire drill; null where no such drill runs. */
  drillPage(drillId: string, request: Request): Promise<Response | null>;
  /** Takes what Telegram brings; null without a bot. */
  readonly receiveUpdate: ReceiveUpdate | null;
  /** Resolves when the deliveries asked for so far have been tried. */
  settled(): Promise<void>;
  purge(): void;
  /** Re-encrypts everything stored under a new key; how many values that were. */
  rotateKey(): number;
  /** Lets work under a lease finish, for `patience` at most. */
  close(patience?: Temporal.Duration): Promise<void>;
}

/** An exchange, a proof and what follows, each at its time limit. */
const longestWork = Temporal.Duration.from({ seconds: 45 });

/** Where everything is kept. */
export interface Place {
  /** The configuration with the broker keys that lie there. */
  readonly config: Config;
  open(log: Log, practice: FoundPracticeBroker | null): Promise<Storage>;
}

export async function findPlace(config: Config): Promise<Place> {
  if (config.google !== null) {
    const { connectGoogle } = await import("./storage-google.ts");
    return connectGoogle(config, config.google);
  }
  const { openLocalStorage } = await import("./storage-local.ts");
  return {
    config,
    // A rehearsal's records must never be taken for real ones, nor use up a real day's reminders.
    open: async (_log, practice) =>
      openLocalStorage(practice === null ? config.dataDir : join(config.dataDir, "practice")),
  };
}

export function compose(config: Config, { storage, log, print, practice }: Surroundings): Prebell {
  const clock: Clock = practice === null ? machineClock : () => practice.clock.now();
  const pageUrl = pageUrlOf(config);
  const around = { practice, clock, log, pageUrl };
  const makeBroker = createBrokerFor(config, around);
  // Whoever calls with keys can have them quoted back at him.
  const brokerFor: BrokerFor = (identity, keys) => {
    log.conceal([keys.consumerKey, keys.consumerSecret]);
    return makeBroker(identity, keys);
  };
  const held = countedLeases(storage.leases);
  const drillBroker = openDrillBroker({ records: storage.records, leases: held.leases, clock, pageUrl });
  const { providers, records } = liveProviders({
    configured: createProviders(config, around),
    records: storage.records,
    keys: storage.brokerKeys,
    brokerFor,
    drill: drillBroker.provider,
    clock: machineClock,
    log,
  });

  const fingerprint = (text: string) => storage.random.fingerprint(text);
  const channels = createChannels(config, { fingerprint, pageUrl, print });
  // A command on the owner's own machine knows the cloud's records but not its bot: what it printed and ticked off here would
  // never reach the phone. The service's next tick brings it.
  const tellsPerson = config.google === null || config.telegram !== null;
  let delivering: Promise<void> | null = null;
  let askedAgain = false;
  const deliver = async () => {
    do {
      askedAgain = false;
      await Promise.all([tellsPerson ? deliverMessages(deps) : null, deliverEvents(deps)]);
    } while (askedAgain);
  };
  const nudge = () => {
    askedAgain = true;
    // In the next turn, so that whoever did the work is answered first. The queue keeps what a failed run did not deliver;
    // the next tick takes it up.
    delivering ??= nextTurn()
      .then(deliver)
      .catch((error: unknown) => log.error("delivery-failed", { error }))
      .finally(() => {
        delivering = null;
        // Asked between the last look and here.
        if (askedAgain) nudge();
      });
  };

  const deps: Dependencies = {
    clock,
    machineClock,
    random: storage.random,
    providers,
    records,
    tokens: besideDrillTokens(storage.tokens, records),
    brokerKeys: storage.brokerKeys,
    brokerFor,
    drillBroker,
    outbox: storage.outbox,
    leases: held.leases,
    sessions: storage.sessions,
    webAuthn: simpleWebAuthn({ id: passkeyDomainOf(config), origins: originsOf(config) }),
    notifierFor: (channel) => channels.notifierFor(channel),
    configuredChannels: channels.configured,
    chatAnswers: channels.answers,
    readInitData: config.telegram === null ? null : telegramInitData(config.telegram.botToken),
    publisher:
      storage.publisher ??
      (config.webhook === null ? null : webhookPublisher(config.webhook.url, config.webhook.secret)),
    tokenExport: config.exportTokensDir === null ? null : tokenExport(config.exportTokensDir),
    wording: (notice, context) => messageFor(notice, context, pageUrl),
    log,
    nudge,
  };
  return {
    deps,
    pageUrl,
    webPushKey: channels.webPushKey,
    drillPage: (drillId, request) => drillBroker.page(drillId, request),
    receiveUpdate: config.telegram === null ? null : openChat(deps, config.telegram, pageUrl),
    settled: async () => {
      await delivering;
    },
    purge: () => storage.purge(clock(), machineClock()),
    rotateKey: () => storage.rotateKey(),
    async close(patience = longestWork) {
      // Between the broker's answer and the store nothing may abort, an orderly stop included.
      await held.idle(patience);
      await delivering;
      await storage.close();
      await practice?.close();
    },
  };
}
