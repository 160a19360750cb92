import { describe, expect, it } from "vitest";
import { waitingFor } from "../../../web/src/callback-model.ts";
import { lastKnownCountdown, parseLastKnown } from "../../../web/src/last-known-model.ts";
import { aConnection, scenarios } from "../../support/web-scenarios.ts";

describe("parseLastKnown", () => {
  const known = { word: "active" as const, expiresAt: "2026-11-21T05:00:00Z", fetchedAt: "2026-11-20T13:12:00Z" };

  it("reads back what was written", () => {
    expect(parseLastKnown(JSON.stringify(known))).toEqual(known);
  });

  it("hands on nothing that does not belong there", () => {
    expect(parseLastKnown(JSON.stringify({ ...known, label: "a broker" }))).toEqual(known);
  });

  it.each([null, "", "{", "[]", "{}", '{"word":"active"}', '{"word":"fine","fetchedAt":"2026-11-20T13:12:00Z"}'])(
    "takes %j for nothing known",
    (text) => {
      expect(parseLastKnown(text)).toBeNull();
    },
  );

  it("counts on from the last known deadline", () => {
    expect(lastKnownCountdown(known, Date.parse("2026-11-21T04:00:00Z"))?.ms).toBe(3_600_000);
    expect(lastKnownCountdown({ ...known, expiresAt: null }, 0)).toBeNull();
  });
});

const waiting = (id: string, startedAt: string, mine = true, authorizeUrl: string | null = null) => {
  const [connection] = scenarios["authorizing"]?.status.connections ?? [];
  const authorization = connection?.authorization ?? null;
  return aConnection({ id, authorization: authorization && { ...authorization, startedAt, mine, authorizeUrl } });
};

const link = (state: string) => `https://broker.example/authorize?client_id=x&state=${encodeURIComponent(state)}`;

describe("waitingFor", () => {
  it("picks the newest one that this browser began at that provider", () => {
    const connections = [
      waiting("older", "2026-11-20T13:30:00Z"),
      waiting("newer", "2026-11-20T13:31:00Z"),
      waiting("foreign", "2026-11-20T13:32:00Z", false),
    ];
    expect(waitingFor(connections, "etrade", null)).toBe("newer");
    expect(waitingFor(connections, "schwab", null)).toBeNull();
  });

  it("picks the one whose link the broker answers, also when a newer one waits at the same broker", () => {
    const connections = [
      waiting("first", "2026-11-20T13:30:00Z", true, link("of/first+1")),
      waiting("second", "2026-11-20T13:31:00Z", true, link("of-second")),
    ];
    expect(waitingFor(connections, "etrade", "of/first+1")).toBe("first");
    expect(waitingFor(connections, "etrade", "of-nobody")).toBe("second");
  });

  it("finds none where nothing waits", () => {
    expect(waitingFor([aConnection()], "etrade", null)).toBeNull();
  });
});
