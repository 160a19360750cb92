// Answers to the setup's questions: a valid baseline to vary, and everything that the questions accept.
import * as fc from "fast-check";
import { type Answers, answersOf, questions, stackRule } from "../../../server/cli/setup-questions.ts";

export function someAnswers(overrides: Partial<Answers> = {}): Answers {
  return {
    stack: "prod",
    project: "my-trading-482913",
    region: "us-east1",
    publicUrl: "https://my-trading-482913.web.app",
    chatId: "7654321",
    alarmEmail: "me@example.com",
    prod: true,
    sandbox: true,
    mirror: true,
    schwab: false,
    history: false,
    heartbeat: true,
    billingAccount: null,
    monthlyBudgetUsd: 5,
    traderMembers: [],
    ...overrides,
  };
}

/** Hardly any text at random is an answer, so most are made to look like one; the question itself decides. */
const lookalikes: Readonly<Record<string, fc.Arbitrary<string>>> = {
  project: fc.stringMatching(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  region: fc.constantFrom("us-east1", "europe-west9", "asia-south2"),
  "billing-account": fc.constantFrom("", "none", "0123AB-4567CD-89EF01"),
  budget: fc.integer({ min: 1, max: 99_999 }).map(String),
  "alarm-email": fc.stringMatching(/^[A-Za-z0-9._%+'"$`;-]{1,12}@[a-z0-9-]{1,9}\.[a-z$']{2,5}$/),
  environments: fc.constantFrom("prod", "sandbox", "prod,sandbox", "sandbox prod", "none"),
  mirror: fc.constantFrom("on", "off", "yes", "N"),
  schwab: fc.constantFrom("on", "off"),
  history: fc.constantFrom("on", "off"),
  heartbeat: fc.constantFrom("on", "off"),
  "chat-id": fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map(String),
  "public-url": fc.stringMatching(/^https:\/\/[a-z0-9.$'-]{1,20}\.[a-z]{2,5}\/?$/),
  "trader-members": fc
    .array(fc.stringMatching(/^(user|group|serviceAccount):[\w.%+'$-]{1,9}@[a-z0-9-]{1,9}\.[a-z]{2,5}$/), {
      maxLength: 3,
    })
    .map((members) => members.join(", ")),
};

/** Whatever the questions take, kept as they keep it. */
export const acceptedAnswers: fc.Arbitrary<Answers> = fc
  .tuple(
    fc.stringMatching(/^[a-z$'; ][a-z0-9$'-]{0,30}$/).filter((name) => stackRule.test(name)),
    ...questions.map(({ name, check }) =>
      fc
        .oneof(...(lookalikes[name] === undefined ? [] : [lookalikes[name], lookalikes[name]]), fc.string())
        .map(check)
        .filter((checked) => "value" in checked)
        .map((checked) => [name, "value" in checked ? checked.value : ""] as const),
    ),
  )
  .map(([stack, ...answers]) => answersOf(stack, new Map(answers)));
