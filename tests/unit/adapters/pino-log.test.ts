import { describe, expect, it } from "vitest";
import { pinoLog, scrub } from "../../../server/adapters/pino-log.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { LogFields } from "../../../server/ports.ts";

const consumerSecret = 'canary/consumer+secret="=';

/** The one line that logging `fields` writes. */
function lineOf(fields: LogFields, level: "info" | "warn" | "error" = "error"): string {
  const lines: string[] = [];
  const log = pinoLog("trace", [new Secret(consumerSecret)], { stream: { write: (line) => void lines.push(line) } });
  log[level]("something-happened", fields);
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

describe("a log line", () => {
  it("is JSON with level, time, event and the fields that exist, and nothing else", () => {
    const line = JSON.parse(lineOf({ connection: "etrade-prod", version: 3, httpStatus: 401 }, "warn"));
    expect(line).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: "something-happened",
      connection: "etrade-prod",
      version: 3,
      httpStatus: 401,
    });
  });

  it("is what Cloud Logging and Error Reporting read when written for Google", () => {
    const lines: string[] = [];
    const log = pinoLog("info", [], { format: "google", stream: { write: (line) => void lines.push(line) } });
    log.warn("event-not-delivered", { connection: "etrade-prod" });
    log.error("tick-failed", { error: new TypeError("no answer", { cause: new Error("ECONNRESET") }) });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { severity: "WARNING", time: expect.any(String), message: "event-not-delivered", connection: "etrade-prod" },
      {
        severity: "ERROR",
        time: expect.any(String),
        message: "tick-failed",
        stack_trace: expect.stringMatching(/^TypeError: no answer\n {4}at [^]*\nCaused by Error: ECONNRESET$/),
      },
    ]);
  });

  it("leaves out what a careless caller's object carries beside its fields", () => {
    const careless = { connection: "etrade-prod", accessToken: "canary", request: { headers: { cookie: "canary" } } };
    expect(lineOf(careless)).not.toContain("canary");
  });

  it("says of an error what it is and where, and nothing that hangs on it", () => {
    const error = Object.assign(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }), {
      config: { headers: { authorization: "canary" } },
      response: { body: "canary" },
    });
    const line = lineOf({ error });
    expect(JSON.parse(line).error).toEqual({
      name: "TypeError",
      message: "fetch failed",
      stack: expect.arrayContaining([expect.stringContaining("pino-log.test.ts")]),
      cause: { name: "Error", message: "connect ECONNREFUSED" },
    });
    expect(line).not.toContain("canary");
  });

  it("shows nothing of a thrown value that is no error", () => {
    expect(JSON.parse(lineOf({ error: "canary" })).error).toEqual({ name: "string" });
  });
});

describe("a secret known at the start", () => {
  const forms = [consumerSecret, encodeURIComponent(consumerSecret), JSON.stringify(consumerSecret)];

  it.each(forms)("is struck out of a message: %s", (form) => {
    const line = lineOf({ error: new Error(`signing with ${form} failed`) });
    expect(line).not.toMatch(/canary|consumer.{1,3}secret/);
    expect(JSON.parse(line).error.message).toContain("[secret]");
  });

  it("is struck out of causes, names and stacks", () => {
    const inner = new Error(`inner ${consumerSecret}`);
    const error = new Error("outer", { cause: new Error(`middle ${consumerSecret}`, { cause: inner }) });
    error.name = consumerSecret;
    error.stack = `Error\n    at ${consumerSecret} (file.ts:1:1)`;
    expect(lineOf({ error, reason: consumerSecret })).not.toContain("canary");
  });

  it("shows as [secret] where it is logged as it is", () => {
    expect(JSON.parse(lineOf({ error: new Error(String(new Secret("canary"))) })).error.message).toBe("[secret]");
  });
});

describe("scrub", () => {
  const secret = "caNary+0123456789/abcdefghijklmnopqrstuv";
  const shapes: [string, string][] = [
    ["an OAuth header", `OAuth oauth_consumer_key="${secret}", oauth_token="${secret}", oauth_signature="${secret}"`],
    ["an OAuth header within JSON", JSON.stringify({ authorization: `OAuth oauth_token="${secret}"` })],
    ["a form body", `oauth_token=${secret}&oauth_token_secret=${secret}&oauth_callback_confirmed=true`],
    ["a callback address", `https://prebell.example/callback/etrade?oauth_verifier=${secret}`],
    ["a JSON body", JSON.stringify({ oauth_token: secret, oauth_token_secret: secret })],
    ["a JSON body within JSON", JSON.stringify({ body: JSON.stringify({ oauth_token_secret: secret }) })],
    [
      "a signature base string",
      `GET&https%3A%2F%2Fx&oauth_token%3D${encodeURIComponent(secret)}%26oauth_verifier%3D${secret}`,
    ],
    ["a Bot API address", "https://api.telegram.org/bot110201543:AAHdqTcaNaryWGJxfSeofSAs0K5PALDsaw/sendMessage"],
    ["a bot token alone", "110201543:AAHdqTcaNaryWGJxfSeofSAs0K5PALDsaw"],
    ["a bearer header", `authorization: Bearer ${secret}`],
    ["a webhook secret", "whsec_caNarycaNarycaNarycaNarycaNary=="],
    ["a Slack webhook", "https://hooks.slack.com/services/T0CANARY0/B0CANARY0/caNary0123456789012"],
    ["a Discord webhook", "https://discord.com/api/v10/webhooks/223704706495545344/caNary_0123-456789/messages/1"],
    ["a browser's push address", JSON.stringify({ endpoint: "https://fcm.googleapis.com/fcm/send/caNary:APA91b" })],
    ["Apple's push address", "POST https://web.push.apple.com/caNary_0123 failed"],
    ["a mail server's address", "connect smtps://alerts%40example.com:caNary@smtp.example.com:465"],
    ["an ntfy token", "tk_caNary0123456789"],
    ["a program's token", `the token prebell_caNary${"x".repeat(37)} was refused`],
    ["a session cookie", `cookie: theme=dark; __session=${secret}; path=/`],
  ];

  it.each(shapes)("strikes the secrets out of %s", (_what, text) => {
    expect(scrub(text, [])).not.toMatch(/caNary/i);
    expect(scrub(text, [])).toContain("[secret]");
  });

  it("leaves valid JSON valid", () => {
    for (const [, text] of shapes) {
      const line = JSON.stringify({ event: "request-failed", error: { message: text } });
      expect(JSON.parse(scrub(line, [consumerSecret])).event).toBe("request-failed");
    }
  });

  it("leaves ordinary lines as they are", () => {
    const line =
      '{"event":"keepalive-ok","connection":"etrade-prod","time":"2026-06-10T21:00:00.000Z","count":110201543}';
    expect(scrub(line, [consumerSecret])).toBe(line);
  });
});
