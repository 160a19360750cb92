import { beforeEach, describe, expect, it } from "vitest";
import { maxPasskeys } from "../../../server/domain/passkey.ts";
import { beginEnrolment, finishEnrolment } from "../../../server/use-cases/enrol-passkey.ts";
import { forgetPasskeys } from "../../../server/use-cases/forget-passkeys.ts";
import { beginProof, finishProof } from "../../../server/use-cases/prove-presence.ts";
import { releaseLock } from "../../../server/use-cases/release-lock.ts";
import { removePasskey } from "../../../server/use-cases/remove-passkey.ts";
import { renamePasskey } from "../../../server/use-cases/rename-passkey.ts";
import { beginPasskeySignIn, finishPasskeySignIn } from "../../../server/use-cases/sign-in-by-passkey.ts";
import { findSession, type SignedIn } from "../../../server/use-cases/sign-in.ts";
import { aPerson } from "../../support/builders.ts";
import { createSoftPasskey, type SoftPasskey } from "../../support/soft-passkey.ts";
import { aPasskeyBench, assertedOf, createdOf, type PasskeyBench } from "./passkey-bench.ts";
import { pageOrigin } from "./workbench.ts";

const wish = { name: null, device: null };
const notGenuine = { outcome: "refused", reason: "not-genuine" };

let bench: PasskeyBench;
beforeEach(async () => {
  bench = await aPasskeyBench([aPerson(), aPerson({ id: "anna", name: "Anna", role: "renewer" })]);
});

describe("adding a passkey", () => {
  it("keeps it under the name of its device, and tells two of them apart", async () => {
    await bench.enrolled();
    await bench.enrolled();
    expect((await bench.person()).passkeys).toMatchObject([
      { name: "Chrome on Android", transports: ["internal"], backedUp: true, createdAt: bench.now, lastUsedAt: null },
      { name: "Chrome on Android 2" },
    ]);
    expect(await bench.journalled("passkey-added")).toEqual([
      "Owner added the passkey “Chrome on Android 2”.",
      "Owner added the passkey “Chrome on Android”.",
    ]);
  });

  it("asks for a resident key that verifies its person, and not for those there are", async () => {
    const passkey = await bench.enrolled();
    const options = await beginEnrolment(bench.deps, await bench.signInByLink());
    expect(options).toMatchObject({
      rp: { id: "localhost" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [{ id: passkey.id }],
    });
    expect(options.user.id).not.toContain(Buffer.from("owner").toString("base64url"));
    expect(() => passkey.register(options)).toThrow("InvalidStateError");
  });

  it.each([
    ["whose person was not verified", { userVerified: false }],
    ["made on another site", { origin: "https://prebell.example" }],
    ["made for another domain", { rpId: "prebell.example" }],
  ])("refuses one %s", async (_what, deviation) => {
    const passkey = createSoftPasskey(pageOrigin);
    expect(await bench.enrol(await bench.signInByLink(), passkey, deviation)).toEqual(notGenuine);
    expect((await bench.person()).passkeys).toEqual([]);
  });

  it("refuses one that answers late, twice, in another session, or to a challenge for something else", async () => {
    const mine = await bench.signInByLink();
    const other = await bench.signInByLink();
    const passkey = createSoftPasskey(pageOrigin);
    const created = async () => createdOf(passkey.register(await beginEnrolment(bench.deps, mine)));
    expect(await finishEnrolment(bench.deps, other, await created(), wish)).toEqual(notGenuine);

    const late = await created();
    bench.now = bench.now.add({ minutes: 2 });
    expect(await finishEnrolment(bench.deps, mine, late, wish)).toEqual(notGenuine);

    const { challenge } = await beginPasskeySignIn(bench.deps);
    const elsewhere = createdOf(passkey.register(await beginEnrolment(bench.deps, mine), { challenge }));
    expect(await finishEnrolment(bench.deps, mine, elsewhere, wish)).toEqual(notGenuine);

    const once = await created();
    expect(await finishEnrolment(bench.deps, mine, once, wish)).toMatchObject({ outcome: "enrolled" });
    expect(await finishEnrolment(bench.deps, mine, once, wish)).toEqual(notGenuine);
    expect((await bench.person()).passkeys).toHaveLength(1);
  });

  it("refuses one that somebody has already, and more than anybody has devices", async () => {
    const owner = await bench.signInByLink();
    await bench.change({ passkeys: [aPasskey("known")] }, "anna");
    const passkey = createSoftPasskey(pageOrigin);
    const created = createdOf(passkey.register(await beginEnrolment(bench.deps, owner)));
    await bench.change({ passkeys: [aPasskey(passkey.id)] }, "anna");
    expect(await finishEnrolment(bench.deps, owner, created, wish)).toMatchObject({ reason: "taken" });

    await bench.change({ passkeys: Array.from({ length: maxPasskeys }, (_, index) => aPasskey(`key ${index}`)) });
    expect(await bench.enrol(owner, createSoftPasskey(pageOrigin))).toMatchObject({ reason: "too-many" });
  });
});

describe("proving presence", () => {
  let passkey: SoftPasskey;
  let signedIn: SignedIn;
  beforeEach(async () => {
    passkey = await bench.enrolled();
    signedIn = await bench.signInByLink();
  });

  it("makes the session freshly proven under another secret", async () => {
    const secret = await finishProof(bench.deps, signedIn, await answer(signedIn));
    expect((await bench.session(secret?.reveal() ?? null)).session).toMatchObject({
      id: signedIn.session.id,
      door: "link",
      provenAt: bench.now,
    });
  });

  it("asks for that person's own passkeys, and for nothing where they have none", async () => {
    expect((await beginProof(bench.deps, signedIn))?.allowCredentials).toMatchObject([{ id: passkey.id }]);
    expect(await beginProof(bench.deps, await bench.signInByLink("anna"))).toBeNull();
  });

  it("refuses another session's answer, and one that was meant for signing in", async () => {
    const other = await bench.signInByLink();
    expect(await finishProof(bench.deps, other, await answer(signedIn))).toBeNull();
    const forSignIn = assertedOf(passkey.assert(await beginPasskeySignIn(bench.deps)));
    expect(await finishProof(bench.deps, signedIn, forSignIn)).toBeNull();
  });

  it("has a challenge that creates no passkey", async () => {
    const { challenge } = (await beginProof(bench.deps, signedIn)) ?? { challenge: "" };
    const options = await beginEnrolment(bench.deps, signedIn);
    const created = createdOf(createSoftPasskey(pageOrigin).register(options, { challenge }));
    expect(await finishEnrolment(bench.deps, signedIn, created, wish)).toEqual(notGenuine);
  });

  it("can't be turned into a sign-in", async () => {
    expect(await finishPasskeySignIn(bench.deps, await answer(signedIn))).toBeNull();
  });

  it("refuses somebody else's passkey", async () => {
    const annas = await bench.enrolled("anna");
    const options = await beginProof(bench.deps, signedIn);
    if (options === null) throw new Error("Nothing was asked.");
    const asserted = assertedOf(annas.assert({ ...options, allowCredentials: [] }));
    expect(await finishProof(bench.deps, signedIn, asserted)).toBeNull();
    expect(bench.refusals()).toEqual(["wrong-person"]);
  });

  async function answer(by: SignedIn) {
    const options = await beginProof(bench.deps, by);
    if (options === null) throw new Error("Nothing was asked.");
    return assertedOf(passkey.assert(options));
  }
});

describe("passkeys there are", () => {
  it("get another name, if they are one's own", async () => {
    const passkey = await bench.enrolled();
    expect(await renamePasskey(bench.deps, "owner", passkey.id, "The blue phone")).toMatchObject({
      name: "The blue phone",
    });
    expect(await renamePasskey(bench.deps, "anna", passkey.id, "Mine now")).toBeNull();
    expect(await bench.journalled("passkey-renamed")).toEqual([
      "Owner called the passkey “Chrome on Android” “The blue phone”.",
    ]);
  });

  it("open nothing once removed, and what they signed in ends with them; who removed one stays signed in", async () => {
    const [lost, kept] = [await bench.enrolled(), await bench.enrolled()];
    const thief = await bench.signIn(lost);
    bench.now = bench.now.add({ minutes: 1 });
    const mine = await bench.session(await bench.signIn(kept));
    const removal = await removePasskey(bench.deps, mine, lost.id);
    if (removal.outcome !== "removed") throw new Error("It was not removed.");
    expect(removal.left).toBe(1);
    expect((await bench.session(removal.secret.reveal())).session).toMatchObject({
      id: mine.session.id,
      expiresAt: mine.session.expiresAt,
    });
    expect(await findSession(bench.deps, thief ?? "")).toBeNull();
    expect(await bench.signIn(lost)).toBeNull();
    expect(await bench.journalled("passkey-removed")).toHaveLength(1);
  });

  it("are removed by whom they belong to and nobody else", async () => {
    const passkey = await bench.enrolled();
    expect(await removePasskey(bench.deps, await bench.signInByLink("anna"), passkey.id)).toEqual({
      outcome: "unknown",
    });
    expect((await bench.person()).passkeys).toHaveLength(1);
  });
});

describe("losing every device", () => {
  it("is mended at the terminal: all passkeys are forgotten, and the next link adds the first one anew", async () => {
    const lost = await bench.enrolled();
    const thief = await bench.signIn(lost);
    bench.now = bench.now.add({ minutes: 1 });
    expect(await forgetPasskeys(bench.deps, "owner")).toEqual({ outcome: "forgotten" });
    expect(await bench.signIn(lost)).toBeNull();
    expect(await findSession(bench.deps, thief ?? "")).toBeNull();
    bench.now = bench.now.add({ minutes: 1 });
    expect(await bench.signIn(await bench.enrolled())).not.toBeNull();
    expect((await bench.person("anna")).passkeys).toEqual([]);
    expect(await forgetPasskeys(bench.deps, "nobody")).toMatchObject({ code: "unknown-person" });
  });
});

describe("unlocking", () => {
  it("lets renewals happen again, and is journalled once", async () => {
    await bench.change({ lockedAt: bench.now });
    expect(await releaseLock(bench.deps, "owner")).toBe(true);
    expect(await releaseLock(bench.deps, "owner")).toBe(false);
    expect((await bench.person()).lockedAt).toBeNull();
    expect(await bench.journalled("unlocked")).toEqual(["Owner unlocked with a passkey; renewals are possible again."]);
  });
});

function aPasskey(id: string) {
  const facts = { publicKey: "cose", counter: 0, transports: [], backedUp: false, name: id, lastUsedAt: null };
  return { id, ...facts, createdAt: bench.now };
}
