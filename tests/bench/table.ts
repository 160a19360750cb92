// One aligned table: what was measured, what it was measured against, the budget, and whether it is kept.

export interface Row {
  readonly what: string;
  readonly ours: string;
  /** The yardstick of the same run; "" where the budget is absolute. */
  readonly bare: string;
  readonly result: string;
  readonly budget: string;
  /** Null where there is no budget. */
  readonly kept: boolean | null;
}

export function ratioRow(
  what: string,
  { ours, bare }: { ours: number; bare: number },
  unit: string,
  budget: { readonly atMost: number } | { readonly atLeast: number } | null,
): Row {
  const ratio = ours / bare;
  const show = (value: number) => `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
  return {
    what,
    ours: show(ours),
    bare: show(bare),
    result: `${ratio.toFixed(2)}×`,
    ...(budget === null
      ? { budget: "", kept: null }
      : "atMost" in budget
        ? { budget: `≤ ${budget.atMost}×`, kept: ratio <= budget.atMost }
        : { budget: `≥ ${budget.atLeast}×`, kept: ratio >= budget.atLeast }),
  };
}

/** A figure that no budget binds. */
export function plainRow(what: string, ours: string): Row {
  return { what, ours, bare: "", result: ours, budget: "", kept: null };
}

export function absoluteRow(what: string, value: number, unit: string, atMost: number, bare = ""): Row {
  const show = (number: number) =>
    `${number >= 100 ? Math.round(number).toLocaleString("en") : Number(number.toFixed(2))} ${unit}`;
  return { what, ours: show(value), bare, result: show(value), budget: `≤ ${show(atMost)}`, kept: value <= atMost };
}

export function asTable(rows: readonly Row[]): string {
  const lines = [
    ["", "Prebell", "bare node:http", "result", "budget", ""],
    ...rows.map((row) => [
      row.what,
      row.ours,
      row.bare,
      row.result,
      row.budget,
      row.kept === null ? "" : row.kept ? "kept" : "OVER",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((cells) => cells.join("   ").trimEnd())
    .join("\n");
}
