// Writes down what a check of a token set showed, and whom that concerns.
import type { BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import type { Connection, EndReason } from "../domain/connection.ts";
import { hasJustExpired, warnAfterFailures } from "../domain/keep-alive.ts";
import type { MessageDraft, Notice } from "../domain/notice.ts";
import { currentSlot, reminderClaim } from "../domain/planner.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { tokenEvent, type TokenEventDraft, type TokenEventType } from "../domain/token-event.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { exportToken } from "./export-token.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "tokenExport" | "log" | "nudge">;

/** `version`: the one that was called; what a late answer says of it says nothing of a newer one. */
export async function recordCheckSuccess(
  deps: Needs,
  connectionId: string,
  version: number,
  call: BrokerCall,
  revived: boolean,
): Promise<void> {
  const now = deps.clock();
  await changeConnection(deps, connectionId, async (current) => {
    if (current.token?.version !== version) return null;
    const misconfigured = current.lastFailure?.failure.kind === "misconfigured";
    const wasFailing = current.consecutiveFailures >= warnAfterFailures || misconfigured;
    const warning = warningClaim(current);
    const isWarned = wasFailing && (misconfigured || (await deps.records.takenClaims([warning])).has(warning));
    const connection: Connection = {
      ...current,
      lastSuccess: { at: now, call },
      lastFailure: null,
      consecutiveFailures: 0,
    };
    const label = connectionLabel(current);
    return {
      connection,
      ...(wasFailing ? { events: [eventOf(deps, "keepalive.recovered", now, connection)] } : {}),
      ...(isWarned
        ? {
            messages: noticeOn(now, `recovered/${connectionId}/${now.toString()}`, {
              kind: "keepalive-recovered",
              connection: connectionId,
            }),
          }
        : {}),
      journal: [
        {
          at: now,
          kind: "keepalive-ok",
          connectionId,
          text: revived ? `${label}: had gone idle; renewed and verified.` : `${label}: verified by the account list.`,
        },
      ],
    };
  });
  deps.log.info("keepalive-ok", { connection: connectionId, outcome: revived ? "revived" : "ok" });
  deps.nudge();
}

export async function recordCheckFailure(
  deps: Needs,
  connectionId: string,
  version: number,
  call: BrokerCall,
  failure: BrokerFailure,
): Promise<void> {
  const now = deps.clock();
  const recorded = await changeConnection(deps, connectionId, async (current) => {
    if (current.token?.version !== version) return null;
    const consecutiveFailures = current.consecutiveFailures + 1;
    const connection: Connection = { ...current, lastFailure: { at: now, call, failure }, consecutiveFailures };
    const misconfigured = failure.kind === "misconfigured" && current.lastFailure?.failure.reason !== failure.reason;
    const failing = consecutiveFailures >= warnAfterFailures && failure.kind !== "misconfigured";
    const justFailing = failing && consecutiveFailures === warnAfterFailures;
    // Three in a row on a closed day warn nobody; the first failure on a trading day then does.
    const warning = warningClaim(current);
    const isWarned = failing && (await deps.records.takenClaims([warning])).has(warning);
    return {
      connection,
      ...(justFailing || misconfigured ? { events: [eventOf(deps, "keepalive.failing", now, connection)] } : {}),
      ...(failing && !isWarned
        ? {
            messages: noticeOn(now, warning, {
              kind: "keepalive-failing",
              connection: connectionId,
              failures: consecutiveFailures,
              failure,
            }),
          }
        : {}),
      ...(misconfigured
        ? {
            messages: noticeOn(now, `misconfigured/${connectionId}/${now.toString()}`, {
              kind: "misconfigured",
              connection: connectionId,
              failure,
            }),
          }
        : {}),
      journal: [
        {
          at: now,
          kind: "keepalive-failed",
          connectionId,
          text: `${connectionLabel(current)}: check failed (${consecutiveFailures}). ${failureSentence(failure.reason, providerName(current))}`,
        },
      ],
    };
  });
  deps.log.warn("keepalive-failed", {
    connection: connectionId,
    call,
    reason: failure.reason,
    httpStatus: failure.httpStatus,
    count: recorded.consecutiveFailures,
  });
  deps.nudge();
}

/** One warning per row of failures: from one success to the next. */
function warningClaim({ id, lastSuccess }: Connection): string {
  return `failing/${id}/${lastSuccess?.at.toString() ?? "never"}`;
}

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

/** On a day without trading nobody is disturbed; the trading system gets its event all the same. */
function noticeOn(now: Temporal.Instant, claim: string, notice: Notice): MessageDraft[] {
  return marketDay(newYorkDate(now)).kind === "closed" ? [] : [{ claims: [claim], notice, at: now }];
}

function eventOf(deps: Needs, type: TokenEventType, at: Temporal.Instant, connection: Connection): TokenEventDraft {
  const policy = deps.providers.get(connection.id)?.policy;
  const deadline = policy && connection.token ? expiresAt(policy, connection.token.issuedAt) : null;
  return tokenEvent(deps.random.id(), type, at, connection, deadline);
}
