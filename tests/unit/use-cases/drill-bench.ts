// A workbench with the fire drill's own broker in it: the real one, over the stores in memory.
import { openDrillBroker, type OpenDrillBroker } from "../../../server/drill-broker.ts";
import { besideDrillTokens } from "../../../server/drill-tokens.ts";
import { liveProviders } from "../../../server/live-providers.ts";
import { messageFor } from "../../../server/bot/messages.ts";
import type { Person } from "../../../server/domain/person.ts";
import type { ChatMessage } from "../../../server/ports.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { readDrills } from "../../../server/use-cases/read-drills.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";
import { aPerson, at } from "../../support/builders.ts";
import { inMemoryStores, type Stores } from "../../support/fakes.ts";
import { aWorkbench, pageOrigin, type Workbench } from "./workbench.ts";

/** Tuesday, 16:30 in New York: nothing real is asked for. */
export const evening = at("2026-03-10T20:30:00Z");

export interface DrillBench {
  readonly bench: Workbench;
  readonly deps: Dependencies;
  readonly broker: OpenDrillBroker;
  /** What stands in the chat: sent, and changed since. */
  readonly chat: { reference: string; message: ChatMessage }[];
  /** Lets so much time pass, and the clockwork run. */
  later(span: Temporal.DurationLike): Promise<void>;
  tick(): Promise<void>;
  /** Taps Renew, presses Accept at the drill's page, and brings the code back. */
  renew(): Promise<string>;
  newest(): ReturnType<typeof newestOf>;
}

const newestOf = async (deps: Dependencies) => {
  const [drill] = await readDrills(deps, "owner");
  if (drill === undefined) throw new Error("There is no drill.");
  return drill;
};

/** Two over the same stores are two instances. */
export function aDrillBench(
  people: readonly Person[] = [aPerson({ chatId: "7" })],
  stores: Stores = inMemoryStores(people),
): DrillBench {
  const bench = aWorkbench({ stores });
  bench.now = evening;
  const { log, clock } = bench.deps;
  const broker = openDrillBroker({ records: stores.records, leases: stores.leases, clock, pageUrl: pageOrigin });
  const live = liveProviders({
    configured: [bench.provider()],
    records: stores.records,
    keys: stores.brokerKeys,
    brokerFor: bench.deps.brokerFor,
    drill: broker.provider,
    clock,
    log,
  });
  const chat: DrillBench["chat"] = [];
  const deps: Dependencies = {
    ...bench.deps,
    records: live.records,
    providers: live.providers,
    drillBroker: broker,
    tokens: besideDrillTokens(stores.tokens, live.records),
    wording: (notice, context) => messageFor(notice, context, pageOrigin),
    notifierFor: () => ({
      channel: "telegram",
      async send(message) {
        const outage = bench.outages.send.shift();
        if (outage !== undefined) throw outage;
        chat.push({ reference: String(chat.length), message });
        return String(chat.length - 1);
      },
      async edit(reference, message) {
        const found = chat.find((each) => each.reference === reference);
        if (found !== undefined) found.message = message;
      },
      check: async () => "It works.",
    }),
  };
  const tick = async () => void (await runTick(deps));
  return {
    bench,
    deps,
    broker,
    chat,
    tick,
    async later(span) {
      bench.now = bench.now.add(span);
      await tick();
    },
    async renew() {
      const who = { connectionId: "drill", sessionId: "session-1", personId: "owner" };
      await deps.records.connections();
      const started = await createStartAuthorization()(deps, { ...who, restart: false });
      if (started.outcome === "refused") return started.code;
      const verifier = await accept(broker, started.pending.authorizeUrl);
      const done = await completeAuthorization(deps, { ...who, answer: { verifier } });
      return done.outcome === "refused" ? done.code : done.outcome;
    },
    newest: () => newestOf(deps),
  };
}

/** As the person's browser does: opens the page, presses Accept, reads the code. */
export async function accept(broker: OpenDrillBroker, authorizeUrl: string): Promise<string> {
  const url = new URL(authorizeUrl);
  const id = url.pathname.split("/").at(-1) ?? "";
  const shown = await broker.page(id, new Request(url));
  if (shown?.status !== 200) throw new Error(`The drill's page answered ${shown?.status}.`);
  const body = new URLSearchParams([...url.searchParams, ["decision", "accept"]]);
  const accepted = await broker.page(id, new Request(url, { method: "POST", body }));
  const code = /<code id="code">([A-Z0-9]+)</.exec((await accepted?.text()) ?? "")?.[1];
  if (code === undefined) throw new Error("The drill's page showed no code.");
  return code;
}
