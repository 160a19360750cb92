import { defineConfig } from "vitest/config";

const project = (name: string, testTimeout: number, isolate = true) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    setupFiles: "tests/support/clear-leftovers.ts",
    environment: "node" as const,
    isolate,
    testTimeout,
    hookTimeout: 60_000,
    // As in tests/support/wait.ts.
    expect: { poll: { timeout: 30_000 } },
  },
});

export default defineConfig({
  test: {
    // Vitest leaves one core idle by default; the machines have two, and half of the tests wait for something.
    maxWorkers: 4,
    // Loading every module anew for each file was half of the unit tests' time.
    projects: [project("unit", 60_000, false), project("contract", 60_000), project("e2e", 90_000)],
  },
});
