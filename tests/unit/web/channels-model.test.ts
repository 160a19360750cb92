import { describe, expect, it } from "vitest";
import type { ChannelView } from "../../../server/http/contract.ts";
import { moved, proposedTopic } from "../../../web/src/channel-list-model.ts";
import { abilityOf, type BrowserTraits } from "../../../web/src/push-ability-model.ts";
import { secondsText } from "../../../web/src/seconds-model.ts";
import { escalationText, ntfySteps, patienceText, stateOf, testSentence } from "../../../web/src/wording-channels.ts";

describe("moving a channel", () => {
  const ids = ["a", "b", "c"];
  it.each([
    ["b", -1, ["b", "a", "c"]],
    ["b", 1, ["a", "c", "b"]],
    ["a", -1, ids],
    ["c", 1, ids],
    ["gone", 1, ids],
  ] as const)("%s by %i", (id, by, expected) => {
    expect(moved(ids, id, by)).toEqual(expected);
  });
});

describe("a proposed topic", () => {
  it("has sixteen letters that nobody guesses and nobody misreads", () => {
    const topics = Array.from({ length: 50 }, () => proposedTopic(crypto.getRandomValues(new Uint8Array(64))));
    expect(topics.filter((topic) => !/^prebell-[a-hjkmnp-z2-9]{16}$/.test(topic))).toEqual([]);
    expect(new Set(topics).size).toBe(50);
  });

  it("favours no letter: bytes that would are left out", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_none, index) => (index % 2 === 0 ? 255 : 0));
    expect(proposedTopic(bytes)).toBe(`prebell-${"a".repeat(16)}`);
  });
});

describe("notifications of this browser", () => {
  const phone: BrowserTraits = { workers: true, push: true, apple: false, permission: "default" };
  it.each([
    ["can be allowed", phone, "ready"],
    ["were refused once", { ...phone, permission: "denied" }, "denied"],
    ["need the home screen on an iPhone", { ...phone, apple: true, push: false }, "home-screen"],
    ["work from an iPhone's home screen", { ...phone, apple: true }, "ready"],
    ["are not there without push", { ...phone, push: false }, "missing"],
    ["are not there over plain http", { ...phone, workers: false, push: false, apple: true }, "missing"],
  ] as const)("%s", (_what, browser, expected) => {
    expect(abilityOf(browser)).toBe(expected);
  });
});

const check = (failure: string | null) => ({
  at: "2026-11-20T13:00:00Z",
  by: "look" as const,
  seconds: 0.12,
  failure,
});

describe("what is known of a channel", () => {
  const now = Date.parse("2026-11-20T14:00:00Z");
  const channel: ChannelView = {
    id: "mail",
    kind: "email",
    label: "e-mail o••@example.com",
    origin: "own",
    deliveries: [],
    lastFailure: null,
    lastCheck: null,
  };
  const delivered = { deliveries: [{ at: "2026-11-20T13:30:00Z", seconds: 2.04 }] };

  it.each([
    ["nothing at first", {}, null],
    ["a look in order", { lastCheck: check(null) }, "ok 8:00 AM ET: checked, in order (0.1 s)"],
    ["a look that found a fault", { lastCheck: check("It refused.") }, "bad 8:00 AM ET: It refused."],
    [
      "a message that came later",
      { lastCheck: check("It refused."), ...delivered },
      "ok 8:30 AM ET: took a message in 2.0 s",
    ],
    [
      "a failure that came last",
      { ...delivered, lastFailure: { at: "2026-11-20T13:45:00Z", sentence: "It refused." } },
      "bad 8:45 AM ET: It refused.",
    ],
  ])("is %s", (_what, change, expected) => {
    const state = stateOf({ ...channel, ...change }, now);
    expect(state === null ? null : `${state.tone} ${state.sentence}`).toBe(expected);
  });
});

describe("words", () => {
  it("say what a test came to", () => {
    const test = { at: "", by: "test", seconds: 0.41, failure: null } as const;
    expect(testSentence(test, "email")).toBe("Took 0.4 s. Look whether it arrived.");
    expect(testSentence(test, "panel")).toContain("terminal");
    expect(testSentence({ ...test, failure: "It refused." }, "email")).toBe("It refused.");
  });

  it("never claim that something took no time", () => {
    expect([0.004, 0.41, 9.94, 12.4, 119, 200].map(secondsText)).toEqual([
      "0.1 s",
      "0.4 s",
      "9.9 s",
      "12 s",
      "119 s",
      "3 min",
    ]);
  });

  it("say waits plainly", () => {
    expect([15, 60, 90, 120].map(patienceText)).toEqual(["15 seconds", "1 minute", "1.5 minutes", "2 minutes"]);
    expect([30, 0].map(escalationText)).toEqual(["30 minutes before the open", "at the open"]);
  });

  it("name the operator's own ntfy server", () => {
    expect(ntfySteps("https://ntfy.sh")[1]).toBe("In it tap +, and subscribe to this topic:");
    expect(ntfySteps("https://push.example.com")[1]).toContain("on push.example.com");
  });
});
