import { describe, expect, it } from "vitest";
import { questions } from "../../../server/cli/setup-questions.ts";

function check(name: string, text: string) {
  const question = questions.find((each) => each.name === name);
  if (question === undefined) throw new Error(`Nobody asks for ${name}.`);
  return question.check(text);
}

describe("an answer that will do is kept in one form", () => {
  it.each([
    ["project", "my-trading-482913", "my-trading-482913"],
    ["region", "europe-west1", "europe-west1"],
    ["billing-account", "0123AB-4567CD-89EF01", "0123AB-4567CD-89EF01"],
    ["billing-account", "none", ""],
    ["alarm-email", "me+alarms@example.com", "me+alarms@example.com"],
    ["environments", "sandbox, prod", "prod,sandbox"],
    ["environments", "None", "none"],
    ["mirror", "Yes", "on"],
    ["mirror", "n", "off"],
    ["chat-id", "-1001234567890", "-1001234567890"],
    ["public-url", "https://Prebell.Example.com/", "https://prebell.example.com"],
    ["trader-members", "user:me@example.com  group:us@example.com", "user:me@example.com,group:us@example.com"],
    ["trader-members", "", ""],
  ])("%s: %j", (name, text, value) => {
    expect(check(name, text)).toEqual({ value });
  });
});

describe("a wrong answer is told what would be right", () => {
  it.each([
    ["project", "My Trading", "project's id, not its name"],
    ["project", "482913000001", "project's id"],
    ["region", "us-east2", "us-east1"],
    ["billing-account", "my account", "0123AB"],
    ["budget", "0", "whole number"],
    ["alarm-email", "me", "me@example.com"],
    ["environments", "production", '"prod"'],
    ["environments", "", '"prod"'],
    ["mirror", "maybe", '"on" or "off"'],
    ["chat-id", "@me", "@userinfobot"],
    ["public-url", "http://my-trading.web.app", "https address"],
    ["public-url", "https://my-trading.web.app/prebell", "without a path"],
    ["trader-members", "bot@example.com", "serviceAccount:"],
  ])("%s: %j", (name, text, remedy) => {
    expect(check(name, text)).toEqual({ remedy: expect.stringContaining(remedy) });
  });
});

it("every usual answer is one that will do", () => {
  const soFar = new Map([["project", "my-trading-482913"]]);
  const refused = questions.filter(({ usual, check: rule }) => {
    const answer = usual(soFar);
    return answer !== null && "remedy" in rule(answer);
  });
  expect(refused.map(({ name }) => name)).toEqual([]);
});
