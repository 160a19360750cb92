// The whole thing behind Firebase Hosting: firebase.json on Firebase's own file server, under production's rules.
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../server/http/app.ts";
import { dynamicHeaders, securityHeaders, strictTransport } from "../../server/http/headers.ts";
import { createLink } from "../../server/use-cases/sign-in.ts";
import { appSettings } from "../support/app-settings.ts";
import { acceptAtBroker, addOfferedPasskey, giveFinger, type Phone, signInOn, useBrowser } from "../support/browser.ts";
import { aConnection, aPerson, at } from "../support/builders.ts";
import { type HostingServer, startHosting } from "../support/hosting.ts";
import { type Answer, type Client, createClient } from "../support/program-client.ts";
import { enrolPasskey } from "../support/program-passkeys.ts";
import { createSoftPasskey } from "../support/soft-passkey.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { freePort } from "../support/program-ports.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";
import { aWorkbench, bringCode, pin, startRenewal } from "../unit/use-cases/workbench.ts";

const openPhone = useBrowser();
const beforeTheOpen = "2026-06-10T12:40:00Z"; // 08:40 in New York
const apiToken = "an-api-token-for-the-trading-system";

let program: Program;
let hosting: HostingServer;
let owner: Client;

/** As whoever calls from outside, through Hosting. */
const through = (headers: Record<string, string> = {}) => createClient(hosting.url, headers, () => {});

beforeAll(async () => {
  const port = await freePort();
  const env = { PUBLIC_URL: `http://localhost:${port}`, API_TOKEN: apiToken };
  program = await startProgram({ at: beforeTheOpen, env });
  hosting = await startHosting({ port, service: program.url, giveUpAfterMs: 5000 });
  const cookie = await enrolPasskey(await program.signIn(), createSoftPasskey(hosting.url));
  const proven = program.stranger({ ...sameOriginHeaders, cookie });
  // So that E*TRADE production is the one that needs its owner.
  await program.renew(proven, "etrade-sandbox");
  await program.renew(proven, "schwab-prod");
  // That device is lost; the next one starts as the first did.
  await prebell(program, ["people", "forget-passkeys", "Owner"]);
  const { stdout } = await prebell(program, ["link"]);
  const token = new URL(stdout.trim()).hash.replace("#signin=", "");
  const answer = await program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token });
  owner = program.stranger({ ...sameOriginHeaders, cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "" });
});

async function signedIn(): Promise<Phone> {
  const phone = await openPhone();
  const { stdout } = await prebell(program, ["link"], { PUBLIC_URL: hosting.url });
  expect(stdout).toContain(`${hosting.url}/#signin=`);
  await signInOn(phone.page, stdout.trim());
  return phone;
}

describe("a person whose page comes from Hosting", () => {
  it("signs in with the one-time link, adds a passkey there, renews at the broker and sees it stored", async () => {
    const phone = await openPhone();
    const { context, page } = phone;
    await giveFinger(phone);
    const { stdout } = await prebell(program, ["link"], { PUBLIC_URL: hosting.url });
    await signInOn(page, stdout.trim());
    await addOfferedPasskey(page);
    const button = page.getByRole("button", { name: "Renew E*TRADE production" });
    const [broker] = await Promise.all([context.waitForEvent("page"), button.tap()]);
    const code = await acceptAtBroker(broker);
    await page.bringToFront();
    await page.getByLabel("Code from the broker").fill(code);
    await page.getByRole("button", { name: "Submit code" }).tap();
    await page.getByRole("button", { name: "Yes, these are my accounts" }).tap();
    await page
      .getByText(/v1 stored · \d+ s from tap/)
      .first()
      .waitFor();
    expect((await owner.connection("etrade-prod")).token?.version).toBe(1);
  });

  it("comes back from the broker by itself where the callback is registered", async () => {
    await program.control.killToken("prod");
    await owner.post("/api/connections/etrade-prod/keepalive");
    await program.control.callback("prod", `${hosting.url}/callback/etrade?connection=etrade-prod`);
    const { context, page } = await signedIn();
    const button = page.getByRole("button", { name: "Renew E*TRADE production" });
    const [broker] = await Promise.all([context.waitForEvent("page"), button.tap()]);
    await broker.getByRole("button", { name: "Accept" }).tap();
    await broker.waitForURL(`${hosting.url}/`);
    await program.control.callback("prod", null);
    await page.bringToFront();
    // Without a stream the page asks every three seconds while a renewal is on screen.
    await expect.poll(() => page.locator(".hero .word").textContent(), { timeout: 5000 }).toBe("Active");
  });

  it("learns of a renewal made elsewhere although no stream gets through, by asking again", async () => {
    await program.control.killToken("prod");
    await owner.post("/api/connections/etrade-prod/keepalive");
    const phone = await openPhone();
    await phone.page.clock.install();
    const { stdout } = await prebell(program, ["link"], { PUBLIC_URL: hosting.url });
    await signInOn(phone.page, stdout.trim());
    await phone.page.getByRole("button", { name: "Renew E*TRADE production" }).waitFor();
    await program.renew(owner, "etrade-prod");
    await phone.page.clock.fastForward(32_000);
    await expect.poll(() => phone.page.locator(".hero .word").textContent()).toBe("Active");
  });

  it("learns within ten seconds where the stream is made to be asked for", async () => {
    const bench = aWorkbench();
    await bench.stores.records.commit({ person: aPerson() });
    await bench.have(aConnection({ pin, ended: { at: at("2026-03-10T04:00:00Z"), reason: "expired" } }));
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const service = createServer(getRequestListener(createApp(bench.deps, appSettings(origin)).fetch));
    const servicePort = await freePort();
    await new Promise<void>((resolve) => service.listen(servicePort, "127.0.0.1", resolve));
    clearAfterwards(() => {
      service.closeAllConnections();
      service.close();
    });
    const inFront = await startHosting({ port, service: `http://127.0.0.1:${servicePort}` });
    const { page } = await openPhone();
    await signInOn(page, `${origin}/#signin=${(await createLink(bench.deps, "owner")).reveal()}`);
    await page.getByRole("button", { name: "Renew E*TRADE production" }).waitFor();
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    await expect.poll(() => page.locator(".hero .word").textContent(), { timeout: 12_000 }).toBe("Active");
    const asked = inFront.forwarded.filter(({ path }) => path === "/status").length;
    expect(asked).toBeLessThanOrEqual(3);
  });
});

describe("what comes through Hosting", () => {
  it("brings no cookie but the session's, and the service sees its own host", async () => {
    const cookie = `theme=dark; ${owner.headers["cookie"]}; tracker=1`;
    const answer = await through({ cookie }).get("/status");
    const last = hosting.forwarded.at(-1);
    expect([answer.status, last?.cookie]).toEqual([200, owner.headers["cookie"]]);
    expect(last?.host).toMatch(/\.run\.app$/);
    await through({ cookie: "theme=dark; tracker=1" }).get("/status");
    expect(hosting.forwarded.at(-1)?.cookie).toBeUndefined();
  });

  it.each(["/cron/tick", "/cron/morning-alert", "/telegram/webhook"])(
    "never reaches %s, whatever it carries",
    async (path) => {
      const answer = await through({ authorization: `Bearer ${apiToken}` }).post(path);
      expect(answer.status).toBe(404);
      expect(hosting.forwarded.filter((each) => each.path.startsWith(path))).toEqual([]);
    },
  );

  it("is refused where it came from another site's page", async () => {
    const { cookie } = owner.headers;
    const headers = { ...sameOriginHeaders, cookie: cookie ?? "", origin: "https://evil.example" };
    const answer = await through(headers).post("/api/connections/etrade-prod/keepalive");
    expect([answer.status, answer.code]).toEqual([403, "cross-origin"]);
  });
});

describe("what goes out through Hosting", () => {
  it("is never kept for the next visitor, refusals and dead ends included", async () => {
    const answers = await Promise.all(
      ["/api/nothing-here", "/api/journal", "/status", "/livez", "/keepalive/nothing"].map((path) =>
        through().get(path),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 401, 401, 200, 404]);
    expect(hosting.cached).toEqual([]);
  });

  it("is given up after the time Hosting allows, so that nothing may need longer", async () => {
    const port = await freePort();
    const impatient = await startHosting({ port, service: program.url, giveUpAfterMs: 300 });
    const open = createClient(impatient.url, { authorization: `Bearer ${apiToken}` }, () => {});
    // A stream that stays open is the one answer that never ends.
    expect((await open.get("/api/events")).status).toBe(504);
  });

  it("is a plain page where there is nothing, without a word of anybody else's", async () => {
    const answer = await through().get("/nothing-here");
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("There is nothing here");
    expect(answer.text).not.toMatch(/firebase/i);
  });

  it("is compressed by Hosting and not by the build", async () => {
    expect((await through().get("/index.html.br")).status).toBe(404);
  });
});

describe("the headers behind https", () => {
  const names = Object.keys({ ...securityHeaders, ...strictTransport, ...dynamicHeaders });
  const kept = ({ headers }: Answer) => Object.fromEntries(names.map((name) => [name, headers.get(name)]));
  let server: Program;
  let secured: HostingServer;
  beforeAll(async () => {
    server = await startProgram({ env: { PUBLIC_URL: "https://prebell.example.com" } });
    secured = await startHosting({ port: await freePort(), service: server.url });
  });

  const pages = "/ /index.html /callback/etrade?oauth_verifier=MX9ES /callback.html";
  const files = "/sw.js /manifest.webmanifest /robots.txt /icon.svg /icon-192.png /the-lazy-file";
  const answers = "/status /api/journal /api/nothing-here /keepalive/status /livez";
  const deadEnds = "/nothing-here /assets/gone-12345678.js";
  it.each(`${pages} ${files} ${answers} ${deadEnds}`.split(" "))("of %s are the server's own", async (address) => {
    const page = await server.stranger().get("/");
    const lazy = /href="(\/assets\/Dashboard-[^"]+)"/.exec(page.text)?.[1] ?? "no lazy file";
    const path = address === "/the-lazy-file" ? lazy : address;
    const direct = await server.stranger().get(path);
    const hosted = await createClient(secured.url, {}, () => {}).get(path);
    expect(hosted.status).toBe(direct.status);
    expect(kept(hosted)).toEqual(kept(direct));
    expect(kept(hosted)["Strict-Transport-Security"]).toBe("max-age=31536000");
  });
});
