// The second file of the page, asked for together with the first answers.
import { signal } from "@preact/signals";

type Part = typeof import("./pages/Dashboard.tsx");

export const dashboardPart = signal<Part | "missing" | null>(null);

export async function loadDashboard(): Promise<void> {
  // The page says so and offers to load again.
  const part = await import("./pages/Dashboard.tsx").catch(() => "missing" as const);
  if (part !== "missing") part.start();
  dashboardPart.value = part;
}
