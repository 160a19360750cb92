import { describe, expect, it } from "vitest";
import { livingMessage } from "../../../server/bot/living-message.ts";
import type { Connection } from "../../../server/domain/connection.ts";
import { type Hold, holdFrom } from "../../../server/domain/hold.ts";
import { etradePolicy } from "../../../server/domain/provider-policy.ts";
import { statusOf } from "../../../server/domain/status.ts";
import type { PendingAuthorization } from "../../../server/domain/pending-authorization.ts";
import type { Confirmation } from "../../../server/ports.ts";
import { aConnection, aPending, aPerson, aToken, aTradingDay, at } from "../../support/builders.ts";

const tuesday = aTradingDay("2026-03-10");
const pageUrl = "https://prebell.example";
const dead = aConnection({ token: aToken({ issuedAt: at("2026-03-09T12:30:00Z") }) });
const renewed = aConnection({ token: aToken({ version: 7, storedAt: at("2026-03-10T13:02:10Z") }) });
const sandbox = { ...dead, id: "etrade-sandbox", environment: "sandbox" } as const;

interface Moment {
  readonly now: string;
  readonly connections?: readonly Connection[];
  readonly pending?: PendingAuthorization;
  readonly confirmations?: readonly Confirmation[];
  readonly hold?: Hold | null;
  readonly insteadOf?: string;
  readonly slot?: 60 | 30 | 15 | 0;
}

function shown({ now, connections = [dead], pending, confirmations = [], hold = null, insteadOf, slot = 60 }: Moment) {
  const instant = at(`2026-03-10T${now}Z`);
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const statuses = new Map(
    connections.map((connection) => [connection.id, statusOf(connection, pending ?? null, etradePolicy(), instant)]),
  );
  const notice = {
    kind: "renewal-required",
    tradingDay: "2026-03-10",
    slot,
    connections: connections.map(({ id }) => id),
    ...(insteadOf === undefined ? {} : { insteadOf }),
  } as const;
  const known = { identities: byId, statuses, connections: byId, confirmations };
  return livingMessage(notice, { now: instant, ...known, reader: aPerson({ hold }) }, pageUrl);
}
const labels = (message: ReturnType<typeof shown>) => message.buttons?.map((row) => row.map(({ label }) => label));

describe("the living message", () => {
  it("counts down by itself to the open, and carries every way to answer", () => {
    const message = shown({ now: "12:30:00" });
    expect(message.text).toBe("🔔 The market opens at 09:30 New York time. Renewal required:\n• E*TRADE production");
    const countdown = message.entities?.find(({ kind }) => kind === "countdown");
    expect(countdown).toMatchObject({ at: tuesday.open });
    const { offset, length } = countdown ?? { offset: 0, length: 0 };
    expect(message.text.slice(offset, offset + length)).toBe("at 09:30 New York time");
    expect(message.action).toEqual({ label: "Renew", url: pageUrl, miniApp: `${pageUrl}/mini` });
    expect(labels(message)).toEqual([["Renew in this chat"], ["I'm on it", "Snooze 10 min"]]);
  });

  it("reads the same a minute later, so that nothing has to be changed for the time alone", () => {
    expect(shown({ now: "12:31:00" })).toEqual(shown({ now: "12:30:00" }));
  });

  it("shows what the person answered, and for how long", () => {
    const onIt = holdFrom("on-it", tuesday, at("2026-03-10T12:40:00Z"));
    const message = shown({ now: "12:41:00", hold: onIt });
    expect(message.text.split("\n").at(-1)).toBe("🙋 You are on it. Quiet until 08:50.");
    expect(labels(message)?.[1]).toEqual(["✓ On it", "Snooze 10 min"]);
    expect(shown({ now: "12:51:00", hold: onIt })).toEqual(shown({ now: "12:51:00" }));
    const snoozed = holdFrom("snoozed", tuesday, at("2026-03-10T12:40:00Z"));
    expect(shown({ now: "12:41:00", hold: snoozed }).text).toContain("💤 Snoozed until 08:50.");
  });

  it("offers no way to keep still once the market is open", () => {
    expect(labels(shown({ now: "13:30:00", slot: 0 }))).toEqual([["Renew in this chat"]]);
  });

  it("follows a renewal: at the broker, being proven, done with its lead, confirmed", () => {
    const pending = aPending({ startedAt: at("2026-03-10T12:59:00Z"), expiresAt: at("2026-03-10T13:04:00Z") });
    expect(shown({ now: "13:00:00", pending }).text).toContain("⏳ E*TRADE production: login begun at the broker");
    const proving = shown({ now: "13:02:00", pending: { ...pending, stage: "verifying" } });
    expect(proving.text).toContain("⏳ E*TRADE production: proving the new token");
    expect(proving.buttons).toBeUndefined();
    const done = shown({ now: "13:02:30", connections: [renewed] });
    expect(done).toMatchObject({
      text: "✅ Renewed 09:02, 27 min before the open.\n✅ E*TRADE production: renewed 09:02, version 7",
      action: null,
    });
    expect(done.buttons).toBeUndefined();
    const confirmation = { connectionId: "etrade-prod", consumer: "bot", version: 7, at: at("2026-03-10T13:02:14Z") };
    const old = { ...confirmation, consumer: "laggard", version: 6 };
    const confirmed = shown({ now: "13:03:00", connections: [renewed], confirmations: [confirmation, old] });
    expect(confirmed.text.split("\n").at(-1)).toBe("   bot runs on it since 09:02:14");
    expect(confirmed.text).not.toContain("laggard");
  });

  it("keeps asking for what is left when one of two is done", () => {
    const message = shown({ now: "13:03:00", connections: [renewed, sandbox] });
    expect(message.text.split("\n").slice(1)).toEqual([
      "✅ E*TRADE production: renewed 09:02, version 7",
      "• E*TRADE sandbox",
    ]);
    expect(labels(message)?.[0]).toEqual(["Renew in this chat"]);
  });

  it("says whom the reader stands in for", () => {
    expect(shown({ now: "13:15:00", slot: 15, insteadOf: "Anna" }).text).toContain("Anna did not answer. Can you?");
  });

  it("ends with the day, without a button", () => {
    const message = shown({ now: "20:00:00" });
    expect(message.text).toContain("The market has closed without a renewal");
    expect([message.action, message.buttons]).toEqual([null, undefined]);
  });
});
