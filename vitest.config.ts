import { defineConfig } from "vitest/config";

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node" as const,
    testTimeout,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  // Vitest leaves one core idle by default; these machines have two.
  test: { maxWorkers: 2, projects: [project("unit", 20_000), project("contract", 20_000), project("e2e", 90_000)] },
});
