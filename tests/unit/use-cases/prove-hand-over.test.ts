import { beforeEach, describe, expect, it } from "vitest";
import type { RequestOptions } from "../../../server/domain/passkey.ts";
import { lockPerson } from "../../../server/use-cases/lock.ts";
import { beginHandOverProof, finishHandOverProof } from "../../../server/use-cases/prove-hand-over.ts";
import { beginPasskeySignIn } from "../../../server/use-cases/sign-in-by-passkey.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import type { SoftPasskey } from "../../support/soft-passkey.ts";
import { aPasskeyBench, assertedOf, type PasskeyBench } from "./passkey-bench.ts";
import { prod } from "./workbench.ts";

let bench: PasskeyBench;
let passkey: SoftPasskey;
const device = "Safari on iPhone";

beforeEach(async () => {
  bench = await aPasskeyBench([aPerson({ chatId: "111" }), aPerson({ id: "anna", name: "Anna", role: "renewer" })]);
  await bench.have(aConnection({ sharedWith: ["anna"] }));
  passkey = await bench.enrolled();
});

const ask = async (personId = "owner") =>
  beginHandOverProof(bench.deps, { person: await bench.person(personId), connection: await bench.connection() });
/** As a manipulated browser answers: with whatever passkey it likes. */
function answer(options: RequestOptions, by = passkey, connectionId = prod) {
  const asserted = assertedOf(by.assert({ ...options, allowCredentials: [] }));
  return finishHandOverProof(bench.deps, connectionId, asserted, device);
}

describe("a hand-over to somebody with a passkey", () => {
  it("is proven by it: a session for that renewal, freshly proven", async () => {
    const options = await ask();
    expect(options.allowCredentials).toHaveLength(1);
    const entered = await answer(options);
    if (entered === null || entered === "locked") throw new Error("It was refused.");
    expect((await bench.session(entered.cookie.reveal())).session).toMatchObject({
      door: "telegram",
      onlyFor: prod,
      provenAt: bench.now,
    });
    expect(await answer(options)).toBeNull();
  });

  it("is not proven by another person's passkey, nor for another connection", async () => {
    const annas = await bench.enrolled("anna");
    expect(await answer(await ask(), annas)).toBeNull();
    expect(await answer(await ask(), passkey, "etrade-sandbox")).toBeNull();
    expect(await answer(await ask("anna"), passkey)).toBeNull();
    expect((await bench.stores.outbox.messages(1))[0]).toMatchObject({
      to: "owner",
      notice: { kind: "entry", outcome: "wrong-passkey" },
    });
  });

  it("is not proven with the challenge of an ordinary sign-in, nor after two minutes", async () => {
    expect(await answer(await beginPasskeySignIn(bench.deps))).toBeNull();
    const options = await ask();
    bench.now = bench.now.add({ minutes: 2 });
    expect(await answer(options)).toBeNull();
  });

  it("opens nothing while everything is locked", async () => {
    const options = await ask();
    await lockPerson(bench.deps, "owner");
    expect(await answer(options)).toBe("locked");
  });
});
