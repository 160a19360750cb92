// Writes down what a check of a token set showed, and tells whom that concerns.
import type { BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import type { Connection } from "../domain/connection.ts";
import { warnAfterFailures } from "../domain/keep-alive.ts";
import type { MessageDraft, Notice } from "../domain/notice.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { eventOf } from "./event-of.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "log" | "nudge">;

/** `version`: the one that was called; what a late answer says of it says nothing of a newer one. */
export async function recordCheckSuccess(
  deps: Needs,
  connectionId: string,
  version: number,
  call: BrokerCall,
  how: "checked" | "revived" | "refreshed",
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
      // A refresh is proven in a call of its own, so the version it brought is too.
      token: { ...current.token, verifiedAt: how === "refreshed" ? now : current.token.verifiedAt },
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
            messages: noticeOn(now, current.ownerId, `recovered/${connectionId}/${now.toString()}`, {
              kind: "keepalive-recovered",
              connection: connectionId,
            }),
          }
        : {}),
      // The refresh has a line of its own.
      ...(how === "refreshed"
        ? {}
        : {
            journal: [
              {
                at: now,
                kind: "keepalive-ok" as const,
                connectionId,
                text:
                  how === "revived"
                    ? `${label}: had gone idle; renewed and verified.`
                    : `${label}: verified by the account list.`,
              },
            ],
          }),
    };
  });
  deps.log.info("keepalive-ok", { connection: connectionId, outcome: how });
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
            messages: noticeOn(now, current.ownerId, warning, {
              kind: "keepalive-failing",
              connection: connectionId,
              failures: consecutiveFailures,
              failure,
            }),
          }
        : {}),
      ...(misconfigured
        ? {
            messages: noticeOn(now, current.ownerId, `misconfigured/${connectionId}/${now.toString()}`, {
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

/** On a day without trading nobody is disturbed; the trading system gets its event all the same. */
function noticeOn(now: Temporal.Instant, to: string, claim: string, notice: Notice): MessageDraft[] {
  return marketDay(newYorkDate(now)).kind === "closed" ? [] : [{ to, claims: [claim], notice, at: now }];
}
