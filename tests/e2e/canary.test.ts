// No token, secret, code, cookie or account number reaches a log, a chat, an event, a page or a file but the sealed store.
import { beforeAll, expect, it } from "vitest";
import type { AuthorizationReply } from "../../server/http/contract.ts";
import { accountsOf } from "../../server/practice/canned-accounts.ts";
import { people } from "../../server/practice/practice-records.ts";
import { type Canaries, type Haystack, leaksIn } from "../support/canaries.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { eventually } from "../support/wait.ts";
import { apiToken, type CanaryScene, startCanaryScene } from "./canary-scene.ts";

let scene: CanaryScene;
let client: Client;
let trader: Client;
let haystack: Haystack;
let canaries: Canaries;

beforeAll(async () => {
  scene = await startCanaryScene();
  client = await scene.program.signIn();
  trader = scene.program.machine(apiToken);
  scene.secrets.set("session cookie", client.headers["cookie"]?.replace("__session=", "") ?? "");
  await goodDay();
  await wrongCodes();
  await strangersLogin();
  await brokersTroubles();
  await channelsTroubles();
  await death();
  for (const environment of ["prod", "sandbox"] as const)
    for (const person of people)
      for (const { accountId } of accountsOf(environment, person))
        scene.secrets.set(`account number ${accountId}`, accountId);
  canaries = Object.fromEntries(scene.secrets);
  haystack = scene.everythingWritten();
});

const path = (id: string) => `/api/connections/${id}/authorizations`;

async function approve(id: string, as: (typeof people)[number] = "yourself"): Promise<string> {
  const { authorizeUrl } = await good<AuthorizationReply>(client.post(path(id), { restart: true }));
  const verifier = await scene.control.accept(authorizeUrl, { as });
  scene.harvest();
  return verifier;
}

async function complete(id: string, verifier: string): Promise<string> {
  const answer = await client.post(`${path(id)}/complete`, { verifier });
  scene.harvest();
  return verdict(answer);
}

async function goodDay(): Promise<void> {
  for (const id of ["etrade-prod", "etrade-sandbox"]) {
    // oxlint-disable no-await-in-loop -- one after the other, as a person does
    expect(await complete(id, await approve(id))).toBe("200 ok");
    await good(client.post(`${path(id)}/confirm-accounts`, { accept: true }));
    for (const view of ["accounts", "balances", "positions"]) await good(client.get(`/api/connections/${id}/${view}`));
    await good(trader.get(`/api/connections/${id}/token`));
    await good(client.post(`/api/connections/${id}/keepalive`));
    // oxlint-enable no-await-in-loop
  }
  await good(trader.post("/api/connections/etrade-prod/confirmations", { consumer: "bot", version: 1 }));
}

async function wrongCodes(): Promise<void> {
  const verifier = await approve("etrade-prod");
  // What a person mistypes is somebody's code all the same.
  for (const wrong of ["CANARYWRNG", "canary wrong!", "a canary that is far too long to be a code"]) {
    scene.secrets.set(`wrong code ${wrong}`, wrong);
    // oxlint-disable-next-line no-await-in-loop
    expect(await complete("etrade-prod", wrong)).toMatch(/^422 /);
  }
  const foreign =
    "https://prebell.example/callback/etrade?oauth_verifier=canaryforeign&oauth_token=canary-foreign-token";
  scene.secrets.set("foreign code", "canaryforeign").set("foreign token", "canary-foreign-token");
  expect(verdict(await client.post(`${path("etrade-prod")}/complete`, { callbackUrl: foreign }))).toBe(
    "422 callback-mismatch",
  );
  const broken = `{"verifier":"${verifier}"`;
  await fetch(`${scene.program.url}${path("etrade-prod")}/complete`, {
    method: "POST",
    headers: client.headers,
    body: broken,
  });
  scene.secrets.set("wrong API token", "canary-wrong-api-token");
  expect((await scene.program.machine("canary-wrong-api-token").get("/status")).status).toBe(401);
}

async function strangersLogin(): Promise<void> {
  expect(await complete("etrade-prod", await approve("etrade-prod", "somebody else"))).toBe("409 account-mismatch");
}

async function brokersTroubles(): Promise<void> {
  for (const fault of ["html-garbage", "drop", "error-500", "reject-key", "rate-limit", "skew"] as const) {
    // oxlint-disable no-await-in-loop -- one trouble after the other
    const verifier = await approve("etrade-sandbox");
    await scene.control.fault({ fault });
    await client.post(path("etrade-sandbox"), { restart: true });
    await complete("etrade-sandbox", verifier);
    await client.post("/api/connections/etrade-sandbox/keepalive");
    await client.get("/api/connections/etrade-sandbox/accounts");
    await trader.get("/api/connections/etrade-sandbox/token");
    await scene.control.clear();
    // The answer to the exchange cut off after the broker acted.
    await scene.control.fault({ fault: "drop", on: "accounts", phase: "after", times: 1 });
    await complete("etrade-sandbox", verifier);
    await trader.post("/cron/tick");
    await scene.control.clear();
    // oxlint-enable no-await-in-loop
  }
}

async function channelsTroubles(): Promise<void> {
  scene.telegram.troubleNext(500, "drop", 403);
  scene.receiver.answerNext(500, 503);
  expect(await complete("etrade-prod", await approve("etrade-prod"))).toBe("200 ok");
  await eventually("a message that was refused", () => scene.program.stderr().includes('"event":"message-not-sent"'));
  await eventually("an event that was refused", () => scene.program.stderr().includes('"event":"event-not-delivered"'));
}

async function death(): Promise<void> {
  const verifier = await approve("etrade-prod");
  const cut = client.post(`${path("etrade-prod")}/complete`, { verifier }).catch(() => null);
  await scene.program.kill();
  await cut;
  scene.harvest();
  await scene.program.restart();
  await scene.control.killToken("sandbox");
  await client.post("/keepalive/force");
  await client.delete("/api/connections/etrade-prod/token");
  for (const place of ["/status", "/api/journal?limit=100", "/api/messages", "/keepalive/status"])
    // oxlint-disable-next-line no-await-in-loop
    await good(client.get(place));
  expect(await scene.program.stop()).toBe(0);
}

it("none of the secrets is in anything that was written or sent", () => {
  expect(leaksIn(haystack, canaries)).toEqual([]);
});

it("the search looked where it should, for what it should, and finds what is there", () => {
  expect(Object.keys(canaries).length).toBeGreaterThan(40);
  for (const place of ["standard output", "standard error", "event stream", "chat", "webhook", "file prebell.sqlite"])
    expect([place, haystack[place]?.length ?? 0]).toEqual([place, expect.toSatisfy((length: number) => length > 300)]);
  expect(haystack["standard error"]).toContain('"event":"token-stored"');
  expect(Object.keys(haystack).filter((place) => place.startsWith("answer"))).toHaveLength(
    scene.program.answers.filter(({ path: asked }) => !asked.endsWith("/token") && !asked.endsWith("/handoff")).length,
  );
  const accessToken = scene.program.answers.find(({ path: asked }) => asked.endsWith("/token"))?.answer.text ?? "";
  expect(leaksIn({ "the handed-out token": accessToken }, canaries).length).toBeGreaterThanOrEqual(2);
  expect(leaksIn({ memory: scene.brokersMemory() }, canaries).some((leak) => leak.startsWith("access token"))).toBe(
    true,
  );
});
