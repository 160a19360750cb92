import { describe, expect, it } from "vitest";
import { failureSentence } from "../../../server/domain/sentences.ts";

describe("failureSentence", () => {
  it.each([
    ["consumer-key-rejected", /app key.*SCHWAB_CLIENT_ID.*Ready For Use/],
    ["callback-rejected", /SCHWAB_REDIRECT_URI/],
    ["code-rejected", /30 seconds/],
    ["refresh-token-rejected", /newer login/],
    ["refresh-token-missing", /not stored/],
    ["gateway-refused", /untouched/],
  ] as const)("speaks of Schwab's own things: %s", (reason, words) => {
    const sentence = failureSentence(reason, "Schwab");
    expect(sentence).toMatch(words);
    expect(sentence).not.toMatch(/consumer|2–3 days|report it/i);
  });

  it("speaks of E*TRADE's own things", () => {
    expect(failureSentence("consumer-key-rejected", "E*TRADE")).toMatch(/consumer key.*_CONSUMER_KEY/);
    expect(failureSentence("callback-rejected", "E*TRADE")).toMatch(/report it/);
  });
});
