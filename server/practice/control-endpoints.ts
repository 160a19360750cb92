// The rehearsal's remote control. Reachable from this machine only, and by no web page in its browser.
import { Hono } from "hono";
import { z } from "zod";
import type { Environment } from "../domain/connection.ts";
import {
  appCommand,
  callbackCommand,
  clockCommand,
  emptyCommand,
  environmentCommand,
  type ClockCommand,
  type PracticeAppKeys,
  type PracticeClockReading,
  type PracticeSnapshot,
} from "./control-contract.ts";
import { faultSchema } from "./fault.ts";
import { registerEtradeApp, registerSchwabApp } from "./practice-apps.ts";
import type { PracticeBroker } from "./practice-broker.ts";
import type { AccessToken } from "./practice-records.ts";
import { connectionOf, type PracticeContext, type PracticeEnv } from "./received-call.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import { addSchwabCommands, schwabSnapshot } from "./schwab-control-endpoints.ts";
import { inactiveAfterHours, lifeOf } from "./token-life.ts";

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];
const loopbackAddresses = ["127.0.0.1", "::1", "::ffff:127.0.0.1"];

export function createControlEndpoints(broker: PracticeBroker, schwab: SchwabBroker): Hono<PracticeEnv> {
  const { records, keys, clock } = broker;
  const app = new Hono<PracticeEnv>();

  app.use(async (c, next) => {
    const refusal = refusalOf(c);
    return refusal === null ? next() : c.json({ error: refusal }, 403);
  });

  app.get("/state", (c) => c.json(snapshot()));

  const command = <T>(path: string, schema: z.ZodType<T>, act: (body: T) => object) =>
    app.post(path, async (c) => {
      const text = await c.req.text();
      const body = schema.safeParse(parsedJson(text));
      if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400);
      const outcome = act(body.data);
      broker.commit();
      return c.json(outcome);
    });

  command("/clock", clockCommand, (body) => {
    move(body);
    return clockReading();
  });
  command("/faults", faultSchema, (fault) => {
    records.faults.push(fault);
    return { faults: records.faults };
  });
  command("/faults/clear", emptyCommand, () => {
    records.faults.length = 0;
    return { faults: records.faults };
  });
  command("/kill-token", environmentCommand, ({ environment }) => {
    const alive = aliveTokens(environment);
    for (const token of alive) token.revoked = true;
    return { tokens: alive.length };
  });
  command("/idle-token", environmentCommand, ({ environment }) => {
    const alive = aliveTokens(environment);
    for (const token of alive) token.lastCallAt = clock.now().subtract({ hours: inactiveAfterHours });
    return { tokens: alive.length };
  });
  command("/callback", callbackCommand, ({ environment, url }) => {
    records.callbacks[environment] = url;
    return { callbacks: records.callbacks };
  });
  command("/apps", appCommand, (wish): PracticeAppKeys => {
    if (wish.broker === "etrade") {
      const { consumerKey, consumerSecret } = registerEtradeApp(records, wish.environment);
      return { consumerKey, consumerSecret };
    }
    const { clientId, clientSecret } = registerSchwabApp(schwab.records);
    return { consumerKey: clientId, consumerSecret: clientSecret };
  });
  command("/release", emptyCommand, () => ({ released: broker.calls.release() + schwab.calls.release() }));
  addSchwabCommands(command, schwab);

  return app;

  function move(body: ClockCommand): void {
    if ("advanceSeconds" in body)
      clock.advance(Temporal.Duration.from({ milliseconds: Math.round(body.advanceSeconds * 1000) }));
    else if ("setTo" in body) clock.setTo(Temporal.Instant.from(body.setTo));
    else clock.reset();
  }

  function clockReading(): PracticeClockReading {
    return { now: clock.now().toString(), offsetSeconds: clock.offset().total("seconds") };
  }

  function snapshot(): PracticeSnapshot {
    const tokens = [...records.accessTokens.values()].map((token) => ({
      environment: token.environment,
      issuedAt: token.issuedAt.toString(),
      lastCallAt: token.lastCallAt.toString(),
      state: lifeAt(token),
    }));
    return {
      clock: clockReading(),
      faults: records.faults,
      callbacks: records.callbacks,
      tokens,
      calls: Object.fromEntries(records.calls),
      held: broker.calls.heldCount() + schwab.calls.heldCount(),
      schwab: schwabSnapshot(schwab),
    };
  }

  function lifeAt(token: AccessToken) {
    return lifeOf(token, keys[token.environment].lifetimeDays, clock.now());
  }

  function aliveTokens(environment: Environment): AccessToken[] {
    return [...records.accessTokens.values()].filter(
      (token) => token.environment === environment && ["active", "inactive"].includes(lifeAt(token)),
    );
  }
}

function refusalOf(c: PracticeContext): string | null {
  const address = connectionOf(c)?.incoming.socket.remoteAddress;
  if (address !== undefined && !loopbackAddresses.includes(address)) return "Only from the machine it runs on.";
  // A web page can point a name of its own at 127.0.0.1; the Host header gives it away.
  if (!loopbackNames.includes(new URL(c.req.url).hostname)) return "Only under a loopback address.";
  if (c.req.method === "GET") return null;
  // A browser sends neither of these across origins without asking first, and nobody answers that question here.
  const isJson = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() === "application/json";
  return isJson && c.req.header("x-practice") === "1" ? null : "Needs content-type application/json and x-practice: 1.";
}

/** Undefined where the text is not JSON, which no schema takes. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return undefined;
  }
}
