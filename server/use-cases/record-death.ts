// Writes down that a token set is dead, and tells whom that concerns.
import type { Connection, EndReason } from "../domain/connection.ts";
import { hasJustExpired } from "../domain/keep-alive.ts";
import type { MessageDraft } from "../domain/notice.ts";
import { currentSlot, reminderClaim } from "../domain/planner.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { eventOf } from "./event-of.ts";
import { exportToken } from "./export-token.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "tokenExport" | "log" | "nudge">;

/**
 * The token set is dead: by its own clock (`expired`), by the broker (`rejected`) or by the owner (`revoked`). `version`: the
 * one that this was seen of; null for whichever is in use.
 */
export async function recordDeath(
  deps: Needs,
  connectionId: string,
  reason: EndReason,
  version: number | null = null,
): Promise<void> {
  const now = deps.clock();
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return;
  let recorded = false;
  await changeConnection(deps, connectionId, async (current) => {
    recorded = false;
    if (current.token === null || current.ended !== null) return null;
    if (version !== null && current.token.version !== version) return null;
    // Whoever saw it expire may have looked before the next one was stored.
    if (reason === "expired" && !hasJustExpired(current, provider.policy, now)) return null;
    recorded = true;
    const deadline = expiresAt(provider.policy, current.token.issuedAt);
    const at = reason === "expired" ? deadline : now;
    const connection: Connection = { ...current, ended: { at, reason }, lastFailure: null, consecutiveFailures: 0 };
    const events = [eventOf(deps, reason === "expired" ? "token.expired" : "token.revoked", now, connection)];
    if (reason !== "expired") events.push(eventOf(deps, "authorization.needed", now, connection));
    return {
      connection,
      events,
      messages: await deathMessages(deps, connection, reason, now),
      journal: [
        {
          at: now,
          kind: reason === "revoked" ? ("token-revoked" as const) : ("token-ended" as const),
          connectionId,
          text: `${connectionLabel(current)}: version ${current.token.version} ${endings[reason]}`,
        },
      ],
    };
  });
  if (!recorded) return;
  deps.log.warn("token-ended", { connection: connectionId, reason });
  deps.nudge();
  await exportToken(deps, connectionId, (files) => files.remove(provider.identity));
}

const endings: Record<EndReason, string> = {
  expired: "expired at midnight, as it must.",
  rejected: "was rejected by the broker before its time.",
  revoked: "was revoked by its owner.",
};

async function deathMessages(
  deps: Needs,
  connection: Connection,
  reason: EndReason,
  now: Temporal.Instant,
): Promise<MessageDraft[]> {
  const today = marketDay(newYorkDate(now));
  const claim = `ended/${connection.id}/${connection.token?.version ?? 0}`;
  const slot = today.kind === "trading" ? currentSlot(today, now) : null;
  if (reason === "expired") {
    // From the first reminder on, the reminder says it all.
    if (today.kind === "closed" || slot !== null) return [];
    return [{ claims: [claim], notice: { kind: "expired", connection: connection.id }, at: now }];
  }
  const claims = [claim];
  if (today.kind === "trading" && slot !== null) {
    // This message asks the person already; the reminder of the current slot would only repeat it.
    const reminder = reminderClaim({ connectionId: connection.id, tradingDay: today, slot });
    if (!(await deps.records.takenClaims([reminder])).has(reminder)) claims.push(reminder);
  }
  if (today.kind === "closed" && reason === "rejected") return [];
  return [{ claims, notice: { kind: "token-lost", connection: connection.id, reason }, at: now }];
}
