// A laptop with two processes of Prebell, the practice brokers over HTTP, and one clock for all of them.
import { randomBytes } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import { nodeRandomness } from "../../server/adapters/node-randomness.ts";
import { simpleWebAuthn } from "../../server/adapters/simple-webauthn.ts";
import { purge } from "../../server/adapters/sqlite-housekeeping.ts";
import { messageFor } from "../../server/bot/messages.ts";
import type { Environment } from "../../server/domain/connection.ts";
import type { Notice } from "../../server/domain/notice.ts";
import { etradePolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { TokenEvent } from "../../server/domain/token-event.ts";
import { DeliveryError, type Log, type Provider } from "../../server/ports.ts";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { createPracticeControl } from "../../server/practice/practice-control.ts";
import { practiceKeys, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { createEtrade } from "../../server/providers/etrade.ts";
import type { Dependencies } from "../../server/use-cases/dependencies.ts";
import { registerConnections } from "../../server/use-cases/register-connections.ts";
import { registerFirstPerson } from "../../server/use-cases/register-people.ts";
import { runTick } from "../../server/use-cases/run-tick.ts";
import { openLaptop, temporaryDirectory } from "./sqlite.ts";

export const environments = ["prod", "sandbox"] as const;

/** Every so many deliveries the channel is down once. */
const failEvery = 17;

export interface Told {
  readonly notices: Notice[];
  readonly events: TokenEvent[];
  /** What went wrong inside and should not have. */
  readonly errors: string[];
}

export type Simulation = Awaited<ReturnType<typeof startSimulation>>;

export async function startSimulation(from: Temporal.Instant) {
  // The clock beneath stands still: time passes only when the test says so.
  const clock = createPracticeClock(() => from);
  const server = await startPracticeServer({ port: 0, clock, stateFile: null });
  onTestFinished(() => server.close());
  const control = createPracticeControl(server.url);
  const told: Told = { notices: [], events: [], errors: [] };
  const channels = recordingChannels(told);
  const directory = temporaryDirectory();
  const providers = environments.map((environment) => aProvider(server.url, environment, () => clock.now()));

  const openProcess = () => {
    const { db, box, ...stores } = openLaptop(directory);
    // Nothing loses power in here, and waiting for the disk would be most of the test's time.
    db.exec("PRAGMA synchronous = OFF");
    const deps: Dependencies = {
      ...stores,
      ...channels,
      clock: () => clock.now(),
      machineClock: () => clock.now(),
      webAuthn: simpleWebAuthn({ id: "localhost", origins: new Set() }),
      random: nodeRandomness((text) => box.fingerprint(text)),
      providers: new Map(providers.map((provider) => [provider.identity.id, provider])),
      brokerFor({ id }) {
        throw new Error(`Nobody enters keys in a simulation; ${id} got some.`);
      },
      readInitData: null,
      drillBroker: { provider: aProvider(server.url, "sandbox", () => clock.now()), accounts: [] },
      tokenExport: null,
      // The real words have to be found for it; what is recorded is what they were found for.
      wording: (notice, context) => ({ ...messageFor(notice, context, "http://page"), text: JSON.stringify(notice) }),
      log: recordingLog(told),
      nudge() {},
    };
    return { deps, purge: () => purge(db, clock.now()) };
  };
  const [first, second] = [openProcess(), openProcess()];
  await Promise.all([registerConnections(first.deps), registerFirstPerson(first.deps, null)]);

  return {
    clock,
    control,
    told,
    deps: first.deps,
    purge: first.purge,
    /** One tick, or one in each process at the same time. */
    async tick(twice: boolean): Promise<void> {
      await Promise.all(twice ? [runTick(first.deps), runTick(second.deps)] : [runTick(first.deps)]);
    },
  };
}

function aProvider(url: string, environment: Environment, clock: () => Temporal.Instant): Provider {
  const { oauthUrl, authorizeUrl, prodApiUrl, sandboxApiUrl } = practiceUrls(url);
  return createEtrade({
    identity: { id: `etrade-${environment}`, provider: "etrade", environment },
    policy: etradePolicy(),
    ceremony: "verifier",
    consumerKey: new Secret(practiceKeys[environment].consumerKey),
    consumerSecret: new Secret(practiceKeys[environment].consumerSecret),
    oauthUrl,
    authorizeUrl,
    apiUrl: environment === "prod" ? prodApiUrl : sandboxApiUrl,
    clock,
    nonce: () => randomBytes(16).toString("hex"),
  });
}

function recordingChannels(
  told: Told,
): Pick<Dependencies, "notifierFor" | "configuredChannels" | "chatAnswers" | "publisher"> {
  let deliveries = 0;
  const mayFail = () => {
    deliveries += 1;
    if (deliveries % failEvery === 0) throw new DeliveryError("The channel is down.");
  };
  return {
    notifierFor: () => ({
      channel: "panel",
      async send(message) {
        mayFail();
        told.notices.push(JSON.parse(message.text));
        return null;
      },
      check: async () => "It works.",
    }),
    configuredChannels: [],
    chatAnswers: null,
    publisher: {
      async publish(event) {
        mayFail();
        told.events.push(event);
      },
    },
  };
}

function recordingLog(told: Told): Log {
  return {
    info() {},
    warn() {},
    error: (event, fields) => void told.errors.push(`${event} ${fields?.connection ?? ""} ${String(fields?.error)}`),
  };
}

/** Fails naming the simulated day. */
export function expectOn<T>(day: string, actual: T) {
  return expect(actual, `on ${day}`);
}
