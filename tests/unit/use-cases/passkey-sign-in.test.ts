import { beforeEach, describe, expect, it } from "vitest";
import { isLocked } from "../../../server/domain/access.ts";
import { beginPasskeySignIn, finishPasskeySignIn } from "../../../server/use-cases/sign-in-by-passkey.ts";
import { findSession } from "../../../server/use-cases/sign-in.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import { createSoftPasskey } from "../../support/soft-passkey.ts";
import { aPasskeyBench, assertedOf, type PasskeyBench } from "./passkey-bench.ts";
import { pageOrigin } from "./workbench.ts";

let bench: PasskeyBench;
beforeEach(async () => {
  bench = await aPasskeyBench([aPerson(), aPerson({ id: "anna", name: "Anna", role: "renewer" })]);
});

describe("signing in by passkey", () => {
  it("opens a session that is proven from its first instant, to whom the passkey belongs", async () => {
    await bench.enrolled();
    const anna = await bench.enrolled("anna");
    const { person, session } = await bench.session(await bench.signIn(anna));
    expect(person.name).toBe("Anna");
    expect(session).toMatchObject({ door: "passkey", onlyFor: null, provenAt: bench.now });
    expect((await bench.journalled("signed-in"))[0]).toBe("Anna signed in with a passkey.");
  });

  it("notes the last use, and the counter of authenticators that count", async () => {
    const passkey = createSoftPasskey(pageOrigin);
    passkey.counter = 7;
    await bench.enrol(await bench.signInByLink(), passkey);
    bench.now = bench.now.add({ hours: 1 });
    expect(await bench.signIn(passkey)).not.toBeNull();
    expect((await bench.person()).passkeys).toMatchObject([{ counter: 8, lastUsedAt: bench.now }]);
  });

  it("takes a passkey that never counts again and again", async () => {
    const passkey = await bench.enrolled();
    expect(await bench.signIn(passkey)).not.toBeNull();
    expect(await bench.signIn(passkey)).not.toBeNull();
    expect((await bench.person()).passkeys).toMatchObject([{ counter: 0, backedUp: true }]);
  });

  it("refuses a counter that went back, says so once in the journal, and keeps the higher one", async () => {
    const passkey = createSoftPasskey(pageOrigin);
    passkey.counter = 7;
    await bench.enrol(await bench.signInByLink(), passkey);
    await bench.signIn(passkey);
    passkey.counter = 6;
    expect(await bench.signIn(passkey)).toBeNull();
    passkey.counter = null;
    expect(await bench.signIn(passkey)).toBeNull();
    expect(bench.refusals()).toEqual(["copied-passkey", "copied-passkey"]);
    expect(await bench.journalled("sign-in-refused")).toEqual([expect.stringContaining("somebody may have a copy")]);
    expect((await bench.person()).passkeys).toMatchObject([{ counter: 8 }]);
  });

  it("takes one of two answers that count the same", async () => {
    const passkey = createSoftPasskey(pageOrigin);
    passkey.counter = 7;
    await bench.enrol(await bench.signInByLink(), passkey);
    const answer = async () => {
      passkey.counter = 7;
      return assertedOf(passkey.assert(await beginPasskeySignIn(bench.deps)));
    };
    const answers = [await answer(), await answer()];
    const secrets = await Promise.all(answers.map((each) => finishPasskeySignIn(bench.deps, each)));
    expect(secrets.filter((secret) => secret !== null)).toHaveLength(1);
  });

  it("refuses an answer that was given already", async () => {
    const passkey = await bench.enrolled();
    const answer = assertedOf(passkey.assert(await beginPasskeySignIn(bench.deps)));
    expect(await finishPasskeySignIn(bench.deps, answer)).not.toBeNull();
    expect(await finishPasskeySignIn(bench.deps, answer)).toBeNull();
  });

  it("refuses an answer after two minutes", async () => {
    const passkey = await bench.enrolled();
    const answer = assertedOf(passkey.assert(await beginPasskeySignIn(bench.deps)));
    bench.now = bench.now.add({ minutes: 2 });
    expect(await finishPasskeySignIn(bench.deps, answer)).toBeNull();
  });

  it.each([
    ["whose person was not verified", { userVerified: false }],
    ["made on another site", { origin: "https://prebell.example" }],
    ["made on another port of this machine", { origin: "http://localhost:9090" }],
    ["made for another domain", { rpId: "prebell.example" }],
    ["to a challenge that nobody gave", { challenge: "Z3Vlc3NlZA" }],
    ["in another person's name", { userHandle: "YW5uYQ" }],
  ])("refuses an answer %s", async (_what, deviation) => {
    const passkey = await bench.enrolled();
    expect(await bench.signIn(passkey, deviation)).toBeNull();
    expect(bench.refusals()).toHaveLength(1);
    expect((await bench.person()).passkeys).toMatchObject([{ lastUsedAt: null }]);
  });

  it("refuses a signature by another key under a known id", async () => {
    const passkey = await bench.enrolled();
    const stranger = createSoftPasskey(pageOrigin);
    await bench.enrol(await bench.signInByLink("anna"), stranger);
    const answer = assertedOf(stranger.assert(await beginPasskeySignIn(bench.deps)));
    const forged = { ...answer, id: passkey.id, rawId: passkey.id, userHandle: null };
    expect(await finishPasskeySignIn(bench.deps, forged)).toBeNull();
  });

  it("refuses a passkey that is nobody's, or of somebody who was removed", async () => {
    const passkey = await bench.enrolled("anna");
    await bench.change({ removedAt: bench.now }, "anna");
    expect(await bench.signIn(passkey)).toBeNull();
    expect(bench.refusals()).toEqual(["unknown-passkey"]);
  });

  it("answers words instead of a passkey as it answers any other refusal", async () => {
    const passkey = await bench.enrolled();
    const answer = assertedOf(passkey.assert(await beginPasskeySignIn(bench.deps)));
    for (const clientDataJSON of ["", "bm90IGpzb24", "bnVsbA", "eyJjaGFsbGVuZ2UiOjF9"])
      // oxlint-disable-next-line no-await-in-loop
      expect(await finishPasskeySignIn(bench.deps, { ...answer, clientDataJSON })).toBeNull();
    expect(await finishPasskeySignIn(bench.deps, { ...answer, authenticatorData: "AAAA" })).toBeNull();
  });

  it("lets in whoever locked everything, who still can't renew", async () => {
    const passkey = await bench.enrolled();
    bench.now = bench.now.add({ seconds: 1 });
    await bench.change({ lockedAt: bench.now, sessionsEndedAt: bench.now });
    bench.now = bench.now.add({ seconds: 1 });
    const cookie = await bench.signIn(passkey);
    expect(await findSession(bench.deps, cookie ?? "")).not.toBeNull();
    expect(isLocked(await bench.stores.records.people(), aConnection(), "owner")).toBe(true);
  });
});
