// For a scheduler outside: run what is due. Calling too often, late or twice changes nothing.
import { Hono } from "hono";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { deliverMessages } from "../use-cases/deliver-messages.ts";
import { readOverview } from "../use-cases/overview.ts";
import { runTick } from "../use-cases/run-tick.ts";
import { sendReminders } from "../use-cases/send-reminders.ts";
import { allowMachine, type Env } from "./caller.ts";
import { problem } from "./problem.ts";

export function cronRoutes(deps: Dependencies): Hono<Env> {
  return new Hono<Env>()
    .use(allowMachine("cron"))
    .post("/morning-alert", async (c) => {
      const now = deps.clock();
      const [connections, pending] = await Promise.all([
        deps.records.connections(),
        deps.records.pendingAuthorizations(now),
      ]);
      // Sent here and not behind our back: the answer has to say what became of it.
      const asked = await sendReminders({ ...deps, nudge: () => {} }, connections, pending, now);
      const { sent } = await deliverMessages(deps);
      const { lastMessageFailed } = await readOverview(deps);
      // Not 2xx, so that the scheduler counts it as failed and tries again.
      if (lastMessageFailed)
        return problem(c, 503, "alert-not-delivered", "The chat did not take the message; it is kept and tried again.");
      return c.json({ asked, sent });
    })
    .post("/tick", async (c) => {
      const summary = await runTick(deps);
      return summary.failed > 0
        ? problem(c, 500, "tick-failed", `${summary.failed} connections could not be looked after; see the log.`)
        : c.json(summary);
    });
}
