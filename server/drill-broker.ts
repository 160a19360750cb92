// The broker of a fire drill: a practice E*TRADE without an address of its own, whose memory is the drill's record. So it is
// the same one for every process and every instance: the one that rang, the one that shows its page, the one that is called.
import { randomBytes } from "node:crypto";
import type { Account, ConnectionIdentity } from "./domain/connection.ts";
import { type Drill, drillConnectionId } from "./domain/drill.ts";
import { etradePolicy } from "./domain/provider-policy.ts";
import { Secret } from "./domain/secret.ts";
import type { Clock, DrillBroker, Leases, RecordStore } from "./ports.ts";
import { accountsOf } from "./practice/canned-accounts.ts";
import { practiceKeys, practiceUrls } from "./practice/practice-keys.ts";
import { createEtrade } from "./providers/etrade.ts";

export interface OpenDrillBroker extends DrillBroker {
  /** What the drill's login page answers; null where no such drill runs. */
  page(drillId: string, request: Request): Promise<Response | null>;
}

const identity: ConnectionIdentity = { id: drillConnectionId, provider: "etrade", environment: "sandbox" };
/** Never looked up: the calls are answered here. */
const base = "http://drill.invalid";
const banner = "Prebell fire drill — not a broker";
/** Each call is some milliseconds of work, and a write. */
const aFewCalls = Temporal.Duration.from({ seconds: 5 });
const writeTries = 5;

export function openDrillBroker(around: {
  readonly records: RecordStore;
  readonly leases: Leases;
  readonly clock: Clock;
  /** Where people open the page: the drill's login is under the same address. */
  readonly pageUrl: string;
}): OpenDrillBroker {
  const { records, leases, clock, pageUrl } = around;

  async function running(): Promise<Drill | null> {
    const [newest] = await records.drills(1);
    return newest?.state === "running" ? newest : null;
  }

  /** One call after the other, each with the memory that the one before it left. */
  async function answer(request: Request): Promise<Response> {
    const release = await leases.acquire("drill-broker", clock(), aFewCalls);
    if (release === null) return new Response(null, { status: 503 });
    try {
      const drill = await running();
      return drill === null ? new Response(null, { status: 410 }) : await answerFor(drill, request);
    } finally {
      await release();
    }
  }

  async function answerFor(drill: Drill, request: Request): Promise<Response> {
    // Loaded only where it is needed, like the practice brokers.
    const [{ createPracticeApp }, { createPracticeClock }, { recordsFromText, recordsToText }, { emptyRecords }] =
      await Promise.all([
        import("./practice/practice-app.ts"),
        import("./practice/practice-clock.ts"),
        import("./practice/practice-state.ts"),
        import("./practice/practice-records.ts"),
      ]);
    const memory = drill.brokerState === null ? emptyRecords() : recordsFromText(drill.brokerState);
    const app = createPracticeApp({
      clock: createPracticeClock(clock),
      state: { records: memory, restored: false, save() {} },
      options: { banner },
    });
    const response = await app.fetch(request);
    await remember(drill.id, recordsToText(memory));
    return response;
  }

  async function remember(drillId: string, brokerState: string): Promise<void> {
    for (let attempt = 1; attempt <= writeTries; attempt += 1) {
      // Read again: a tap on "I'm on it" writes the same record, without the lease.
      // oxlint-disable-next-line no-await-in-loop -- each try is made from the newest
      const drill = await running();
      if (drill?.id !== drillId) return;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if ((await records.commit({ drill: { ...drill, brokerState } })) === "committed") return;
    }
    throw new Error("The drill's record kept changing.");
  }

  const urls = practiceUrls(base);
  const etrade = createEtrade({
    identity,
    // No drill lasts so long that its token could die in it.
    policy: etradePolicy(2),
    ceremony: "verifier",
    consumerKey: new Secret(practiceKeys.sandbox.consumerKey),
    consumerSecret: new Secret(practiceKeys.sandbox.consumerSecret),
    oauthUrl: urls.oauthUrl,
    authorizeUrl: urls.authorizeUrl,
    apiUrl: urls.sandboxApiUrl,
    clock,
    nonce: () => randomBytes(16).toString("hex"),
    fetch: (url, init) => answer(new Request(url, init)),
  });
  return {
    accounts: accountsOf("sandbox", "yourself").map(({ accountId, accountIdKey, accountDesc }): Account => ({
      accountId,
      accountIdKey,
      description: accountDesc,
    })),
    provider: {
      ...etrade,
      async beginAuthorization() {
        const drill = await running();
        const begun = await etrade.beginAuthorization();
        if (!begun.ok || drill === null) return begun;
        const { search } = new URL(begun.value.authorizeUrl);
        return { ...begun, value: { ...begun.value, authorizeUrl: `${pageUrl}/drill/${drill.id}${search}` } };
      },
      readClock: async () => clock(),
    },
    async page(drillId, request) {
      if ((await running())?.id !== drillId) return null;
      const { search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "POST" ? await request.arrayBuffer() : null;
      const type = headers.get("content-type");
      return answer(
        new Request(`${urls.authorizeUrl}${search}`, {
          method,
          body,
          headers: type === null ? {} : { "content-type": type },
        }),
      );
    },
  };
}
