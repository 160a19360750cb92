import { describe, expect, it } from "vitest";
import type { StatusReply } from "../../../server/http/contract.ts";
import {
  deadlineSentence,
  marketSentence,
  practiceSentence,
  silenceSentence,
  storedSentence,
  troubleSentences,
} from "../../../web/src/wording.ts";
import {
  accessSentence,
  actorWords,
  heardSentence,
  keepAliveSentence,
  markWord,
  failedTries,
  messageState,
  revokeWords,
  runsOn,
} from "../../../web/src/wording-details.ts";
import { missingSentence, positionDetail, quantityOf } from "../../../web/src/wording-proof.ts";
import { addressTimeLeft } from "../../../web/src/wording-renewal.ts";
import { aConnection, scenarios } from "../../support/web-scenarios.ts";

const at = (iso: string): number => Date.parse(iso);
const statusOf = (name: string): StatusReply => {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`No scenario ${name}.`);
  return { ...scenario.status, now: scenario.startsAt };
};

describe("marketSentence", () => {
  it.each([
    ["due", "2026-11-20T13:32:00Z", "Market hours today 9:30 AM – 4:00 PM ET."],
    ["active", "2026-11-20T17:04:00Z", "Market open until 4:00 PM ET."],
    ["active", "2026-11-20T21:30:00Z", "Closed since 4:00 PM ET. Next: Mon, Nov 23, 9:30 AM – 4:00 PM ET."],
    [
      "holiday",
      "2026-11-26T15:00:00Z",
      "No trading today (Thanksgiving Day). Next: Fri, Nov 27, 9:30 AM – 1:00 PM ET, early close.",
    ],
    ["early-close", "2026-11-27T16:00:00Z", "Market open until 1:00 PM ET. Early close: Day after Thanksgiving."],
  ])("in %s at %s says: %s", (name, now, sentence) => {
    expect(marketSentence(statusOf(name).market, at(now))).toBe(sentence);
  });
});

describe("deadlineSentence", () => {
  it("says whose moment it is", () => {
    const countdown = { kind: "until-open" as const, at: at("2026-11-20T14:30:00Z"), fraction: 1, ms: 0 };
    expect(deadlineSentence(countdown, at("2026-11-20T13:32:00Z"))).toMatch(/^Market opens 9:30 AM ET/);
  });
});

describe("the two clocks", () => {
  it("says of the long one on which day it ends, in New York", () => {
    const login = { kind: "until-login-ends" as const, at: at("2026-11-25T22:10:00Z"), fraction: 1, ms: 0 };
    expect(deadlineSentence(login, at("2026-11-20T17:04:00Z"))).toMatch(/^Login ends Wed, Nov 25, 5:10 PM ET/);
  });

  it.each([
    [21 * 60_000 + 500, true, "Access token: 21 min, refreshes by itself"],
    [59_000, true, "Access token: less than a minute, refreshes by itself"],
    [21 * 60_000, false, "Access token: 21 min, then refreshed on demand"],
    [0, false, "Access token: lapsed, refreshed on demand"],
  ])("says of the short one at %d ms (by itself: %s): %s", (ms, bySelf, sentence) => {
    expect(accessSentence({ ms, bySelf })).toBe(sentence);
  });

  it("calls the calls of the day by what they are", () => {
    expect([markWord("kept-alive", true), markWord("kept-alive", false)]).toEqual(["refreshed", "kept alive"]);
    expect(markWord("open", true)).toBe("open");
  });
});

describe("addressTimeLeft", () => {
  it("counts down, and says what to do when it is too late", () => {
    expect(addressTimeLeft(12)).toBe("At most 12 s left for this address.");
    expect(addressTimeLeft(0)).toMatch(/probably over.*open the broker page again/);
  });
});

describe("revokeWords", () => {
  it("promise an end at the broker only where the broker has a way to", () => {
    expect(revokeWords(aConnection())).toMatchObject({
      question: "Revoke the token of E*TRADE production?",
      yes: "Revoke now",
    });
    expect(revokeWords(aConnection({ label: "Schwab production", revocable: false }))).toMatchObject({
      question: "Forget the login of Schwab production here?",
      warning: expect.stringContaining("no way to revoke a login except a password reset"),
      yes: "Forget it here",
    });
  });
});

describe("what the token opens", () => {
  it("points out accounts that are gone, with both explanations", () => {
    expect(missingSentence(["••8844 Roth IRA"])).toMatch(/^No longer opened: ••8844 Roth IRA\. .*unticked.*Closed/);
  });

  it("tells shares and prices apart, and says nothing of a price the broker did not give", () => {
    const position = {
      account: "••3071",
      symbol: "SPY",
      assetType: "equity" as const,
      quantity: -1200,
      averagePrice: 512.3,
      marketValue: null,
      currency: "USD" as const,
    };
    expect(positionDetail(position)).toBe("stock · avg $512.30");
    expect(positionDetail({ ...position, averagePrice: null })).toBe("stock");
    expect(quantityOf(position)).toBe("quantity -1,200");
  });
});

describe("silenceSentence", () => {
  const heard = at("2026-11-20T13:12:00Z");

  it("begins mildly and says after two minutes how long the silence lasts", () => {
    expect(silenceSentence(heard, heard + 40_000, 120_000)).toBe("Can’t reach the server · last heard 8:12 AM ET");
    expect(silenceSentence(heard, heard + 185_000, 120_000)).toBe(
      "No word from the server for 3 min · last heard 8:12 AM ET",
    );
  });
});

describe("troubleSentences", () => {
  it("is silent on a good day", () => {
    expect(troubleSentences(statusOf("active"))).toEqual([]);
  });

  it("names what does not reach the person and what does not reach the trading system", () => {
    expect(troubleSentences(statusOf("undelivered"))).toEqual([
      "Messages are not getting through (2 waiting): Telegram refuses the bot token. Check TELEGRAM_BOT_TOKEN.",
      "1 event has not reached the trading system since 8:31 AM ET. It may still run on an older token. Check that the receiver at EVENT_WEBHOOK_URL answers.",
    ]);
  });
});

describe("troubleSentences about the clockwork", () => {
  it("says since when nothing ran, what depends on it, and where to look", () => {
    expect(troubleSentences(statusOf("late"))).toEqual([
      "The clockwork has not run since 11:10 AM ET. Reminders and keep-alives depend on it. Look at the tick job in Cloud Scheduler; on your own machine, restart Prebell.",
    ]);
  });

  it("says that it never ran, where it never did", () => {
    const known = statusOf("late");
    expect(troubleSentences({ ...known, clockwork: { ...known.clockwork, lastTickAt: null } })).toEqual([
      expect.stringMatching(/^The clockwork has never run\./),
    ]);
  });
});

describe("heardSentence", () => {
  const clockwork = statusOf("active").clockwork;
  const now = at("2026-11-20T17:04:09Z");

  it("tells to the second when the server and the clockwork were last heard", () => {
    expect(heardSentence(now, clockwork, now)).toBe(
      "Server last heard 12:04:09 PM · clockwork ran 12:03:03 PM · morning alert ran 8:30:01 AM",
    );
  });

  it("names the day if it was another one, and that a run did not go well", () => {
    const yesterday = { lastTickAt: "2026-11-19T17:00:03Z", lastTickOk: false, lastMorningAlertAt: null, late: true };
    expect(heardSentence(now, yesterday, now)).toBe(
      "Server last heard 12:04:09 PM · clockwork ran Thu, Nov 19, 12:00:03 PM, with something left to try again",
    );
  });

  it("does not pretend that a clockwork ran which never did", () => {
    const never = { lastTickAt: null, lastTickOk: null, lastMorningAlertAt: null, late: false };
    expect(heardSentence(now, never, now)).toBe("Server last heard 12:04:09 PM · clockwork has not run yet");
  });
});

describe("practiceSentence", () => {
  it("tells how far the practice clock was moved", () => {
    expect(practiceSentence({ clockOffsetSeconds: 0 })).toBe("Practice brokers: nothing here is real.");
    expect(practiceSentence({ clockOffsetSeconds: -7260 })).toBe(
      "Practice brokers: nothing here is real. Their clock runs 2 h 1 m behind.",
    );
  });
});

describe("the proof of a renewal", () => {
  it("names the version and the seconds since the tap", () => {
    expect(storedSentence(aConnection())).toBe("v4 stored · 12 s from tap");
  });

  it("flags a trading system that runs on an older token", () => {
    const stale = { consumer: "runner", version: 3, confirmedAt: "2026-11-20T13:10:00Z", current: false };
    expect(runsOn(stale, 4, at("2026-11-20T14:00:00Z"))).toBe("still on v3 while v4 is stored, confirmed 8:10 AM ET");
  });
});

const unsent = { to: "Anna", channel: null, seconds: null, tries: [] };

describe("messageState", () => {
  it("does not call a waiting message sent", () => {
    const message = { id: 1, at: "", kind: "renewed", state: "waiting" as const, sentAt: null, text: "", ...unsent };
    expect(messageState(message, 0)).toBe("waiting to be sent to Anna");
  });

  it("says to whom, by which channel and how long it took", () => {
    const sent = {
      state: "sent" as const,
      sentAt: "2026-11-20T13:30:01Z",
      channel: "e-mail a••@example.com",
      seconds: 61.2,
    };
    const message = { id: 1, at: "", kind: "renewed", text: "", ...unsent, ...sent };
    expect(messageState(message, at("2026-11-20T14:00:00Z"))).toBe(
      "8:30 AM ET, to Anna by e-mail a••@example.com in 61 s",
    );
  });
});

const failed = (minute: number, channel: string) => ({
  channel,
  at: `2026-11-20T13:${minute}:00Z`,
  seconds: 0.1,
  failure: `${channel} can’t be reached.`,
});

describe("failedTries", () => {
  it("says the same failure once", () => {
    const tries = [
      failed(30, "ntfy"),
      failed(31, "ntfy"),
      failed(31, "Slack"),
      { ...failed(32, "e-mail"), failure: null },
    ];
    expect(failedTries({ tries }, at("2026-11-20T14:00:00Z"))).toEqual([
      "Failed 2 times by ntfy, last 8:31 AM ET: ntfy can’t be reached.",
      "Failed by Slack, 8:31 AM ET: Slack can’t be reached.",
    ]);
  });
});

describe("keepAliveSentence", () => {
  it("passes on the broker's own reason for a failure", () => {
    const { status, keepAlive } = aConnection();
    const lastFailure = {
      at: "2026-11-20T17:00:00Z",
      reason: "maintenance",
      sentence: "The broker is under maintenance.",
    };
    expect(keepAliveSentence({ outcome: "failed", status, keepAlive: { ...keepAlive, lastFailure } })).toBe(
      "The broker is under maintenance.",
    );
  });
});

it("names who did something and by which door", () => {
  expect(actorWords({ name: "Anna", door: "passkey" })).toBe("Anna, passkey");
  expect(actorWords({ name: "opening-range-bot", door: "program" })).toBe("opening-range-bot, API token");
});
