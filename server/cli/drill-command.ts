// `prebell drill`: a fire drill from the terminal. What happens is printed as it happens, and what it was worth at the end.
import { createInterface } from "node:readline/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Drill, drillConnectionId, isOpenDrill } from "../domain/drill.ts";
import { type DrillReport, type ReportedStep, reportOf } from "../domain/drill-report.ts";
import { firstPersonId } from "../domain/person.ts";
import { refusalSentence } from "../domain/refusal.ts";
import { newYorkMoment, newYorkTime } from "../domain/time-words.ts";
import { advanceDrill } from "../use-cases/advance-drill.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { planDrill } from "../use-cases/plan-drill.ts";
import { readDrills } from "../use-cases/read-drills.ts";
import { complain, print } from "./commands.ts";
import { renewCommand } from "./renew-command.ts";

const lookEveryMs = 1000;
const answersWithinMs = 5000;

/** `time`: "HH:MM" in New York; null: now. */
export async function drillCommand(deps: Dependencies, pageUrl: string, time: string | null): Promise<number> {
  const dueAt = time === null ? null : nextTime(time, deps.clock());
  if (dueAt === undefined) {
    complain("--at takes a New York time of day, for example 16:30.");
    return 2;
  }
  if (!(await answers(pageUrl))) {
    complain(
      `Prebell does not answer at ${pageUrl}, where the drill's login page is. Start it (npm start), then repeat.`,
    );
    return 1;
  }
  const result = await planDrill(deps, { personId: firstPersonId, dueAt });
  if (result.outcome === "refused") {
    complain(refusalSentence(result, "The broker"));
    return 1;
  }
  if (result.drill.state === "planned") {
    print(`Planned for ${newYorkMoment(result.drill.dueAt)}. Prebell rings then; the page's settings show the report.`);
    return 0;
  }
  print("🧪 FIRE DRILL: your channels ring now. Renew “Fire drill” on your phone, as on a real morning.");
  const ended = await watch(deps, result.drill.id);
  for (const line of reportLines(ended)) print(line);
  return ended.state === "done" ? 0 : 1;
}

/** Until it ended, whoever ended it. */
async function watch(deps: Dependencies, drillId: string): Promise<Drill> {
  const here = offerTerminal(deps);
  const told = new Set<string>();
  try {
    for (;;) {
      // The server's clockwork does the same; whoever comes first.
      // oxlint-disable-next-line no-await-in-loop -- waiting is the loop
      await advanceDrill(deps);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const drill = (await readDrills(deps, firstPersonId)).find(({ id }) => id === drillId);
      if (drill === undefined) throw new Error("The drill's record is gone.");
      for (const step of reportOf(drill).steps)
        if (step.at !== null && !told.has(step.name)) {
          told.add(step.name);
          print(stepLine(step));
        }
      if (!isOpenDrill(drill)) return drill;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(lookEveryMs);
    }
  } finally {
    here.close();
  }
}

/** At a real terminal the renewal can be made right here as well. */
function offerTerminal(deps: Dependencies): { close(): void } {
  if (!process.stdin.isTTY) return { close() {} };
  complain("Or press Enter to renew in this terminal.");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.once("line", () => {
    terminal.close();
    renewCommand(deps, drillConnectionId).catch((error: unknown) =>
      complain(error instanceof Error ? error.message : "The renewal broke off."),
    );
  });
  return terminal;
}

const stepWords: Readonly<Record<ReportedStep["name"], string>> = {
  alerted: "a channel took the alert",
  acknowledged: "answered",
  begun: "renewal begun",
  authorized: "the code came back",
  renewed: "proven and stored",
  published: "event published",
  confirmed: "confirmed",
};

function stepLine({ name, at, seconds }: ReportedStep): string {
  const time = at === null ? "--:--:--" : newYorkTime(at, "seconds");
  return `  ${time}  ${stepWords[name]}${seconds === null ? "" : `  (+${seconds} s)`}`;
}

function reportLines(drill: Drill): string[] {
  if (drill.state === "cancelled") return [`Called off. ${drill.reason ?? ""}`.trim()];
  const report = reportOf(drill);
  return ["", `Score: ${report.score} of 100`, ...rated(report), ...channelLines(drill), ...adviceLines(report), ""];
}

function rated({ steps }: DrillReport): string[] {
  return steps
    .filter(({ outOf }) => outOf > 0)
    .map(({ name, seconds, limitSeconds, points, outOf }) => {
      const took = seconds === null ? "never" : `${seconds} s`;
      return `  ${`${points}/${outOf}`.padEnd(7)}${stepWords[name].padEnd(26)}${took.padEnd(10)}aim: ${limitSeconds} s`;
    });
}

function channelLines({ tries, confirmedBy }: Drill): string[] {
  return [
    ...tries.map(
      ({ channel, milliseconds, failure }) => `  ${channel}: ${failure ?? "delivered"} (${milliseconds} ms)`,
    ),
    ...(confirmedBy === null ? [] : [`  confirmed by ${confirmedBy}`]),
  ];
}

function adviceLines({ advice }: DrillReport): string[] {
  return advice.length === 0 ? ["Nothing to mend."] : advice.map((sentence) => `→ ${sentence}`);
}

async function answers(pageUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${pageUrl}/livez`, { signal: AbortSignal.timeout(answersWithinMs) })).ok;
  } catch {
    return false;
  }
}

/** The next time New York's clocks show it; undefined if that is no time of day. */
function nextTime(text: string, now: Temporal.Instant): Temporal.Instant | undefined {
  if (!/^([01]?\d|2[0-3]):[0-5]\d$/.test(text)) return undefined;
  const there = now.toZonedDateTimeISO("America/New_York");
  const today = there.withPlainTime(Temporal.PlainTime.from(text.padStart(5, "0")));
  const isAhead = Temporal.ZonedDateTime.compare(today, there) > 0;
  return (isAhead ? today : today.add({ days: 1 })).toInstant();
}
