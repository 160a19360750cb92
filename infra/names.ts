// What things are called in the project. Imports nothing, so that the tests of cloudbuild.yaml can read it too.
export const names = {
  service: "prebell",
  cronService: "prebell-cron",
  repository: "prebell",
  database: "(default)",
  topic: "token-updates",
  deadLetterTopic: "token-updates-dead-letter",
  tradingSubscription: "trading-system",
  accounts: { run: "prebell-run", scheduler: "prebell-scheduler", build: "prebell-build", trader: "prebell-trader" },
} as const;

/** What the scheduler's tokens are made out to: a fixed word, so that neither side waits for the other's address. */
export const cronAudience = "https://prebell-cron";

export const defaultRegion = "us-east1";
