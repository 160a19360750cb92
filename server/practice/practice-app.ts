// Every practice broker behind one port: what each of them answers, and the control that moves them all.
import { Hono } from "hono";
import { practiceBanner } from "./authorize-page.ts";
import { createControlEndpoints } from "./control-endpoints.ts";
import { createPracticeBroker, type PracticeOptions } from "./practice-broker.ts";
import type { PracticeClock } from "./practice-clock.ts";
import { createPracticeEtrade } from "./practice-etrade.ts";
import { practiceKeys, type PracticeKeys } from "./practice-keys.ts";
import type { PracticeState } from "./practice-state.ts";
import type { PracticeEnv } from "./received-call.ts";
import { createSchwabBroker } from "./schwab-broker.ts";
import { createSchwabEndpoints } from "./schwab-endpoints.ts";

export interface PracticeAppDeps {
  readonly clock: PracticeClock;
  readonly state: PracticeState;
  /** E*TRADE's. */
  readonly keys?: PracticeKeys;
  readonly options?: Partial<PracticeOptions>;
}

const defaults: PracticeOptions = {
  offerOtherAccounts: false,
  newLoginEndsEarlier: true,
  redirectUris: [],
  banner: practiceBanner,
};

export function createPracticeApp({ clock, state, keys = practiceKeys, options }: PracticeAppDeps): Hono<PracticeEnv> {
  const etrade = createPracticeBroker({ clock, state, keys, options: { ...defaults, ...options } });
  const schwab = createSchwabBroker(etrade);
  const app = new Hono<PracticeEnv>().use(async (c, next) => {
    await next();
    c.header("Date", new Date(clock.now().epochMilliseconds).toUTCString());
  });
  app.route("/", createPracticeEtrade(etrade));
  app.route("/schwab", createSchwabEndpoints(schwab));
  app.route("/practice", createControlEndpoints(etrade, schwab));
  return app;
}
