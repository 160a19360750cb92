// Pure. What one connection means to the person right now: its colour, its urgency, its clock, its next step.
import type { AuthorizationView, ConnectionView, MarketView, StatusView } from "../../server/http/contract.ts";

export type Tone = "ok" | "due" | "bad" | "calm";
export type IconName = "check" | "clock" | "alert" | "cross" | "question" | "turn" | "pause";

/** What the word, the icon and the colour say together; a key of `stateWords`. */
export type Face =
  | "active"
  | "due"
  | "idle"
  | "never"
  | "expired"
  | "revoked"
  | "rejected"
  | "unknown"
  | "misconfigured"
  | "authorizing";

export interface Countdown {
  /** `until-login-ends`: the login's own end, where access tokens lapse and are refreshed meanwhile. */
  kind: "until-expiry" | "until-login-ends" | "until-open" | "since-open";
  at: number;
  /** How much of the ring is filled, 0 to 1. */
  fraction: number;
  ms: number;
}

/** The one next real thing; `quiet`: nothing is wrong, the button only offers itself. */
export interface Step {
  kind: "renew" | "enter-code" | "return-to-broker" | "confirm-accounts" | "working" | "keep-alive" | "check";
  quiet: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
const justNowMs = 30_000;

export function isOpenAt(market: MarketView, now: number): boolean {
  return market.today !== null && Date.parse(market.today.open) <= now && now < Date.parse(market.today.close);
}

export function nextOpen(market: MarketView, now: number): number {
  const today = market.today === null ? 0 : Date.parse(market.today.open);
  return now < today ? today : Date.parse(market.next.open);
}

export function needsPerson(connection: ConnectionView): boolean {
  return ["needs-authorization", "authorizing", "misconfigured"].includes(connection.status.word);
}

/** The authorization this person can still act on or is waiting for; null once it ended or its request token died. */
export function openAuthorization(connection: ConnectionView, now: number): AuthorizationView | null {
  const { authorization } = connection;
  if (authorization === null || authorization.stage === "completed" || authorization.stage === "failed") return null;
  return authorization.stage === "waiting" && Date.parse(authorization.expiresAt) <= now ? null : authorization;
}

/** This person's login was stored a moment ago, perhaps by the callback page of this very tab. */
export function wasJustRenewed({ authorization, token }: ConnectionView, now: number): boolean {
  if (token === null || authorization?.stage !== "completed" || !authorization.mine) return false;
  return now - Date.parse(token.storedAt) < justNowMs;
}

/**
 * Alive, but it won't live through the next trading day and a login now would help. A token that dies every midnight gains
 * nothing from an early login, hence only those that were issued for longer than two days.
 */
export function isDue({ status, token, nextReminderAt }: ConnectionView, market: MarketView): boolean {
  const works = status.word === "active" || isResting(status);
  if (!works || token === null || status.expiresAt === null || nextReminderAt === null) return false;
  const expiry = Date.parse(status.expiresAt);
  return expiry - Date.parse(token.issuedAt) > 2 * dayMs && expiry < Date.parse(market.next.close);
}

/** Its access token lapsed while the login lives: the next refresh mends that, so nothing is wrong. */
export function isResting({ word, reason }: StatusView): boolean {
  return word === "idle" && reason === "access-lapsed";
}

/** A login begun now would end the one that other programs still use. */
export function endsLivingLogin({ newLoginEndsEarlier, status }: ConnectionView): boolean {
  return newLoginEndsEarlier && status.expiresAt !== null;
}

/** Between two answers of the server a token can die; the page must not go on calling it alive. */
export function asOf(connection: ConnectionView, now: number, evidence: (diedAt: string) => string): ConnectionView {
  const { expiresAt } = connection.status;
  if (expiresAt === null || now < Date.parse(expiresAt)) return connection;
  return {
    ...connection,
    status: {
      word: "needs-authorization",
      reason: "expired",
      evidence: evidence(expiresAt),
      evidenceAt: expiresAt,
      expiresAt: null,
      action: "renew",
    },
  };
}

export function faceOf(connection: ConnectionView, market: MarketView): Face {
  const { word, reason } = connection.status;
  if (word === "needs-authorization")
    return reason === "never" || reason === "revoked" || reason === "rejected" ? reason : "expired";
  return isDue(connection, market) ? "due" : word;
}

export function toneOf(connection: ConnectionView, market: MarketView, now: number): Tone {
  const face = faceOf(connection, market);
  switch (face) {
    case "active":
      return "ok";
    case "due":
      return "due";
    case "idle":
      return isResting(connection.status) ? "calm" : "due";
    case "unknown":
      return "calm";
    case "revoked":
    case "rejected":
    case "misconfigured":
      return "bad";
    case "never":
    case "expired":
    case "authorizing":
      // Late is not lost: red is for a market that is open without a token, and never for a drill.
      return isOpenAt(market, now) && connection.id !== "drill" ? "bad" : "due";
  }
}

export function iconOf(face: Face): IconName {
  const icons: Record<Face, IconName> = {
    active: "check",
    due: "clock",
    idle: "pause",
    never: "clock",
    expired: "alert",
    revoked: "cross",
    rejected: "cross",
    unknown: "question",
    misconfigured: "cross",
    authorizing: "turn",
  };
  return icons[face];
}

/** What the ring counts: the token's own life, or, when only the person can help, the time to the opening bell. */
export function countdownOf(connection: ConnectionView, market: MarketView, now: number): Countdown {
  const { status, token } = connection;
  if (!needsPerson(connection) && status.expiresAt !== null) {
    const at = Date.parse(status.expiresAt);
    const kind = token?.accessExpiresAt ? "until-login-ends" : "until-expiry";
    return until(kind, at, token === null ? at - dayMs : Date.parse(token.issuedAt), now);
  }
  if (isOpenAt(market, now) && market.today !== null) {
    const at = Date.parse(market.today.open);
    return { kind: "since-open", at, fraction: 1, ms: now - at };
  }
  const at = nextOpen(market, now);
  const died = token === null ? 0 : Date.parse(token.expiresAt);
  return until("until-open", at, Math.max(at - dayMs, died < now ? died : 0), now);
}

export function stepOf(connection: ConnectionView, market: MarketView, now: number): Step {
  const authorization = openAuthorization(connection, now);
  if (authorization?.mine) {
    if (authorization.stage === "confirming-accounts") return { kind: "confirm-accounts", quiet: false };
    if (authorization.stage !== "waiting") return { kind: "working", quiet: true };
    return { kind: authorization.ceremony === "redirect" ? "return-to-broker" : "enter-code", quiet: false };
  }
  if (isDue(connection, market)) return { kind: "renew", quiet: false };
  switch (connection.status.action) {
    case "renew":
    case "finish-authorization": // Somebody else's: all this browser can do is to start its own.
      return { kind: "renew", quiet: false };
    case "keep-alive":
      return { kind: "keep-alive", quiet: isResting(connection.status) };
    case "wait":
      return { kind: "check", quiet: false };
    case "fix-configuration":
      // With a token one real call shows whether the repair worked; without one only a login can.
      return { kind: connection.token === null ? "renew" : "check", quiet: false };
    case "none":
      return { kind: "keep-alive", quiet: true };
  }
}

/** Worst first; the environment that trades real money before the other, the shorter life before the longer. */
export function byUrgency(connections: readonly ConnectionView[], market: MarketView, now: number): ConnectionView[] {
  const rank = (connection: ConnectionView): number => {
    if (openAuthorization(connection, now)?.mine) return 0;
    if (needsPerson(connection)) return connection.environment === "prod" ? 1 : 2;
    if (connection.status.word !== "active" && !isResting(connection.status)) return 3;
    return isDue(connection, market) ? 4 : 5;
  };
  return connections.toSorted((a, b) => rank(a) - rank(b) || life(a) - life(b));
}

function life({ status }: ConnectionView): number {
  return status.expiresAt === null ? 0 : Date.parse(status.expiresAt);
}

function until(kind: Exclude<Countdown["kind"], "since-open">, at: number, from: number, now: number): Countdown {
  const ms = Math.max(0, at - now);
  return { kind, at, ms, fraction: Math.min(1, ms / Math.max(1, at - from)) };
}
