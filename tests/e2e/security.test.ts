// The attacks that Prebell has to withstand, each by its name, against the running program. More of them: guard.test.ts (other
// sites' pages, cookie tossing), unit/http/fuzz.test.ts (malformed bodies), unit/http/access-matrix.test.ts (another person's
// connection), unit/adapters/webhook-publisher.test.ts (SSRF), unit/http/limit-failures.test.ts (brute force on a door).
import { beforeAll, describe, expect, it } from "vitest";
import { ceremony } from "../support/program-ceremony.ts";
import { type Client, verdict } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";

const apiToken = "the-token-that-is-to-be-guessed-0123456789";
let program: Program;
let owner: Client;
let firstLink: string;

beforeAll(async () => {
  program = await startProgram({ env: { API_TOKEN: apiToken, API_TOKEN_SCOPES: "status token" } });
  firstLink = secretOf(program.link());
  owner = await program.signIn();
  await program.renew(owner, "etrade-prod");
});

const secretOf = (link: string) => new URL(link).hash.replace("#signin=", "");
const cookieOf = (client: Client) => client.headers["cookie"] ?? "";

/** A second browser of the same person, signed in by a link of its own. */
async function anotherBrowser(): Promise<Client> {
  await program.restart();
  return program.signIn();
}

describe("session fixation, as in the OAuth 1.0 advisory of 2009", () => {
  it("fails: what the victim approved on the attacker's link can be finished by nobody but who began it", async () => {
    const attacker = await anotherBrowser();
    const victim = ceremony(program, await anotherBrowser(), "etrade-prod");
    const code = await ceremony(program, attacker, "etrade-prod").approve();
    // The victim's browser brings the code back to its own session.
    expect(verdict(await victim.complete(code))).toBe("409 authorization-elsewhere");
    expect(await victim.version()).toBe(1);
    await ceremony(program, attacker, "etrade-prod").cancel();
  });

  it("of our own cookie fails: signing in brings a fresh one, whatever was there before", async () => {
    await program.restart();
    const planted = program.stranger({ ...sameOriginHeaders, cookie: "__session=chosen-by-the-attacker" });
    const answer = await planted.post("/api/sessions/handoff", { token: secretOf(program.link()) });
    const given = /__session=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1];
    expect(given).toMatch(/^[\w-]{43}$/);
    expect(verdict(await planted.get("/status"))).toBe("401 not-signed-in");
    expect((await program.stranger({ cookie: `__session=${given}` }).get("/status")).status).toBe(200);
  });
});

describe("login CSRF", () => {
  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site" }],
    ["plain text", { "content-type": "text/plain", origin: "https://evil.example" }],
    ["JSON", { ...sameOriginHeaders, "sec-fetch-site": "cross-site" }],
    ["a page that shares our site", { ...sameOriginHeaders, "sec-fetch-site": "same-site" }],
  ])("by %s signs nobody in", async (_what, headers) => {
    const stranger = program.stranger(headers);
    for (const path of ["/api/sessions/handoff", "/api/sessions/passkey", "/api/people/accept"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await stranger.post(path, { token: firstLink })).headers.get("set-cookie")).toBeNull();
  });
});

describe("a link that was handed over", () => {
  it("works once, and not for whoever comes second", async () => {
    await program.restart();
    const token = secretOf(program.link());
    const spend = () => program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token });
    const answers = [await spend(), await spend()];
    expect(answers.map(verdict)).toEqual(["200 ok", "401 link-spent"]);
  });

  it("is not spent by who merely looks: previews, prefetching, other methods", async () => {
    await program.restart();
    const token = secretOf(program.link());
    for (const path of ["/", `/?signin=${token}`, `/api/sessions/handoff?token=${token}`, "/api/sessions/handoff"])
      // oxlint-disable-next-line no-await-in-loop
      await program.stranger({ purpose: "prefetch", "sec-purpose": "prefetch" }).get(path);
    const answer = await program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token });
    expect(verdict(answer)).toBe("200 ok");
  });
});

describe("a replayed callback", () => {
  it("stores nothing twice, here or elsewhere", async () => {
    owner = await anotherBrowser();
    const renewal = ceremony(program, owner, "etrade-prod");
    const code = await renewal.approve();
    const address = `${program.pageUrl}/callback/etrade?oauth_verifier=${code}`;
    expect((await renewal.completeWith(address)).status).toBe(200);
    const version = await renewal.version();
    expect(verdict(await renewal.completeWith(address))).toBe("409 verifier-used");
    const elsewhere = ceremony(program, await anotherBrowser(), "etrade-prod");
    expect((await elsewhere.completeWith(address)).status).toBe(409);
    expect(await elsewhere.version()).toBe(version);
  });
});

describe("brute force", () => {
  it("on a broker's code ends after three guesses", async () => {
    owner = await anotherBrowser();
    const renewal = ceremony(program, owner, "etrade-prod");
    const before = (await program.control.state()).tokens.length;
    await renewal.tap({ restart: true });
    const guesses = ["AAAA1", "AAAA2", "AAAA3", "AAAA4"];
    const verdicts: string[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one guess after the other
    for (const guess of guesses) verdicts.push(verdict(await renewal.complete(guess)));
    expect(verdicts).toEqual([
      "422 verifier-rejected",
      "422 verifier-rejected",
      "422 verifier-rejected",
      "422 verifier-rejected",
    ]);
    expect((await program.control.state()).tokens).toHaveLength(before);
  });

  it("on the API token meets one answer, and never keeps out who has it", async () => {
    const guess = () => program.machine(`${apiToken.slice(0, -1)}x`).get("/status");
    const answers = await Promise.all(Array.from({ length: 30 }, guess));
    expect(new Set(answers.map(verdict))).toEqual(new Set(["401 wrong-api-token"]));
    expect((await program.machine(apiToken).get("/status")).status).toBe(200);
  });

  it("on links shuts that door for a while, and leaves signed-in people alone", async () => {
    const guess = () => program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token: "guess" });
    const verdicts: string[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one guess after the other
    for (let time = 0; time < 21; time += 1) verdicts.push(verdict(await guess()));
    expect([verdicts[0], verdicts.at(-1)]).toEqual(["401 link-spent", "429 too-many-failures"]);
    expect((await owner.get("/status")).status).toBe(200);
    await program.restart();
  });
});

describe("clickjacking", () => {
  it.each(["/", "/callback/etrade", "/status"])("of %s is refused by every browser", async (path) => {
    const policy = (await program.stranger().get(path)).headers.get("content-security-policy");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe("an open redirect", () => {
  it("is nowhere: nothing the program is asked sends a browser elsewhere", async () => {
    const evil = encodeURIComponent("https://evil.example");
    const paths = [
      "/",
      "/callback/etrade",
      "/status",
      "/api/journal",
      "/livez",
      "//evil.example",
      "/%2f%2fevil.example",
    ];
    for (const path of paths)
      for (const query of [`?next=${evil}`, `?url=${evil}&redirect=${evil}&return_to=${evil}`]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await program.stranger().get(path + query);
        expect([answer.status >= 300 && answer.status < 400, answer.headers.get("location")]).toEqual([false, null]);
      }
  });
});

describe("header injection", () => {
  it("through paths and queries sets no header and no cookie", async () => {
    const answer = await program.stranger().get("/callback/etrade%0d%0aSet-Cookie:%20__session=x?a=%0d%0aX-Evil:1");
    expect([answer.headers.get("set-cookie"), answer.headers.get("x-evil")]).toEqual([null, null]);
  });
});

describe("cookie tossing", () => {
  it("by a sibling site makes neither cookie count", async () => {
    const tossed = `${cookieOf(owner)}; __session=tossed`;
    expect(verdict(await program.stranger({ cookie: tossed }).get("/status"))).toBe("401 not-signed-in");
  });
});

describe("a stranger at the door", () => {
  it("finds no broker's name, no field to type into, and nothing for search engines", async () => {
    const [page, robots] = await Promise.all([program.stranger().get("/"), program.stranger().get("/robots.txt")]);
    const shown = page.text.replaceAll(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, "");
    expect(shown).not.toMatch(/e\*?trade|schwab|broker|<input|<form/i);
    expect([page.headers.get("x-robots-tag"), robots.text]).toEqual([
      "noindex, nofollow",
      expect.stringContaining("Disallow: /"),
    ]);
  });
});
