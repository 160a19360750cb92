import { describe, expect, it } from "vitest";
import { actingAs } from "../../../server/use-cases/acting-as.ts";
import { keepAliveConnection } from "../../../server/use-cases/keep-alive-connection.ts";
import { chatPersonOf } from "../../../server/bot/chat-person.ts";
import { unpinAccounts } from "../../../server/use-cases/unpin-accounts.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { aWorkbench, prod } from "./workbench.ts";

const newest = async ({ stores }: ReturnType<typeof aWorkbench>) => (await stores.records.journal(1))[0]?.by;

describe("the journal", () => {
  it("has what is asked for in a chat in the name of the person whose chat it is", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection());
    await bench.deps.records.commit({
      person: aPerson({ id: "gone", name: "Gone", chatId: "7", removedAt: bench.now }),
    });
    await bench.deps.records.commit({ person: aPerson({ id: "anna", name: "Anna", chatId: "7" }) });
    await bench.deps.records.commit({ connection: { ...(await bench.connection()), sharedWith: ["anna"] } });
    const anna = await chatPersonOf(bench.deps, { chatId: "7", firstName: "Anna" });
    if (anna !== null) await keepAliveConnection(anna.deps, prod, { force: true });
    expect(await newest(bench)).toEqual({ personId: "anna", name: "Anna", door: "chat" });
    expect(await chatPersonOf(bench.deps, { chatId: "8", firstName: "Sam" })).toBeNull();
  });

  it("names nobody for what Prebell does by itself", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection());
    await keepAliveConnection(bench.deps, prod, { force: true });
    expect(await newest(bench)).toBeUndefined();
  });

  it("keeps the first name where one acts within what another does", async () => {
    const bench = aWorkbench();
    const anna = { personId: "anna", name: "Anna", door: "passkey" } as const;
    await unpinAccounts(actingAs(actingAs(bench.deps, { ...anna, name: "somebody else" }), anna), prod);
    expect(await newest(bench)).toEqual(anna);
  });
});
