// Malformed requests: whatever somebody sends to whichever route, nothing breaks inside, and nothing of the inside is told.
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { aScene, callers, type CallerName, here, type Scene } from "./access-scene.ts";

const scenes = new Map<CallerName, Scene>();
let routes: readonly (readonly [method: string, path: string])[];

beforeAll(async () => {
  for (const caller of [
    "anonymous",
    "owner",
    "renewer",
    "program",
  ] as const satisfies readonly (typeof callers)[number][])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    scenes.set(caller, await aScene(caller));
  const { app } = sceneOf("anonymous");
  routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => [method, path] as const);
});

function sceneOf(caller: CallerName): Scene {
  const scene = scenes.get(caller);
  if (scene === undefined) throw new Error(`No scene for ${caller}.`);
  return scene;
}

const anyCaller = fc.constantFrom("anonymous" as const, "owner" as const, "renewer" as const, "program" as const);
const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "../../etc/passwd",
    "%2e%2e%2f",
    "\u0000",
    "__proto__",
    "constructor",
    "a\r\nX-Evil: 1",
    "' OR 1=1 --",
    here,
  ),
  fc.constant("x".repeat(5000)),
);
const anyBody = fc.oneof(
  fc.json({ maxDepth: 4 }),
  nasty,
  fc.constantFrom(
    "",
    "null",
    "[]",
    "{",
    '{"__proto__":{"admin":true}}',
    `{"verifier":"${"9".repeat(3999)}"}`,
    `[${"[".repeat(400)}`,
  ),
  fc
    .dictionary(
      fc.constantFrom(
        "token",
        "verifier",
        "callbackUrl",
        "accept",
        "name",
        "role",
        "personId",
        "scopes",
        "version",
        "response",
      ),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .map((body) => JSON.stringify(body)),
);

/** No stack, no file of ours, no library's name. */
const inside =
  /\bat [^"]+\.[cm]?[jt]s:\d+:\d+|node:internal|node_modules|server\/|TypeError|SyntaxError|RangeError|ZodError|sqlite/i;

async function send(caller: CallerName, method: string, path: string, init: RequestInit = {}): Promise<string> {
  const scene = sceneOf(caller);
  // A stream that stays open has no end to look at.
  const request = new Request(`https://prebell.example.com${path}`, { method, ...init });
  const response = await scene.app.fetch(request);
  expect(response.status, `${method} ${path}`).toBeLessThan(500);
  const text = await response.text();
  expect(text).not.toMatch(inside);
  expect(response.headers.get("x-evil")).toBeNull();
  expect(scene.bench.logged.filter(({ event }) => event === "request-failed")).toEqual([]);
  return text;
}

describe("malformed requests", () => {
  it("to any route, with any body and any names in the path, break nothing and tell nothing of the inside", async () => {
    const request = fc.record({
      caller: anyCaller,
      route: fc.nat(),
      names: fc.array(nasty, { maxLength: 3 }),
      body: anyBody,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ caller, route, names, body }) => {
        const [method = "GET", pattern = "/"] = routes[route % routes.length] ?? [];
        let index = 0;
        const path = pattern
          .replaceAll("*", "x")
          .replaceAll(/:\w+/g, () => encodeURIComponent(names[(index += 1) - 1] ?? here).replaceAll("%00", "x"));
        const headers = {
          "content-type": "application/json",
          "x-prebell": "1",
          "sec-fetch-site": "same-origin",
          ...(caller === "anonymous" ? {} : authority(caller)),
        };
        await send(caller, method, path, method === "GET" ? { headers } : { headers, body });
      }),
      { numRuns: 1500 },
    );
  });

  it("with any headers break nothing", async () => {
    const value = fc.string({ maxLength: 80 }).map((text) => text.replaceAll(/[^\u0020-\u007e]/g, "").trim());
    const headers = fc.dictionary(
      fc.constantFrom(
        "authorization",
        "cookie",
        "origin",
        "content-type",
        "last-event-id",
        "x-forwarded-for",
        "host",
        "accept-encoding",
        "x-telegram-bot-api-secret-token",
      ),
      value,
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), headers, async (route, given) => {
        const [method = "GET", pattern = "/"] = routes[route % routes.length] ?? [];
        await send("anonymous", method, pattern.replaceAll("*", "x").replaceAll(/:\w+/g, here), { headers: given });
      }),
      { numRuns: 500 },
    );
  });

  it("of a size nobody needs are refused before they are read", async () => {
    const body = JSON.stringify({ padding: "x".repeat(300 * 1024) });
    for (const [method, pattern] of routes) {
      if (method === "GET" || pattern.includes("*")) continue;
      const headers = { "content-type": "application/json", "x-prebell": "1", "sec-fetch-site": "same-origin" };
      const request = new Request(`https://prebell.example.com${pattern.replaceAll(/:\w+/g, here)}`, {
        method,
        body,
        headers: { ...headers, ...authority("owner"), "content-length": String(body.length) },
      });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status } = await sceneOf("owner").app.fetch(request);
      expect([401, 403, 413], `${method} ${pattern}`).toContain(status);
    }
  });
});

function authority(caller: CallerName): Record<string, string> {
  return caller === "program" ? { authorization: `Bearer ${caller}` } : { cookie: `__session=${caller}` };
}
