// Use cases over stores in memory, scripted brokers, a clock that stands, and channels that remember.
import { simpleWebAuthn } from "../../../server/adapters/simple-webauthn.ts";
import type { Connection, ConnectionIdentity, TokenSet } from "../../../server/domain/connection.ts";
import { drillConnectionId } from "../../../server/domain/drill.ts";
import type { Notice } from "../../../server/domain/notice.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { TokenEvent } from "../../../server/domain/token-event.ts";
import type { LogFields, TokenExport } from "../../../server/ports.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { confirmAccounts } from "../../../server/use-cases/confirm-accounts.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";
import { at } from "../../support/builders.ts";
import { inMemoryStores, type Stores } from "../../support/fakes.ts";
import { aScriptedProvider, anAccount, type ScriptedProvider } from "./scripted-provider.ts";

/** Where the page of this Prebell is opened, and its passkeys work. */
export const pageOrigin = "http://localhost:8080";
export const prod = "etrade-prod";
export const session = "session-1";
export const code = "MX9ES";

/** Tuesday 10 March 2026, 08:30 in New York. */
export const morning = at("2026-03-10T12:30:00Z");

/** The pin of the scripted broker's one account. */
export const pin = {
  fingerprint: 'hmac(["etrade","prod","83405188"])',
  accounts: ["••5188 Brokerage"],
  pinnedAt: at("2026-03-02T13:30:00Z"),
};

export interface Workbench {
  readonly deps: Dependencies;
  readonly stores: Stores;
  now: Temporal.Instant;
  /** What was sent, in order. */
  readonly sent: Notice[];
  readonly published: TokenEvent[];
  readonly logged: { level: string; event: string; fields: LogFields }[];
  readonly exported: string[];
  nudges: number;
  /** The brokers that were made for entered keys. */
  readonly made: { readonly key: string; readonly provider: ScriptedProvider }[];
  /** Looks at each of them before anybody calls it. */
  onMade: (provider: ScriptedProvider) => void;
  /** Thrown by the next sends and publications. */
  readonly outages: { send: Error[]; publish: Error[] };
  provider(id?: string): ScriptedProvider;
  connection(id?: string): Promise<Connection>;
  /** Records the connection and, under its version, a token set named after it: "access-v3". */
  have(connection: Connection): Promise<void>;
}

export function aWorkbench(options: { ids?: readonly string[]; stores?: Stores; trace?: (call: string) => void } = {}) {
  const { ids = [prod], stores = inMemoryStores(), trace } = options;
  const drill = aScriptedProvider(identityOf(drillConnectionId));
  const providers = new Map(ids.map((id) => [id, aScriptedProvider(identityOf(id), trace)]));
  let count = 0;
  const next = (kind: string) => `${kind}-${(count += 1)}`;

  const bench: Workbench = {
    stores,
    now: morning,
    sent: [],
    published: [],
    logged: [],
    exported: [],
    nudges: 0,
    made: [],
    onMade() {},
    outages: { send: [], publish: [] },
    deps: {
      ...stores,
      clock: () => bench.now,
      machineClock: () => bench.now,
      random: {
        id: () => next("id"),
        bearer: () => new Secret(next("bearer")),
        below: (limit) => (count += 1) % limit,
        digest: (text) => `digest(${text})`,
        fingerprint: (text) => `hmac(${text})`,
      },
      providers,
      drillBroker: { provider: drill, accounts: [anAccount] },
      brokerFor(identity, { consumerKey }) {
        const made = aScriptedProvider(identity, trace);
        bench.made.push({ key: consumerKey.reveal(), provider: made });
        bench.onMade(made);
        return made;
      },
      webAuthn: simpleWebAuthn({ id: "localhost", origins: new Set([pageOrigin]) }),
      readInitData: null,
      notifierFor: () => ({
        channel: "panel",
        async send(message) {
          const outage = bench.outages.send.shift();
          if (outage !== undefined) throw outage;
          bench.sent.push(JSON.parse(message.text));
          return null;
        },
        check: async () => "It works.",
      }),
      configuredChannels: [],
      chatAnswers: null,
      publisher: {
        async publish(event) {
          const outage = bench.outages.publish.shift();
          if (outage !== undefined) throw outage;
          bench.published.push(event);
        },
      },
      tokenExport: recordingExport((line) => bench.exported.push(line)),
      wording: (notice) => ({ text: JSON.stringify(notice), action: null, silent: false }),
      log: {
        info: (event, fields = {}) => void bench.logged.push({ level: "info", event, fields }),
        warn: (event, fields = {}) => void bench.logged.push({ level: "warn", event, fields }),
        error: (event, fields = {}) => void bench.logged.push({ level: "error", event, fields }),
      },
      nudge: () => void (bench.nudges += 1),
    },
    provider(id = prod) {
      const provider = providers.get(id);
      if (provider === undefined) throw new Error(`The workbench has no ${id}.`);
      return provider;
    },
    async connection(id = prod) {
      const connection = await stores.records.connection(id);
      if (connection === null) throw new Error(`Nothing is recorded of ${id}.`);
      return connection;
    },
    async have(connection) {
      await stores.records.commit({ connection: { ...connection, revision: 0 } });
      for (let version = 1; version <= (connection.token?.version ?? 0); version += 1)
        // oxlint-disable-next-line no-await-in-loop -- versions follow each other
        await stores.tokens.put(connection.id, aTokenSet(`v${version}`, connection.token?.issuedAt));
    },
  };
  return bench;
}

export function identityOf(id: string): ConnectionIdentity {
  return { id, provider: "etrade", environment: id.endsWith("sandbox") ? "sandbox" : "prod" };
}

export function aTokenSet(name: string, issuedAt: Temporal.Instant = morning): TokenSet {
  return {
    accessToken: new Secret(`access-${name}`),
    accessTokenSecret: new Secret(`secret-${name}`),
    refreshToken: null,
    accessExpiresAt: null,
    startedAt: issuedAt.subtract({ seconds: 30 }),
    issuedAt,
    verifiedAt: issuedAt,
  };
}

function recordingExport(write: (line: string) => void): TokenExport {
  return {
    write: async ({ id }, version, tokenSet) => write(`write ${id} v${version} ${tokenSet.accessToken.reveal()}`),
    remove: async ({ id }) => write(`remove ${id}`),
  };
}

export function startRenewal(deps: Dependencies, connectionId = prod, sessionId = session) {
  return createStartAuthorization()(deps, { connectionId, sessionId, restart: false });
}

export function bringCode(deps: Dependencies, verifier = code, connectionId = prod, sessionId = session) {
  return completeAuthorization(deps, { connectionId, sessionId, answer: { verifier } });
}

export function acceptAccounts(deps: Dependencies, accept = true, connectionId = prod, sessionId = session) {
  return confirmAccounts(deps, { connectionId, sessionId, accept });
}

/** Everything recorded as an event, delivered or not. */
export async function eventTypes({ stores }: Workbench): Promise<string[]> {
  return (await stores.outbox.eventsAfter(0, 1000)).map((event) => event.type);
}

/** Everything queued for the person, oldest first, delivered or not. */
export async function noticeKinds({ stores }: Workbench): Promise<string[]> {
  return (await stores.outbox.messages(1000)).map((message) => message.notice.kind).toReversed();
}
