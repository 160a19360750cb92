// The clockwork's part in a fire drill: rings what is due, steps in for a silent trading system, ends what is over.
import { type Drill, drillConnectionId, endOf, isRehearsalDue, rehearsalConsumer } from "../domain/drill.ts";
import { refusalSentence, refuse } from "../domain/refusal.ts";
import { confirmVersion } from "./confirm-version.ts";
import type { Dependencies } from "./dependencies.ts";
import { broughtUp } from "./drill-trace.ts";
import { endDrill } from "./end-drill.ts";
import { noPatience, underLease } from "./exclusively.ts";
import { isReallyNeeded, ringDrill } from "./ring-drill.ts";

type Needs = Pick<
  Dependencies,
  | "clock"
  | "random"
  | "providers"
  | "records"
  | "tokens"
  | "outbox"
  | "leases"
  | "configuredChannels"
  | "drillBroker"
  | "log"
  | "nudge"
>;

/** One read while there is nothing to do. Safe at any frequency, by anybody. */
export async function advanceDrill(deps: Needs): Promise<void> {
  const now = deps.clock();
  const [newest] = await deps.records.drills(1);
  if (newest?.state === "planned" && Temporal.Instant.compare(newest.dueAt, now) <= 0)
    await underLease(deps, "drills", () => ringIfDue(deps, newest.id), noPatience);
  if (newest?.state === "running") await goOn(deps, newest, now);
}

async function ringIfDue(deps: Needs, drillId: string): Promise<{ readonly outcome: "done" }> {
  const [drill] = await deps.records.drills(1);
  if (drill?.id === drillId && drill.state === "planned") {
    if (await isReallyNeeded(deps, drill.personId, deps.clock()))
      await endDrill(deps, drill.id, "cancelled", refusalSentence(refuse("drill-real-need"), ""));
    else await ringDrill(deps, drill);
  }
  return { outcome: "done" };
}

async function goOn(deps: Needs, drill: Drill, now: Temporal.Instant): Promise<void> {
  let current = await broughtUp(deps, drill);
  if (isRehearsalDue(current, now)) {
    await rehearse(deps);
    current = await broughtUp(deps, drill);
  }
  const end = endOf(current, current, now);
  if (end !== null) await endDrill(deps, drill.id, end);
}

/** As a trading system would: reads the version that the event named, makes a real call with it, and only then confirms. */
async function rehearse(deps: Needs): Promise<void> {
  const { token } = (await deps.records.connection(drillConnectionId)) ?? { token: null };
  const tokenSet = token === null ? null : await deps.tokens.read(drillConnectionId, token.version);
  if (token === null || tokenSet === null) return;
  const answer = await deps.drillBroker.provider.listAccounts(tokenSet);
  if (!answer.ok) return deps.log.warn("drill-not-rehearsed", { reason: answer.failure.reason });
  const version = { connectionId: drillConnectionId, consumer: rehearsalConsumer, version: token.version };
  await confirmVersion(deps, version);
}
