import { defineConfig } from "vitest/config";

export default defineConfig({
  // The provider's package is large: its first import takes seconds on a small machine.
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000, hookTimeout: 60_000 },
});
