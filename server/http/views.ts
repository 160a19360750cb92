// From the domain's facts to the page's contract. Pure; the one place where JSON field names are decided.
import type { Connection, CurrentToken, ProviderId } from "../domain/connection.ts";
import { isDrill } from "../domain/drill.ts";
import type { Role } from "../domain/person.ts";
import { type Ceremony, maxRejectedVerifiers, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { expiresAt, idleAt, type ProviderPolicy } from "../domain/provider-policy.ts";
import { connectionLabel, evidenceSentence, failureSentence, providerName } from "../domain/sentences.ts";
import { deadlineOf, nextAction, type Status } from "../domain/status.ts";
import { type MarketDay, marketPhase, type TradingDay } from "../domain/trading-calendar.ts";
import type { ConnectionOverview, Overview } from "../use-cases/overview.ts";
import type {
  AuthorizationView,
  CeremonyView,
  ChatChannel,
  ConnectionView,
  KeepAliveView,
  MarketDayView,
  MarketView,
  StatusReply,
  StatusView,
  TokenView,
} from "./contract.ts";
import type { Viewer } from "./viewer.ts";

export interface ViewSettings {
  readonly chat: ChatChannel;
  readonly eventChannel: StatusReply["events"]["channel"];
  /** How far the practice brokers' clock was moved; null with real brokers. */
  readonly practiceOffsetSeconds: () => number | null;
}

/** `changes`: the records' change count before `overview` was read. */
export function statusReply(
  overview: Overview,
  changes: number,
  settings: ViewSettings,
  viewer: Viewer,
  chat: StatusReply["chat"],
): StatusReply {
  const { clockwork } = overview;
  const offset = settings.practiceOffsetSeconds();
  return {
    now: iso(overview.now),
    changes,
    practice: offset === null ? null : { clockOffsetSeconds: offset },
    locked: viewer.isLocked,
    market: marketView(overview.today, overview.nextDay, overview.now),
    connections: overview.connections.map((each) => connectionView(each, overview.now, viewer)),
    chat,
    events: {
      channel: settings.eventChannel,
      waiting: viewer.seesWhole ? overview.eventBacklog.count : 0,
      oldestWaitingAt: viewer.seesWhole ? isoOrNull(overview.eventBacklog.oldestAt) : null,
    },
    clockwork: {
      lastTickAt: isoOrNull(clockwork.lastTickAt),
      lastTickOk: clockwork.lastTickOk,
      lastMorningAlertAt: isoOrNull(clockwork.lastMorningAlertAt),
      late: clockwork.late,
    },
  };
}

function connectionView(each: ConnectionOverview, now: Temporal.Instant, viewer: Viewer): ConnectionView {
  const { connection, policy, status, pending } = each;
  const role = viewer.roleOn(connection);
  return {
    id: connection.id,
    provider: connection.provider,
    environment: connection.environment,
    label: isDrill(connection.id) ? `🧪 ${connectionLabel(connection)}` : connectionLabel(connection),
    role,
    ownerName: viewer.nameOf(connection.ownerId),
    status: statusView(connection, status),
    token: tokenView(connection, policy, each.announcedAt),
    keepAlive: keepAliveView(connection, each.nextCheckAt),
    authorization: pending === null ? null : authorizationView(connection.provider, pending, now, viewer.id, role),
    accounts: role === "owner" ? [...(connection.pin?.accounts ?? [])] : [],
    consumers: each.confirmations.map((confirmation) => ({
      consumer: confirmation.consumer,
      version: confirmation.version,
      confirmedAt: iso(confirmation.at),
      current: confirmation.version === connection.token?.version,
    })),
    newLoginEndsEarlier: policy.newLoginEndsEarlier,
    revocable: habits[connection.provider].revocable,
    nextReminderAt: isoOrNull(each.nextReminderAt),
  };
}

/** What the page says differently for each broker, beyond its policy. */
const habits: Record<ProviderId, { readonly revocable: boolean; readonly broughtBack: CeremonyView }> = {
  etrade: { revocable: true, broughtBack: "verifier" },
  // The code comes in the address of a page that nobody serves (https://127.0.0.1).
  schwab: { revocable: false, broughtBack: "paste-address" },
};

export function ceremonyView(provider: ProviderId, ceremony: Ceremony): CeremonyView {
  return ceremony === "redirect" ? "redirect" : habits[provider].broughtBack;
}

export function statusView(connection: Connection, status: Status): StatusView {
  const evidence = evidenceSentence(status, providerName(connection));
  return {
    word: status.word,
    reason: reasonOf(status),
    evidence: isDrill(connection.id) ? drillEvidence(status, evidence.text) : evidence.text,
    evidenceAt: isoOrNull(evidence.at),
    expiresAt: isoOrNull(deadlineOf(status)),
    action: nextAction(status),
  };
}

/** Before its login there is nothing to say of a drill but what it is. */
function drillEvidence({ word }: Status, text: string): string {
  const mark = "This is a drill: nothing is at stake.";
  return word === "needs-authorization" ? mark : `${mark} ${text}`;
}

function reasonOf(status: Status): string | null {
  if (status.word === "needs-authorization" || status.word === "idle") return status.reason;
  return "failed" in status ? status.failed.failure.reason : null;
}

function tokenView(
  { token, lastSuccess }: Connection,
  policy: ProviderPolicy,
  announcedAt: Temporal.Instant | null,
): TokenView | null {
  if (token === null) return null;
  return {
    version: token.version,
    startedAt: iso(token.startedAt),
    issuedAt: iso(token.issuedAt),
    verifiedAt: iso(token.verifiedAt),
    storedAt: iso(token.storedAt),
    announcedAt: isoOrNull(announcedAt),
    refreshedAt: isRefreshed(token, policy) ? iso(token.storedAt) : null,
    expiresAt: iso(expiresAt(policy, token.issuedAt)),
    accessExpiresAt: isoOrNull(token.accessExpiresAt),
    idleAt: isoOrNull(idleAt(policy, token.accessExpiresAt, lastSuccess?.at ?? token.issuedAt)),
  };
}

/** The login's own access token lapses one lifetime after it; a broker that grants a minute more has not refreshed. */
function isRefreshed({ accessExpiresAt, issuedAt }: CurrentToken, { access }: ProviderPolicy): boolean {
  if (accessExpiresAt === null || access === null) return false;
  return Temporal.Instant.compare(accessExpiresAt, issuedAt.add(access.lifetime).add({ minutes: 1 })) > 0;
}

export function keepAliveView(connection: Connection, nextCheckAt: Temporal.Instant | null): KeepAliveView {
  const { lastSuccess, lastFailure } = connection;
  return {
    lastCallAt: isoOrNull(lastFailure?.at ?? lastSuccess?.at ?? null),
    lastCall: lastFailure?.call ?? lastSuccess?.call ?? null,
    nextCallAt: isoOrNull(nextCheckAt),
    consecutiveFailures: connection.consecutiveFailures,
    lastFailure:
      lastFailure === null
        ? null
        : {
            at: iso(lastFailure.at),
            reason: lastFailure.failure.reason,
            sentence: failureSentence(lastFailure.failure.reason, providerName(connection)),
          },
  };
}

function authorizationView(
  provider: ProviderId,
  pending: PendingAuthorization,
  now: Temporal.Instant,
  sessionId: string,
  role: Role,
): AuthorizationView {
  const mine = pending.sessionId === sessionId;
  const lapsed = pending.stage === "waiting" && Temporal.Instant.compare(now, pending.expiresAt) >= 0;
  return {
    stage: lapsed ? "failed" : pending.stage,
    mine,
    ceremony: ceremonyView(provider, pending.ceremony),
    authorizeUrl: mine && pending.stage === "waiting" && !lapsed ? pending.authorizeUrl : null,
    startedAt: iso(pending.startedAt),
    expiresAt: iso(pending.expiresAt),
    triesLeft: maxRejectedVerifiers - pending.rejectedVerifiers,
    accounts: role === "owner" && isShown(pending, mine) ? [...(pending.candidatePin?.accounts ?? [])] : [],
    end: lapsed ? "authorization-lapsed" : pending.end === "stored" ? null : pending.end,
  };
}

/** While they are asked about, and to whoever made a login that offered others than the pinned ones. */
function isShown({ stage, end }: PendingAuthorization, mine: boolean): boolean {
  return stage === "confirming-accounts" || (mine && end === "account-mismatch");
}

function marketView(today: MarketDay, next: TradingDay, now: Temporal.Instant): MarketView {
  return {
    date: today.date.toString(),
    phase: marketPhase(today, now),
    today: today.kind === "trading" ? marketDayView(today) : null,
    occasion: today.occasion,
    next: marketDayView(next),
  };
}

function marketDayView(day: TradingDay): MarketDayView {
  return { date: day.date.toString(), open: iso(day.open), close: iso(day.close), earlyClose: day.earlyClose };
}

export function iso(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: "millisecond" });
}

export function isoOrNull(at: Temporal.Instant | null): string | null {
  return at === null ? null : iso(at);
}
