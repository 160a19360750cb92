import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallbackData, callbackData, parseCallbackData } from "../../../server/bot/callback-data.ts";

const id = fc.stringMatching(/^[\w-]{1,48}$/);
const day = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const data: fc.Arbitrary<CallbackData> = fc.oneof(
  fc.record({ kind: fc.constant("acknowledge" as const), tradingDay: day }),
  fc.record({ kind: fc.constant("snooze" as const), minutes: fc.integer({ min: 1, max: 1440 }), tradingDay: day }),
  fc.record({ kind: fc.constant("renew" as const), connection: id }),
  fc.record({ kind: fc.constant("cancel" as const), id }),
  fc.record({ kind: fc.constant("match" as const), id, number: fc.integer({ min: 10, max: 99 }) }),
);
/** Near misses rather than noise: the words, the separators, and what fits between them. */
const forged = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(fc.constantFrom("ack", "snooze", "renew", "cancel", "match", ":", "15", "2026-06-10"), fc.string()))
    .map((pieces) => pieces.join("")),
  fc.tuple(data, fc.nat(), fc.string()).map(([real, at, noise]) => {
    const text = callbackData(real);
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + noise + text.slice(cut);
  }),
);

describe("what a button carries", () => {
  it("comes back as it was, in at most 64 bytes", () => {
    fc.assert(
      fc.property(data, (wish) => {
        const text = callbackData(wish);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64);
        expect(parseCallbackData(text)).toEqual(wish);
      }),
    );
  });

  it.each<[string, CallbackData]>([
    ["ack:2026-11-20", { kind: "acknowledge", tradingDay: "2026-11-20" }],
    ["snooze:15:2026-11-20", { kind: "snooze", minutes: 15, tradingDay: "2026-11-20" }],
    ["renew:etrade-prod", { kind: "renew", connection: "etrade-prod" }],
    ["cancel:x3P-_9", { kind: "cancel", id: "x3P-_9" }],
    ["match:x3P-_9:47", { kind: "match", id: "x3P-_9", number: 47 }],
  ])("%s", (text, wish) => {
    expect([callbackData(wish), parseCallbackData(text)]).toEqual([text, wish]);
  });

  it.each<CallbackData>([
    { kind: "renew", connection: "" },
    { kind: "renew", connection: "a:b" },
    { kind: "cancel", id: "x".repeat(49) },
    { kind: "match", id: "x", number: 7 },
    { kind: "snooze", minutes: 1441, tradingDay: "2026-11-20" },
    { kind: "acknowledge", tradingDay: "2026-02-30" },
  ])("can't be %j", (wish) => {
    expect(() => callbackData(wish)).toThrow("No button can carry");
  });
});

describe("what a manipulated client sends", () => {
  it("is either unknown or exactly what a button of ours could have sent", () => {
    fc.assert(
      fc.property(forged, (text) => {
        const parsed = parseCallbackData(text);
        if (parsed.kind !== "unknown") expect(callbackData(parsed)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "",
    "ack",
    "ack:",
    "ack:2026-11-20:",
    "ACK:2026-11-20",
    "ack:2026-13-01",
    "snooze:015:2026-11-20",
    "snooze:-5:2026-11-20",
    "snooze:1e3:2026-11-20",
    "renew:etrade-prod ",
    "renew:../../x",
    "match:x:47:1",
    "match:x:٤٧",
    "__proto__:x",
    "unknown",
  ])("%j is unknown", (text) => {
    expect(parseCallbackData(text)).toEqual({ kind: "unknown" });
  });
});
