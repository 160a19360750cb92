// The practice broker's remote control, for the CLI and our tests.
import type { Environment } from "../domain/connection.ts";
import type { ClockCommand, PracticeAppKeys, PracticeClockReading, PracticeSnapshot } from "./control-contract.ts";
import type { BrokerName, Fault, FaultDraft } from "./fault.ts";
import type { Person } from "./practice-records.ts";
import { createSchwabControl, type SchwabControl } from "./schwab-control.ts";

export interface PracticeControl {
  state(): Promise<PracticeSnapshot>;
  advance(duration: Temporal.Duration): Promise<PracticeClockReading>;
  setTo(instant: Temporal.Instant): Promise<PracticeClockReading>;
  reset(): Promise<PracticeClockReading>;
  /** Resolves with the faults set now. */
  fault(fault: FaultDraft): Promise<readonly Fault[]>;
  clear(): Promise<void>;
  /** As if the broker withdrew the environment's tokens; resolves with how many there were. */
  killToken(environment: Environment): Promise<number>;
  /** As if the environment's tokens had gone two hours without a call; resolves with how many there were. */
  idleToken(environment: Environment): Promise<number>;
  callback(environment: Environment, url: string | null): Promise<void>;
  /** Registers one more app, as a developer portal does. */
  app(broker: BrokerName, environment?: Environment): Promise<PracticeAppKeys>;
  /** Answers every call that a "hang" holds; resolves with how many there were. */
  release(): Promise<number>;
  /** Presses Accept at E*TRADE's page as the person would; resolves with the verifier. Rejects if the page shows none. */
  accept(authorizeUrl: string, choice?: { as?: Person }): Promise<string>;
  readonly schwab: SchwabControl;
}

export function createPracticeControl(url: string): PracticeControl {
  const moveClock = (command: ClockCommand) => post<PracticeClockReading>("clock", command);

  return {
    state: () => answerOf<PracticeSnapshot>(fetch(`${url}/practice/state`)),
    advance: (duration) => moveClock({ advanceSeconds: duration.total("seconds") }),
    setTo: (instant) => moveClock({ setTo: instant.toString() }),
    reset: () => moveClock({ reset: true }),
    fault: async (fault) => (await post<{ faults: readonly Fault[] }>("faults", fault)).faults,
    async clear() {
      await post("faults/clear", {});
    },
    killToken: async (environment) => (await post<{ tokens: number }>("kill-token", { environment })).tokens,
    idleToken: async (environment) => (await post<{ tokens: number }>("idle-token", { environment })).tokens,
    async callback(environment, callbackUrl) {
      await post("callback", { environment, url: callbackUrl });
    },
    app: (broker, environment = "prod") =>
      post<PracticeAppKeys>("apps", broker === "etrade" ? { broker, environment } : { broker }),
    release: async () => (await post<{ released: number }>("release", {})).released,
    accept,
    schwab: createSchwabControl(post),
  };

  function post<T>(path: string, body: object): Promise<T> {
    const headers = { "content-type": "application/json", "x-practice": "1" };
    return answerOf<T>(fetch(`${url}/practice/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
  }
}

async function answerOf<T>(call: Promise<Response>): Promise<T> {
  const response = await call;
  const text = await response.text();
  if (!response.ok) throw new Error(`The practice broker answered ${response.status}: ${text}`);
  // Both ends are this folder's, so the shape is the contract's.
  const body: T = JSON.parse(text);
  return body;
}

async function accept(authorizeUrl: string, { as }: { as?: Person } = {}): Promise<string> {
  const link = new URL(authorizeUrl);
  const form = new URLSearchParams({
    key: link.searchParams.get("key") ?? "",
    token: link.searchParams.get("token") ?? "",
    decision: "accept",
    ...(as !== undefined && { as }),
  });
  const response = await fetch(link.origin + link.pathname, { method: "POST", body: form, redirect: "manual" });
  const location = response.headers.get("location");
  const verifier =
    location === null
      ? /<code id="code">([A-Z0-9]+)</.exec(await response.text())?.[1]
      : new URL(location).searchParams.get("oauth_verifier");
  if (!verifier) throw new Error(`The authorize page answered ${response.status} and showed no code.`);
  return verifier;
}
