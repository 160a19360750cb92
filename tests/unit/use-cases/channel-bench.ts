// A workbench whose channels can be broken one by one and remember what was sent by each.
import type { Channel } from "../../../server/domain/channel.ts";
import type { Person } from "../../../server/domain/person.ts";
import type { ChatMessage } from "../../../server/ports.ts";
import { aPerson } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { aWorkbench, type Workbench } from "./workbench.ts";

export const mail: Channel = { kind: "email", id: "mail", address: "owner@example.com" };
export const second: Channel = { kind: "email", id: "second", address: "second@example.com" };
export const chat = { kind: "telegram", id: "telegram", chatId: "7654321" } as const satisfies Channel;

export interface ChannelBench extends Workbench {
  /** By channel id: what both a look and a message meet there from now on. */
  readonly broken: Map<string, Error>;
  /** "id: text", oldest first. */
  readonly told: string[];
  /** Ids, oldest first. */
  readonly looked: string[];
  person(id?: string): Promise<Person>;
}

export function aChannelBench(
  people: readonly Person[] = [aPerson({ chatId: chat.chatId, channels: [mail] })],
): ChannelBench {
  const bench = aWorkbench({ stores: inMemoryStores(people) });
  const broken = new Map<string, Error>();
  const told: string[] = [];
  const looked: string[] = [];
  const meet = (id: string) => {
    const error = broken.get(id);
    if (error !== undefined) throw error;
  };
  const deps = {
    ...bench.deps,
    notifierFor: ({ kind, id }: Channel) => ({
      channel: kind,
      async send({ text }: ChatMessage) {
        meet(id);
        told.push(`${id}: ${text}`);
        return null;
      },
      async check() {
        looked.push(id);
        meet(id);
        return "It works.";
      },
    }),
  };
  return Object.assign(bench, {
    deps,
    broken,
    told,
    looked,
    async person(id = "owner") {
      const found = (await bench.stores.records.people()).find((each) => each.id === id);
      if (found === undefined) throw new Error(`There is no ${id}.`);
      return found;
    },
  });
}
