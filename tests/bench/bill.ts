// A month's bill as a Markdown table: what is charged, how much of it is free, what the rest costs.

export interface Charge {
  readonly what: string;
  readonly count: number;
  /** In a month. */
  readonly free: number;
  /** US dollars for one. */
  readonly price: number;
}

export function asBill(charges: readonly Charge[]): string {
  const rows = charges.map(({ what, count, free, price }) => ({
    what,
    count: Math.ceil(count).toLocaleString("en"),
    free: free.toLocaleString("en"),
    dollars: Math.max(0, count - free) * price,
  }));
  const total = rows.reduce((sum, { dollars }) => sum + dollars, 0);
  return [
    "| a month | counted | free | US$ |",
    "| --- | ---: | ---: | ---: |",
    ...rows.map(({ what, count, free, dollars }) => `| ${what} | ${count} | ${free} | ${dollars.toFixed(2)} |`),
    `| **together** | | | **${total.toFixed(2)}** |`,
  ].join("\n");
}
