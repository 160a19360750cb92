// A workbench whose one connection is a weekly login, asked for in time; no broker is called.
import { hasJustExpired } from "../../../server/domain/keep-alive.ts";
import type { Notice } from "../../../server/domain/notice.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { recordDeath } from "../../../server/use-cases/record-death.ts";
import { sendReminders } from "../../../server/use-cases/send-reminders.ts";
import { aConnection, aToken } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aWorkbench, identityOf } from "./workbench.ts";

export const weekly = "schwab-prod";
export const policy = schwabPolicy();

export type WeeklyLogin = Awaited<ReturnType<typeof aWeeklyLogin>>;

/** Logged in at `issuedAt`; `others`: connections beside it that were never authorized. */
export async function aWeeklyLogin(issuedAt: Temporal.Instant, others: readonly string[] = []) {
  const bench = aWorkbench({ ids: [weekly, ...others] });
  const provider = { ...bench.provider(weekly), policy };
  const deps = { ...bench.deps, providers: new Map([...bench.deps.providers, [weekly, provider]]) };
  const identity = { id: weekly, provider: "schwab", environment: "prod" } as const;

  async function logIn(at: Temporal.Instant): Promise<void> {
    const before = await bench.stores.records.connection(weekly);
    const token = aToken({ issuedAt: at, storedAt: at, version: (before?.token?.version ?? 0) + 1 });
    const lastSuccess = { at, call: "accounts-list" } as const;
    const revision = before?.revision ?? 0;
    await bench.stores.records.commit({
      connection: { ...aConnection(), ...identity, token, lastSuccess, ended: null, revision },
    });
  }
  await logIn(issuedAt);
  for (const id of others)
    // oxlint-disable-next-line no-await-in-loop -- a fixture
    await bench.have({ ...aConnection({ token: null, lastSuccess: null }), ...identityOf(id) });

  return {
    bench,
    deps,
    logIn,
    /** What a run of the clockwork at `now` has to do with telling the person; answers what they were told. */
    async tick(now: Temporal.Instant): Promise<readonly Notice[]> {
      bench.now = now;
      const connection = await bench.connection(weekly);
      if (connection.ended === null && hasJustExpired(connection, policy, now))
        await recordDeath(deps, weekly, "expired");
      await sendReminders(deps, await bench.stores.records.connections(), [], now);
      await deliverMessages(deps);
      return bench.sent.splice(0);
    },
  };
}

/** The moments of a day at which something can fall due, and some at which nothing may. */
export function momentsOf(date: string): readonly Temporal.Instant[] {
  const times = ["00:00", "06:00", "08:25", "08:30", "08:45", "09:00", "09:15", "09:30", "11:00"];
  return [...times, "13:00", "13:05", "16:00", "16:05", "20:00"].map((time) => newYork(date, time));
}
