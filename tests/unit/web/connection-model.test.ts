import { describe, expect, it } from "vitest";
import type { AuthorizationView, ConnectionView, MarketView, StatusView } from "../../../server/http/contract.ts";
import {
  asOf,
  byUrgency,
  countdownOf,
  endsLivingLogin,
  faceOf,
  openAuthorization,
  stepOf,
  toneOf,
  wasJustRenewed,
} from "../../../web/src/connection-model.ts";
import { aConnection, scenarios } from "../../support/web-scenarios.ts";

const at = (iso: string): number => Date.parse(iso);
const morning = at("2026-11-20T13:32:00Z"); // 08:32 in New York
const noon = at("2026-11-20T17:04:00Z"); // 12:04

const market: MarketView = {
  date: "2026-11-20",
  phase: "before-open",
  today: { date: "2026-11-20", open: "2026-11-20T14:30:00Z", close: "2026-11-20T21:00:00Z", earlyClose: false },
  occasion: null,
  next: { date: "2026-11-23", open: "2026-11-23T14:30:00Z", close: "2026-11-23T21:00:00Z", earlyClose: false },
};

const withStatus = (status: Partial<StatusView>, change: Partial<ConnectionView> = {}): ConnectionView =>
  aConnection({ ...change, status: { ...aConnection().status, ...status } });

const expired = (change: Partial<ConnectionView> = {}): ConnectionView =>
  withStatus({ word: "needs-authorization", reason: "expired", expiresAt: null, action: "renew" }, change);

const weekly = (expiresAt: string): ConnectionView => {
  const { token } = aConnection();
  if (token === null) throw new Error("The builder has a token.");
  return withStatus({ expiresAt }, { id: "weekly", token: { ...token, issuedAt: "2026-11-16T14:00:00Z", expiresAt } });
};

const authorization = (change: Partial<AuthorizationView> = {}): AuthorizationView => ({
  stage: "waiting",
  mine: true,
  ceremony: "verifier",
  authorizeUrl: "https://broker.test/authorize",
  startedAt: "2026-11-20T13:31:40Z",
  expiresAt: "2026-11-20T13:36:40Z",
  triesLeft: 3,
  accounts: [],
  end: null,
  ...change,
});

const done = (change: Partial<AuthorizationView> = {}): ConnectionView =>
  aConnection({ authorization: authorization({ stage: "completed", ...change }) });

const order = (...connections: ConnectionView[]): string[] =>
  byUrgency(connections, market, morning).map(({ id }) => id);

describe("byUrgency", () => {
  it("puts what needs the person before what is alive", () => {
    expect(order(aConnection({ id: "alive" }), expired({ id: "dead" }))).toEqual(["dead", "alive"]);
  });

  it("puts real money before the sandbox", () => {
    expect(order(expired({ id: "play", environment: "sandbox" }), expired({ id: "real" }))).toEqual(["real", "play"]);
  });

  it("keeps what this person is in the middle of on top", () => {
    const begun = expired({ id: "begun", environment: "sandbox", authorization: authorization() });
    expect(order(expired({ id: "real" }), begun)).toEqual(["begun", "real"]);
  });

  it("puts the asleep before the awake, and the shorter life before the longer", () => {
    const asleep = withStatus({ word: "idle", action: "keep-alive" }, { id: "asleep" });
    const long = withStatus({ expiresAt: "2026-12-20T05:00:00Z" }, { id: "long" });
    expect(order(long, aConnection({ id: "short" }), asleep)).toEqual(["asleep", "short", "long"]);
  });
});

describe("faceOf and toneOf", () => {
  it("calls a token that dies every midnight active, though tomorrow needs a login", () => {
    expect(faceOf(aConnection(), market)).toBe("active");
    expect(toneOf(aConnection(), market, noon)).toBe("ok");
  });

  it("calls a week-long token due once it won't live through the next trading day", () => {
    expect(faceOf(weekly("2026-11-23T18:00:00Z"), market)).toBe("due");
    expect(faceOf(weekly("2026-11-23T22:00:00Z"), market)).toBe("active");
  });

  it("turns red only when the market is open without a token", () => {
    expect(toneOf(expired(), market, morning)).toBe("due");
    expect(toneOf(expired(), market, noon)).toBe("bad");
  });

  it("never turns red for a fire drill", () => {
    expect(toneOf(expired({ id: "drill" }), market, noon)).toBe("due");
  });

  it("does not call an unreachable broker an expired token", () => {
    expect(toneOf(withStatus({ word: "unknown", reason: "maintenance", action: "wait" }), market, noon)).toBe("calm");
  });
});

const lapsed = (change: Partial<StatusView> = {}): ConnectionView => {
  const [connection] = scenarios["schwab-lapsed"]?.status.connections ?? [];
  if (connection === undefined) throw new Error("No connection whose access token lapsed.");
  return { ...connection, status: { ...connection.status, ...change } };
};

describe("an access token that lapsed while its login lives", () => {
  it("is nothing to worry about: calm, behind what sleeps, its refresh merely offered", () => {
    expect(toneOf(lapsed(), market, noon)).toBe("calm");
    expect(stepOf(lapsed(), market, noon)).toEqual({ kind: "keep-alive", quiet: true });
    const asleep = withStatus({ word: "idle", reason: "no-call", action: "keep-alive" }, { id: "asleep" });
    expect(order(lapsed(), asleep)).toEqual(["asleep", "schwab-prod"]);
  });

  it("does not hide that the login won't live through the next trading day", () => {
    const ending = lapsed({ expiresAt: "2026-11-23T18:00:00Z" });
    expect(faceOf(ending, market)).toBe("due");
    expect(stepOf(ending, market, noon)).toEqual({ kind: "renew", quiet: false });
  });

  it("leaves the ring to the login's end", () => {
    expect(countdownOf(lapsed(), market, noon)).toMatchObject({
      kind: "until-login-ends",
      at: at("2026-11-25T22:10:00Z"),
    });
  });
});

describe("endsLivingLogin", () => {
  it("warns only where a login that still lives would be replaced", () => {
    expect(endsLivingLogin(lapsed())).toBe(true);
    expect(endsLivingLogin(lapsed({ word: "needs-authorization", expiresAt: null }))).toBe(false);
    expect(endsLivingLogin(aConnection())).toBe(false);
  });
});

describe("asOf", () => {
  it("leaves a living token alone", () => {
    const connection = aConnection();
    expect(asOf(connection, noon, () => "")).toBe(connection);
  });

  it("stops calling a token alive the moment it dies, before the server is asked", () => {
    const dead = asOf(aConnection(), at("2026-11-21T05:00:00Z"), (diedAt) => `ended ${diedAt}`);
    expect(dead.status).toEqual({
      word: "needs-authorization",
      reason: "expired",
      evidence: "ended 2026-11-21T05:00:00Z",
      evidenceAt: "2026-11-21T05:00:00Z",
      expiresAt: null,
      action: "renew",
    });
  });
});

describe("countdownOf", () => {
  it("counts a living token down to its death", () => {
    expect(countdownOf(aConnection(), market, noon)).toMatchObject({
      kind: "until-expiry",
      at: at("2026-11-21T05:00:00Z"),
      ms: at("2026-11-21T05:00:00Z") - noon,
    });
  });

  it("counts to the opening bell when only the person can help", () => {
    expect(countdownOf(expired(), market, morning)).toMatchObject({ kind: "until-open", ms: 58 * 60_000 });
  });

  it("counts up once the market is open without a token", () => {
    expect(countdownOf(expired(), market, noon)).toMatchObject({ kind: "since-open", fraction: 1, ms: 154 * 60_000 });
  });

  it("looks to the next trading day after the close", () => {
    expect(countdownOf(expired(), market, at("2026-11-20T22:00:00Z"))).toMatchObject({
      kind: "until-open",
      at: at("2026-11-23T14:30:00Z"),
    });
  });
});

describe("openAuthorization", () => {
  it("forgets a request the moment it runs out", () => {
    const connection = expired({ authorization: authorization() });
    expect(openAuthorization(connection, at("2026-11-20T13:36:39Z"))).not.toBeNull();
    expect(openAuthorization(connection, at("2026-11-20T13:36:40Z"))).toBeNull();
  });

  it("keeps a token that is being verified, however long that takes", () => {
    const connection = expired({ authorization: authorization({ stage: "verifying" }) });
    expect(openAuthorization(connection, noon)?.stage).toBe("verifying");
  });
});

describe("wasJustRenewed", () => {
  const { token } = aConnection();
  const storedAt = Date.parse(token?.storedAt ?? "");

  it("holds for half a minute after this person's login was stored", () => {
    expect(wasJustRenewed(done(), storedAt + 29_000)).toBe(true);
    expect(wasJustRenewed(done(), storedAt + 30_000)).toBe(false);
  });

  it("does not hold for somebody else's, an unfinished one, or none", () => {
    const others = [done({ mine: false }), done({ stage: "failed" }), aConnection({ authorization: null })];
    expect(others.map((connection) => wasJustRenewed(connection, storedAt))).toEqual([false, false, false]);
  });
});

describe("stepOf", () => {
  it.each([
    ["active", "keep-alive", true],
    ["due", "renew", false],
    ["due-ahead", "renew", false],
    ["authorizing", "enter-code", false],
    ["authorizing-redirect", "return-to-broker", false],
    ["schwab-redirect", "return-to-broker", false],
    ["schwab-paste", "enter-code", false],
    ["schwab-two-days", "renew", false],
    ["authorizing-elsewhere", "renew", false],
    ["verifying", "working", true],
    ["confirming-accounts", "confirm-accounts", false],
    ["unknown", "check", false],
    ["misconfigured", "check", false],
    ["idle", "keep-alive", false],
    ["never", "renew", false],
  ])("when %s the next real thing is %s", (name, kind, quiet) => {
    const scenario = scenarios[name];
    const [connection] = scenario?.status.connections ?? [];
    if (scenario === undefined || connection === undefined) throw new Error(`No connection in ${name}.`);
    expect(stepOf(connection, scenario.status.market, at(scenario.startsAt))).toEqual({ kind, quiet });
  });
});
