// `prebell doctor`: the findings of every link, faults last so that they are what remains on the screen.
import type { Dependencies } from "../use-cases/dependencies.ts";
import { examine, type ExaminationSettings, type Finding } from "../use-cases/examine.ts";
import { print } from "./commands.ts";

const marks: Record<Finding["verdict"], string> = { ok: "✓", warning: "!", fault: "✗" };
const order: readonly Finding["verdict"][] = ["ok", "warning", "fault"];

export async function examineCommand(deps: Dependencies, settings: ExaminationSettings): Promise<number> {
  const findings = await examine(deps, settings);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  for (const { subject, verdict, sentence, remedy } of sorted) {
    print(`${marks[verdict]} ${subject.padEnd(20)} ${sentence}`);
    if (remedy !== null) print(`${" ".repeat(23)}→ ${remedy}`);
  }
  return findings.some(({ verdict }) => verdict === "fault") ? 1 : 0;
}
