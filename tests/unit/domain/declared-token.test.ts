import { describe, expect, it } from "vitest";
import { readDeclaredTokens, writeDeclaredToken } from "../../../server/domain/declared-token.ts";

const [first, second, third] = ["a", "b", "c"].map((digit) => digit.repeat(64));
const secret = `prebell_${"x".repeat(43)}`;

const entry = (digest: string | undefined) => `bot:status:*:${digest}`;

describe("API_TOKENS", () => {
  it("declares programs with their scopes and connections, a line or a semicolon apart", () => {
    const text = `opening-bot:status+token:etrade-prod+schwab-prod-anna:${first}\n  watchdog:status:*:${second?.toUpperCase()} ;`;
    expect(readDeclaredTokens(text)).toEqual({
      tokens: [
        {
          name: "opening-bot",
          scopes: ["status", "token"],
          connections: ["etrade-prod", "schwab-prod-anna"],
          digest: first,
        },
        { name: "watchdog", scopes: ["status"], connections: null, digest: second },
      ],
      faults: [],
    });
  });

  it("reads what it writes", () => {
    const text = `bot:status+keepalive:*:${first};bot:confirm+events:etrade-prod:${second}`;
    expect(readDeclaredTokens(text).tokens.map(writeDeclaredToken).join(";")).toBe(text);
  });

  it("takes two of one name, so that one can replace the other without a gap, and no third", () => {
    expect(readDeclaredTokens([entry(first), entry(second)].join(";")).faults).toEqual([]);
    expect(readDeclaredTokens([entry(first), entry(second), entry(third)].join(";")).faults).toEqual([
      "API_TOKENS, entry 3 (bot): two entries of one name are enough to replace a token; remove the oldest.",
    ]);
  });

  it.each([
    ["bot", /^API_TOKENS, entry 1: an entry is name:scope/],
    [`bot:status:*:${first}:more`, /^API_TOKENS, entry 1 \(bot\): an entry is name:scope/],
    [`-bot:status:*:${first}`, /^API_TOKENS, entry 1: the name has to be/],
    [
      `bot:stauts:*:${first}`,
      /^API_TOKENS, entry 1 \(bot\): the scopes are status, keepalive, cron, confirm, events, token/,
    ],
    [`bot::*:${first}`, /^API_TOKENS, entry 1 \(bot\): the scopes are/],
    [`bot:status::${first}`, /^API_TOKENS, entry 1 \(bot\): the connections are named by their ids/],
    [`bot:status:*:${first}0`, /^API_TOKENS, entry 1 \(bot\): the last part has to be the token's SHA-256/],
    [
      `bot:status:*:${first};other:status:*:${first}`,
      /^API_TOKENS, entry 2 \(other\): the same token stands there twice/,
    ],
  ])("says what is wrong with %s", (text, sentence) => {
    const { faults } = readDeclaredTokens(text);
    expect(faults).toEqual([expect.stringMatching(sentence)]);
  });

  it.each([secret, `bot:status:*:${secret}`, `${secret}:status:*:${first}x`, `bot:${secret}:*:${first}`])(
    "never repeats the token that somebody put there instead of its hash (%#)",
    (text) => {
      const { tokens, faults } = readDeclaredTokens(text);
      expect([tokens, faults.length]).toEqual([[], 1]);
      expect(faults.join()).not.toContain("xxxx");
    },
  );
});
