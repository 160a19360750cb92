// Use cases with people, several channels each, and the real words: channels in memory that fail when told to, and remember.
import { messageFor } from "../../../server/bot/messages.ts";
import type { Channel } from "../../../server/domain/channel.ts";
import type { Person } from "../../../server/domain/person.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { type ChatMessage, DeliveryError } from "../../../server/ports.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aPerson, aToken, at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { aWorkbench, identityOf, pin, prod, type Workbench } from "./workbench.ts";

export const slack: Channel = {
  kind: "slack",
  id: "slack",
  webhookUrl: new Secret("https://hooks.slack.com/services/T/B/x"),
};
export const email: Channel = { kind: "email", id: "email", address: "anna@example.com" };

export interface Shown {
  readonly reference: string;
  readonly at: Temporal.Instant;
  message: ChatMessage;
  edits: number;
}

/** What one channel has of what was sent there. */
export interface ChannelMemory {
  /** Everything that came, in order, as it came. */
  readonly came: { readonly at: Temporal.Instant; readonly message: ChatMessage }[];
  /** What stands there now, where the channel keeps it. */
  readonly stands: Map<string, Shown>;
  /** What the next calls meet; "lost": done, but the answer never came. */
  readonly next: (DeliveryError | "lost" | null)[];
  /** When it took something and its answer was lost. */
  readonly lost: Temporal.Instant[];
  /** What every call meets until it is taken away. */
  trouble: DeliveryError | null;
}

export const down = () => new DeliveryError("The channel is down.");
export const gone = () => new DeliveryError("Blocked. Open the bot and press Start.", { permanent: true });

export interface ToldBench extends Workbench {
  readonly deps: Dependencies;
  channel(id: string): ChannelMemory;
  /** One tick at that moment. */
  tickAt(instant: Temporal.Instant): Promise<void>;
}

/** Everybody's dead connection on Tuesday 10 March 2026; their chat is the channel "telegram-<chat>". */
export async function aToldBench(
  options: {
    readonly people?: readonly Person[];
    readonly sharedWith?: readonly string[];
    readonly ids?: readonly string[];
    /** Of the login, which dies with its day. */
    readonly issuedAt?: Temporal.Instant;
  } = {},
): Promise<ToldBench> {
  const { people = [aPerson({ chatId: "1" })], sharedWith = [], ids = [prod] } = options;
  const bench = aWorkbench({ ids, stores: inMemoryStores(people) });
  const { issuedAt = at("2026-03-09T12:30:00Z") } = options;
  const token = aToken({ startedAt: issuedAt, issuedAt, verifiedAt: issuedAt, storedAt: issuedAt });
  for (const id of ids) {
    const fingerprint = pin.fingerprint.replace("prod", identityOf(id).environment);
    // oxlint-disable-next-line no-await-in-loop -- a fixture
    await bench.have({
      ...aConnection({
        token,
        pin: { ...pin, fingerprint },
        sharedWith,
        lastSuccess: { at: issuedAt, call: "accounts-list" },
      }),
      ...identityOf(id),
    });
  }
  const channels = new Map<string, ChannelMemory>();
  let count = 0;
  const memory = (id: string): ChannelMemory => {
    const known = channels.get(id) ?? { came: [], stands: new Map(), next: [], lost: [], trouble: null };
    channels.set(id, known);
    return known;
  };
  /** Carries the call out unless something stands in its way. */
  function call<T>(channel: ChannelMemory, work: () => T): T {
    const meets = channel.next.shift() ?? channel.trouble;
    if (meets instanceof DeliveryError) throw meets;
    const result = work();
    if (meets !== "lost") return result;
    channel.lost.push(bench.now);
    throw new DeliveryError("The answer was lost.");
  }
  const deps: Dependencies = {
    ...bench.deps,
    wording: (notice, context) => messageFor(notice, context, "https://prebell.example"),
    notifierFor: (address) => {
      const channel = memory(address.kind === "telegram" ? `telegram-${address.chatId}` : address.id);
      const send = async (message: ChatMessage) =>
        call(channel, () => {
          const reference = `${(count += 1)}`;
          channel.came.push({ at: bench.now, message });
          channel.stands.set(reference, { reference, at: bench.now, message, edits: 0 });
          return address.kind === "telegram" ? reference : null;
        });
      const basic = { channel: address.kind, send, check: async () => "It works." };
      if (address.kind !== "telegram") return basic;
      return {
        ...basic,
        edit: async (reference, message) =>
          call(channel, () => {
            const shown = channel.stands.get(reference);
            if (shown === undefined) throw new DeliveryError("The message is gone.", { permanent: true });
            shown.message = message;
            shown.edits += 1;
          }),
        remove: async (reference) => call(channel, () => void channel.stands.delete(reference)),
      };
    },
  };
  return Object.assign(bench, {
    deps,
    channel: memory,
    async tickAt(instant: Temporal.Instant) {
      bench.now = instant;
      await runTick(deps);
    },
  });
}
