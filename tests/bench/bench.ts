// npm run bench: the budgets of the design as one table. It never fails: figures are read by people.
import { availableParallelism, loadavg } from "node:os";
import { cloudStart } from "./cloud.ts";
import { firstPaint, shellBytes } from "./page.ts";
import { ownShareOfRenewal } from "./renewal.ts";
import { coldStart, idleMemory, statusThroughput } from "./serving.ts";
import { asTable, type Row } from "./table.ts";
import { ticksOverTenThousand } from "./ticks.ts";

const benchmarks: readonly [string, () => Row | readonly Row[] | Promise<Row | readonly Row[]>][] = [
  ["cold start", coldStart],
  ["cloud start", cloudStart],
  ["throughput", statusThroughput],
  ["memory", idleMemory],
  ["shell", shellBytes],
  ["paint", firstPaint],
  ["renewal", ownShareOfRenewal],
  ["tick", ticksOverTenThousand],
];

// `node tests/bench/bench.ts tick paint` runs those two.
const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, measure] of benchmarks) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  rows.push(...[await measure()].flat());
}
process.stdout.write(`${asTable(rows)}\n\n${machine()}\n`);

/** Absolute figures mean something only on a machine with nothing else to do. */
function machine(): string {
  const load = loadavg()[0] ?? 0;
  const busy =
    load > availableParallelism() ? "; busy with other work, so read the ratios and not the milliseconds" : "";
  return `Node ${process.versions.node}, ${availableParallelism()} processors, load ${load.toFixed(1)}${busy}`;
}
