// People and programs' tokens as the page reads them, and who may widen access from where.
import { beforeEach, describe, expect, it } from "vitest";
import type { ApiTokensReply, InvitationReply, MadeTokenReply, PeopleReply } from "../../../server/http/contract.ts";
import { createApp } from "../../../server/http/app.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aPerson, aSession, anApiToken } from "../../support/builders.ts";
import { aScene, elsewhere, here, type Scene } from "./access-scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await aScene("owner");
});

async function read<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const body: T = JSON.parse(await response.text());
  return body;
}

describe("GET /api/me", () => {
  it("says who is signed in, how, and whether they proved it", async () => {
    expect(await read(scene.ask("GET", "/api/me"))).toEqual({
      id: "anna",
      name: "Anna",
      role: "owner",
      passkeys: 1,
      locked: false,
      telegram: false,
      session: { door: "passkey", expiresAt: "2026-03-11T00:29:00.000Z", onlyFor: null },
      proven: true,
    });
    scene.bench.now = scene.bench.now.add({ minutes: 2 });
    expect(await read(scene.ask("GET", "/api/me"))).toMatchObject({ proven: false });
  });
});

describe("GET /api/people", () => {
  it("lists everybody for an owner, oneself first, with what that owner shares and nothing else", async () => {
    const { people } = await read<PeopleReply>(scene.ask("GET", "/api/people"));
    expect(people.map(({ name, role, me, shared }) => [name, role, me, shared])).toEqual([
      ["Anna", "owner", true, []],
      ["Owner", "owner", false, []],
      ["Rita", "renewer", false, [here]],
      ["Rob", "renewer", false, []],
      ["Vera", "viewer", false, [here]],
      ["Vic", "viewer", false, []],
    ]);
    expect(people.filter(({ first }) => first).map(({ name }) => name)).toEqual(["Owner"]);
  });

  it("lists oneself for everybody else, and for an owner whose session was handed over for one renewal", async () => {
    for (const [caller, name] of [
      ["renewer", "Rita"],
      ["handed-over", "Anna"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { people } = await read<PeopleReply>((await aScene(caller)).ask("GET", "/api/people"));
      expect(people).toEqual([expect.objectContaining({ name, me: true, shared: [] })]);
    }
  });
});

describe("an invitation", () => {
  it("is a link whose secret stays behind the #, spent by POST and never by a visit", async () => {
    const { link } = await read<InvitationReply>(scene.ask("POST", "/api/people", { name: "Nina", role: "viewer" }));
    expect(link).toMatch(/^https:\/\/prebell\.example\.com\/#invite=./);
    await scene.ask("GET", "/");
    const token = link.split("=")[1];
    // The newcomer's browser.
    const accept = () =>
      scene.app.request("/api/people/accept", {
        method: "POST",
        headers: { "content-type": "application/json", "x-prebell": "1", "sec-fetch-site": "same-origin" },
        body: JSON.stringify({ token }),
      });
    const accepted = await accept();
    expect(accepted.status).toBe(201);
    const cookie = accepted.headers.getSetCookie()[0] ?? "";
    expect(cookie).toMatch(/^__session=.*; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await accept()).status).toBe(401);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect(await read(Promise.resolve(scene.app.request("/api/me", { headers })))).toMatchObject({
      name: "Nina",
      role: "viewer",
      proven: false,
    });
    expect(await read(Promise.resolve(scene.app.request("/status", { headers })))).toMatchObject({ connections: [] });
  });

  it.each([
    [{ name: "", role: "viewer" }],
    [{ name: " -x", role: "viewer" }],
    [{ name: "a\nb", role: "viewer" }],
    [{ name: "x".repeat(41), role: "viewer" }],
    [{ name: "<b>x</b>", role: "viewer" }],
    [{ name: "Nina", role: "king" }],
    [{}],
  ])("needs a name that can be shown and a role there is: %j", async (body) => {
    expect((await scene.ask("POST", "/api/people", body)).status).toBe(400);
  });
});

const linkOnly = async (linkCounts: boolean, passkeys: boolean) => {
  const { records, sessions } = scene.bench.deps;
  if (!passkeys) await records.commit({ person: aPerson({ id: "anna", name: "Anna", revision: 1 }) });
  await sessions.putSession(aSession({ digest: "digest(link)", personId: "anna", createdAt: scene.bench.now }));
  const app = createApp(scene.bench.deps, appSettings("http://127.0.0.1:8080", { linkCounts }));
  const headers = {
    cookie: "__session=link",
    "content-type": "application/json",
    "x-prebell": "1",
    "sec-fetch-site": "same-origin",
  };
  const body = JSON.stringify({ name: "Nina", role: "viewer" });
  const answer = await app.request("/api/people", { method: "POST", headers, body });
  const { code }: { code?: string } = JSON.parse(await answer.text());
  return `${answer.status} ${code ?? "ok"}`;
};

describe("what widens access", () => {
  it.each([
    ["takes a fresh link on a laptop of one's own, as long as there is no passkey", true, false, "201 ok"],
    ["takes the passkey once there is one", true, true, "403 proof-needed"],
    ["takes a passkey, never a link, on the internet", false, false, "403 passkey-needed"],
  ])("%s", async (_what, linkCounts, passkeys, expected) => {
    expect(await linkOnly(linkCounts, passkeys)).toBe(expected);
  });
});

const list = async () => (await read<ApiTokensReply>(scene.ask("GET", "/api/tokens"))).tokens;

describe("programs' tokens", () => {
  it("are made, used, replaced and revoked", async () => {
    const wish = { name: "new-bot", scopes: ["token", "status"], connections: [here], expiresInDays: 90 };
    const first = await read<MadeTokenReply>(scene.ask("POST", "/api/tokens", wish));
    expect(first.made).toEqual({
      name: "new-bot",
      scopes: ["status", "token"],
      connections: [here],
      createdAt: "2026-03-10T12:30:00.000Z",
      expiresAt: "2026-06-08T12:30:00.000Z",
    });
    const status = async (token: string) =>
      (await scene.app.request("/status", { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(first.token)).toBe(200);
    const second = await read<MadeTokenReply>(scene.ask("POST", "/api/tokens/new-bot/rotate", { overlapHours: 1 }));
    expect([await status(first.token), await status(second.token)]).toEqual([200, 200]);
    scene.bench.now = scene.bench.now.add({ hours: 1 });
    await scene.bench.deps.sessions.putSession(
      aSession({ digest: "digest(owner)", personId: "anna", seenAt: scene.bench.now }),
    );
    expect([await status(first.token), await status(second.token)]).toEqual([401, 200]);
    expect((await scene.ask("DELETE", "/api/tokens/new-bot")).status).toBe(200);
    expect(await status(second.token)).toBe(401);
    expect((await list()).map(({ name }) => name)).not.toContain("new-bot");
  });

  it("of the configuration are listed with what concerns the reader, and are changed there", async () => {
    const declared = [
      { ...anApiToken("a", ["status"]), name: "mine", connections: [elsewhere, "etrade-prod"] },
      { ...anApiToken("b", ["status"]), name: "foreign", connections: ["etrade-prod"] },
      { ...anApiToken("c", ["status"]), name: "everywhere", connections: null },
    ];
    const app = createApp(scene.bench.deps, appSettings("https://prebell.example.com", { apiTokens: declared }));
    const headers = {
      cookie: "__session=owner",
      "content-type": "application/json",
      "x-prebell": "1",
      "sec-fetch-site": "same-origin",
    };
    const { tokens } = await read<ApiTokensReply>(Promise.resolve(app.request("/api/tokens", { headers })));
    expect(tokens.slice(0, 2)).toEqual([
      { name: "mine", scopes: ["status"], connections: [elsewhere], createdAt: null, expiresAt: null },
      { name: "everywhere", scopes: ["status"], connections: null, createdAt: null, expiresAt: null },
    ]);
    const answer = await app.request("/api/tokens/mine", { method: "DELETE", headers });
    expect(await answer.json()).toMatchObject({ status: 409, code: "token-configured" });
  });

  it("can do no more than their maker: who no longer owns a connection has given away its tokens too", async () => {
    const ask = (path: string) => scene.app.request(path, { headers: { authorization: "Bearer program" } });
    expect((await ask(`/api/connections/${here}/token`)).status).toBe(200);
    await read(scene.ask("POST", `/api/connections/${here}/owner`, { personId: "owner" }));
    expect((await ask(`/api/connections/${here}/token`)).status).toBe(404);
    const { bench } = scene;
    await bench.deps.records.commit({
      connection: { ...(await bench.connection(here)), sharedWith: ["anna"] },
    });
    const answer = await ask(`/api/connections/${here}/token`);
    expect(await answer.json()).toMatchObject({ status: 403, code: "beyond-rights" });
  });
});

describe("a change of people", () => {
  it("answers with everybody as they are now, or says why not", async () => {
    const { people } = await read<PeopleReply>(
      scene.ask("POST", "/api/people/viewer", { name: "Vroni", role: "renewer" }),
    );
    expect(people.find(({ id }) => id === "viewer")).toMatchObject({ name: "Vroni", role: "renewer", shared: [here] });
    const demoted = await scene.ask("POST", "/api/people/owner", { role: "viewer" });
    expect(await demoted.json()).toMatchObject({ status: 409, code: "first-person" });
    const nobody = await scene.ask("POST", "/api/people/removed", { name: "Back" });
    expect(await nobody.json()).toMatchObject({ status: 404, code: "unknown-person" });
  });

  it("signs its person out everywhere with all that the browser kept", async () => {
    const answer = await scene.ask("POST", "/api/sessions/end-all");
    expect(answer.headers.get("clear-site-data")).toBe('"cookies", "storage"');
    expect((await scene.ask("GET", "/api/me")).status).toBe(401);
  });
});
