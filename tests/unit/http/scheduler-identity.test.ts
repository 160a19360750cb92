import { beforeEach, describe, expect, it } from "vitest";
import { schedulerVerifier, type VerifyScheduler } from "../../../server/http/scheduler-identity.ts";
import {
  type Scheduler,
  startScheduler,
  tampered,
  type TokenOverrides,
  withoutSignature,
} from "../../support/scheduler.ts";

const audience = "https://prebell-cron.example.com";
const serviceAccount = "scheduler@a-project.iam.gserviceaccount.com";

let scheduler: Scheduler;
let verify: VerifyScheduler;
let now: Temporal.Instant;

beforeEach(async () => {
  scheduler = await startScheduler({ audience, serviceAccount });
  now = Temporal.Now.instant();
  verify = schedulerVerifier({ audience, serviceAccount, jwksUrl: scheduler.jwksUrl }, () => now);
});

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

describe("the scheduler's token", () => {
  it("is accepted, under either spelling of Google's name", async () => {
    expect(await verify(scheduler.token())).toBeNull();
    expect(await verify(scheduler.token({ claims: { iss: "accounts.google.com" } }))).toBeNull();
  });

  it("is accepted while the clocks differ by less than a minute, and not for longer", async () => {
    const token = scheduler.token();
    const verdictAt = (offset: number) => {
      now = Temporal.Now.instant().add({ seconds: offset });
      return verify(token);
    };
    expect([await verdictAt(-50), await verdictAt(3600 + 50)]).toEqual([null, null]);
    expect([await verdictAt(-70), await verdictAt(3600 + 70)]).toEqual(["not-yet-valid", "expired"]);
  });
});

describe("any other token is refused:", () => {
  const wrong: readonly (readonly [string, TokenOverrides, string])[] = [
    ["for another service", { claims: { aud: "https://elsewhere.example.com" } }, "audience"],
    ["for our address with a slash more", { claims: { aud: `${audience}/` } }, "audience"],
    ["for us among others", { claims: { aud: [audience, "https://elsewhere.example.com"] } }, "audience"],
    ["for nobody", { claims: { aud: undefined } }, "claim-missing"],
    ["by another issuer", { claims: { iss: "https://accounts.google.com.evil.example" } }, "issuer"],
    ["of another service account", { claims: { email: "other@a-project.iam.gserviceaccount.com" } }, "other-account"],
    ["without an address", { claims: { email: undefined } }, "claim-missing"],
    ["with an address nobody verified", { claims: { email_verified: false } }, "unverified-email"],
    ["with a verification that is only a word", { claims: { email_verified: "true" } }, "unverified-email"],
    ["that never ends", { claims: { exp: undefined } }, "claim-missing"],
    ["that ended", { claims: { iat: seconds(-3700), exp: seconds(-100) } }, "expired"],
    ["that is older than any of Google's", { claims: { iat: seconds(-7200), exp: seconds(3600) } }, "expired"],
    ["of the future", { claims: { iat: seconds(100), exp: seconds(3700) } }, "not-yet-valid"],
    ["that begins later", { claims: { nbf: seconds(100) } }, "not-yet-valid"],
    ["without a signature", { algorithm: "none" }, "algorithm"],
    ["signed with the public key as a password", { algorithm: "HS256" }, "algorithm"],
    ["signed in another way", { algorithm: "RS512" }, "algorithm"],
    ["signed by somebody else under Google's key id", { strangeKey: true }, "signature"],
    ["signed with a key nobody published", { strangeKey: true, keyId: "unknown" }, "unknown-key"],
  ];
  it.each(wrong)("%s", async (_what, overrides, fault) => {
    expect(await verify(scheduler.token(overrides))).toBe(fault);
  });

  it("one that was altered, or is none", async () => {
    const altered = tampered(scheduler.token({ claims: { email: "other@example.com" } }), { email: serviceAccount });
    expect(await Promise.all([altered, "nonsense", "a.b.c"].map(verify))).toEqual([
      "signature",
      "malformed",
      "malformed",
    ]);
  });

  it("one whose signature Cloud Run took away, under a name of its own", async () => {
    expect(await verify(withoutSignature(scheduler.token()))).toBe("signature-removed");
  });
});

describe("Google's keys", () => {
  it("are fetched once for many calls, and not at all for what can't be right", async () => {
    await verify(scheduler.token({ algorithm: "none" }));
    expect(scheduler.fetches()).toBe(0);
    await Promise.all([verify(scheduler.token()), verify(scheduler.token())]);
    await verify(scheduler.token());
    expect(scheduler.fetches()).toBe(1);
  });

  it("that rotate are believed once they are published", async () => {
    scheduler.rotateKey(true);
    expect(await verify(scheduler.token())).toBeNull();
    scheduler.rotateKey(false);
    expect(await verify(scheduler.token())).toBe("unknown-key");
  });

  it.each([500, "nonsense", "drop"] as const)("that can't be had (%s) say nothing about the token", async (trouble) => {
    scheduler.trouble(trouble);
    expect(await verify(scheduler.token())).toBe("keys-unreachable");
    scheduler.trouble(null);
    expect(await verify(scheduler.token())).toBeNull();
  });
});
