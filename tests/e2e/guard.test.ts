// Who is kept out: other sites' pages, strangers, and requests that our own page would never make.
import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, answerOf, type Client, verdict } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";

let program: Program;
let client: Client;
let cookie: string;
let token: string;

beforeAll(async () => {
  program = await startProgram();
  token = new URL(program.link()).hash.replace("#signin=", "");
  client = await program.signIn();
  cookie = client.headers["cookie"] ?? "";
  await program.renew(client, "etrade-prod");
});

const start = "/api/connections/etrade-prod/authorizations";
const json = { "content-type": "application/json" };

/** A signed-in browser's POST with exactly these headers beside its cookie. */
async function post(headers: Record<string, string>, body: object = {}): Promise<Answer> {
  return program.stranger({ cookie, ...headers }).post(start, body);
}

async function stateOfAll(): Promise<string> {
  const [status, state] = [await client.status(), await program.control.state()];
  return JSON.stringify([
    status.connections.map(({ token: held, authorization }) => [held, authorization]),
    state.tokens.length,
  ]);
}

describe("a state change", () => {
  const refused: [string, Record<string, string>, string][] = [
    ["by another site's page", { ...sameOriginHeaders, "sec-fetch-site": "cross-site" }, "403 cross-origin"],
    ["by a sibling site's page", { ...sameOriginHeaders, "sec-fetch-site": "same-site" }, "403 cross-origin"],
    ["by a typed address", { ...sameOriginHeaders, "sec-fetch-site": "none" }, "403 cross-origin"],
    ["with a foreign Origin", { ...json, "x-prebell": "1", origin: "https://evil.example" }, "403 cross-origin"],
    ["with an Origin of null", { ...json, "x-prebell": "1", origin: "null" }, "403 cross-origin"],
    [
      "whose Origin and Sec-Fetch-Site contradict each other",
      { ...sameOriginHeaders, origin: "https://evil.example" },
      "403 cross-origin",
    ],
    ["that says nothing of where it comes from", { ...json, "x-prebell": "1" }, "403 cross-origin"],
    ["without our own header", { ...json, "sec-fetch-site": "same-origin" }, "403 header-missing"],
    [
      "in a form's content type",
      { ...sameOriginHeaders, "content-type": "application/x-www-form-urlencoded" },
      "415 not-json",
    ],
    ["in plain text", { ...sameOriginHeaders, "content-type": "text/plain" }, "415 not-json"],
  ];

  it.each(refused)("%s is refused and changes nothing", async (_what, headers, expected) => {
    const before = await stateOfAll();
    expect(verdict(await post(headers))).toBe(expected);
    expect(await stateOfAll()).toBe(before);
  });

  it("by an old browser that sends only our Origin is accepted", async () => {
    const answer = await post({ ...json, "x-prebell": "1", origin: `http://127.0.0.1:${program.port}` });
    expect(verdict(answer)).toBe("201 ok");
  });

  it("in a body over 16 KiB is refused", async () => {
    expect(verdict(await post(sameOriginHeaders, { padding: "x".repeat(17 * 1024) }))).toBe("413 too-large");
  });

  it("in a body that is not JSON, or not as documented, is refused", async () => {
    const broken = await answerOf(
      await fetch(program.url + start, { method: "POST", headers: client.headers, body: "{" }),
    );
    expect(verdict(broken)).toBe("400 not-json");
    expect(verdict(await client.post(start, { restart: "please" }))).toBe("400 bad-body");
    expect(verdict(await client.post(`${start}/complete`, { verifier: 12345 }))).toBe("400 bad-body");
  });

  it("never comes from a GET", async () => {
    const before = await stateOfAll();
    const paths = [
      start,
      `${start}/complete?verifier=MX9ES`,
      `${start}/confirm-accounts?accept=true`,
      `${start}/cancel`,
      "/api/connections/etrade-prod/keepalive",
      "/keepalive/force",
      "/cron/tick",
      "/cron/morning-alert",
      `/api/sessions/handoff?token=${token}`,
    ];
    const answers = await Promise.all(paths.map((path) => client.get(path)));
    expect(answers.map(({ status }) => status).filter((status) => ![401, 403, 404].includes(status))).toEqual([]);
    expect(await stateOfAll()).toBe(before);
  });
});

describe("a session", () => {
  it("of nobody opens nothing", async () => {
    const paths = [
      "/status",
      "/keepalive/status",
      "/api/journal",
      "/api/messages",
      "/api/events",
      "/api/connections/etrade-prod/accounts",
    ];
    const answers = await Promise.all(paths.map((path) => program.stranger({ cookie: "__session=guessed" }).get(path)));
    expect(answers.map(verdict)).toEqual(paths.map(() => "401 not-signed-in"));
  });

  it.each([(own: string) => `${own}; __session=planted`, (own: string) => `__session=planted; ${own}`])(
    "is not believed beside a second cookie of its name",
    async (planted) => {
      expect(verdict(await program.stranger({ cookie: planted(cookie) }).get("/status"))).toBe("401 not-signed-in");
      expect((await program.stranger({ cookie: `theme=dark; ${cookie}` }).get("/status")).status).toBe(200);
    },
  );
});
