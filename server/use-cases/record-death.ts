// Writes down that a token set is dead, and tells whom that concerns.
import type { Connection, EndReason } from "../domain/connection.ts";
import { hasJustExpired } from "../domain/keep-alive.ts";
import type { MessageDraft } from "../domain/notice.ts";
import { currentSlot, reminderClaim } from "../domain/planner.ts";
import { expiresAt, type ProviderPolicy } from "../domain/provider-policy.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { earlyDeathWords, secondsWords } from "../domain/time-words.ts";
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
    const lived = now.since(current.token.issuedAt).total("seconds");
    const events = [eventOf(deps, reason === "expired" ? "token.expired" : "token.revoked", now, connection)];
    if (reason !== "expired") events.push(eventOf(deps, "authorization.needed", now, connection));
    return {
      connection,
      events,
      messages: await deathMessages(deps, connection, reason, provider.policy, now),
      journal: [
        {
          at: now,
          kind: reason === "revoked" ? ("token-revoked" as const) : ("token-ended" as const),
          connectionId,
          text: `${connectionLabel(current)}: version ${current.token.version} ${endingOf(reason, provider.policy, lived)}`,
        },
      ],
    };
  });
  if (!recorded) return;
  deps.log.warn("token-ended", { connection: connectionId, reason });
  deps.nudge();
  await exportToken(deps, connectionId, (files) => files.remove(provider.identity));
}

/** How long a login lives by the broker's rule; null where it ends by the calendar and not by its age. */
function ruleSeconds({ expiry }: ProviderPolicy): number | null {
  return expiry.kind === "ttl" ? expiry.lifetime.total("seconds") : null;
}

function endingOf(reason: EndReason, policy: ProviderPolicy, livedSeconds: number): string {
  const rule = ruleSeconds(policy);
  switch (reason) {
    case "expired":
      return rule === null ? "expired at midnight, as it must." : `expired after ${secondsWords(rule)}, as it must.`;
    case "rejected":
      return rule === null
        ? "was rejected by the broker before its time."
        : `died early: it ${earlyDeathWords(livedSeconds, rule)}.`;
    case "revoked":
      return "was revoked by its owner.";
  }
}

async function deathMessages(
  deps: Needs,
  connection: Connection,
  reason: EndReason,
  policy: ProviderPolicy,
  now: Temporal.Instant,
): Promise<MessageDraft[]> {
  const today = marketDay(newYorkDate(now));
  const to = connection.ownerId;
  const claim = `ended/${connection.id}/${connection.token?.version ?? 0}`;
  const slot = today.kind === "trading" ? currentSlot(today, now) : null;
  if (reason === "expired") {
    // From the first reminder on, the reminder says it all.
    if (today.kind === "closed" || slot !== null) return [];
    const rule = ruleSeconds(policy);
    const notice = {
      kind: "expired",
      connection: connection.id,
      ...(rule === null ? {} : { ruleSeconds: rule }),
    } as const;
    return [{ to, claims: [claim], notice, at: now }];
  }
  const claims = [claim];
  if (today.kind === "trading" && slot !== null) {
    // This message asks the person already; the reminder of the current slot would only repeat it.
    const reminder = reminderClaim(
      { connectionId: connection.id, personId: to, tradingDay: today, occasion: String(slot) },
      to,
    );
    if (!(await deps.records.takenClaims([reminder])).has(reminder)) claims.push(reminder);
  }
  if (today.kind === "closed" && reason === "rejected") return [];
  const rule = reason === "rejected" ? ruleSeconds(policy) : null;
  if (rule === null)
    return [{ to, claims, notice: { kind: "token-lost", connection: connection.id, reason }, at: now }];
  const livedSeconds = connection.token === null ? 0 : now.since(connection.token.issuedAt).total("seconds");
  const notice = { kind: "died-early", connection: connection.id, livedSeconds, ruleSeconds: rule } as const;
  return [{ to, claims, notice, at: now }];
}
