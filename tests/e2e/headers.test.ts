// What every answer carries, and what the page gives away before anybody signed in.
import { beforeAll, describe, expect, it } from "vitest";
import { type Client } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";

let program: Program;
let client: Client;

beforeAll(async () => {
  program = await startProgram();
  client = await program.signIn();
});

const start = "/api/connections/etrade-prod/authorizations";

describe("every answer", () => {
  it("that is dynamic says no-store, refusals and dead ends included", async () => {
    const answers = [
      await client.get("/status"),
      await program.stranger().get("/status"),
      await client.get("/api/nothing-here"),
      await program.stranger().get("/api/nothing-here"),
      await program.stranger().get("/nothing-here"),
      await program.stranger().get("/livez"),
      await client.post(start, {}, { "sec-fetch-site": "cross-site" }),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get("cache-control")])).toEqual([
      [200, "private, no-store"],
      [401, "private, no-store"],
      [404, "private, no-store"],
      [404, "private, no-store"],
      [404, "private, no-store"],
      [200, "private, no-store"],
      [403, "private, no-store"],
    ]);
  });

  it("has the security headers, and none that would let other sites read it", async () => {
    const answers = [
      await client.get("/status"),
      await program.stranger().get("/"),
      await program.stranger().get("/nothing-here"),
    ];
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-robots-tag": "noindex, nofollow",
        "permissions-policy": expect.stringContaining("camera=()"),
      });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });

  it("gives a preflight of another site nothing to go on with", async () => {
    const preflight = await fetch(program.url + start, {
      method: "OPTIONS",
      headers: {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-prebell",
      },
    });
    expect([...preflight.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    expect(preflight.status).toBeGreaterThanOrEqual(400);
  });

  it("of the API may not be shown or run as a page", async () => {
    const policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
    const answers = [
      await client.get("/status"),
      await program.stranger().get("/status"),
      await client.get("/api/nothing-here"),
    ];
    expect(answers.map(({ headers }) => headers.get("content-security-policy"))).toEqual([policy, policy, policy]);
  });
});

describe("the page before sign-in", () => {
  it("names no broker, has no field to type into and lets nothing foreign in", async () => {
    const { text, headers } = await program.stranger().get("/");
    const visible = text.replace(/<script[\s\S]*?<\/script>/g, "").replace(/<style[\s\S]*?<\/style>/g, "");
    expect(text).not.toMatch(/E\*?TRADE|Schwab/i);
    expect(visible).not.toMatch(/broker|password/i);
    expect(visible).not.toMatch(/<(input|form|textarea|iframe)\b/i);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' /);
    for (const rule of [
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe-|https?:/);
  });

  it("is the same static page at the callback, whoever calls", async () => {
    const page = await program.stranger().get("/callback/etrade?oauth_verifier=MX9ES");
    expect([page.status, page.text.includes("MX9ES")]).toEqual([200, false]);
  });
});

describe("behind https", () => {
  it("the cookie never travels in the clear, and browsers are told to stay on https", async () => {
    const secure = await startProgram({ env: { PUBLIC_URL: "https://prebell.example.com" } });
    const handoff = { token: new URL(secure.link()).hash.replace("#signin=", "") };
    const page = secure.stranger({ ...sameOriginHeaders, origin: "https://prebell.example.com" });
    const answer = await page.post("/api/sessions/handoff", handoff);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/; HttpOnly; Secure; SameSite=Strict$/)]);
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000");
  });
});
