// What somebody who starts Prebell sees in the terminal, before and instead of the page.
import { statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { JournalReply } from "../../server/http/contract.ts";
import { good, verdict } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";

const realKeys = {
  ETRADE_SANDBOX_CONSUMER_KEY: "sandbox-key",
  ETRADE_SANDBOX_CONSUMER_SECRET: "sandbox-secret",
  ETRADE_OAUTH_URL: "http://127.0.0.1:9",
};

/** Just started, nobody signed in. */
let practice: Program;
beforeAll(async () => {
  practice = await startProgram();
});

describe("the sign-in link", () => {
  it("is printed once, under the page's own address", () => {
    expect(practice.stdout().match(/#signin=/g)).toHaveLength(1);
    expect(practice.link()).toMatch(new RegExp(`^http://localhost:${practice.port}/#signin=[\\w-]{43}$`));
  });

  it("survives previews that open it, signs in one browser only and keeps it signed in across a restart", async () => {
    const program = await startProgram();
    const token = new URL(program.link()).hash.replace("#signin=", "");
    const spend = () => program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token });
    for (const path of [`/?signin=${token}`, `/api/sessions/handoff?token=${token}`, `/api/sessions/handoff/${token}`])
      // oxlint-disable-next-line no-await-in-loop -- one preview after the other
      await program.stranger().get(path);
    const first = await spend();
    expect([verdict(first), first.headers.getSetCookie()]).toEqual([
      "200 ok",
      [expect.stringMatching(/^__session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)],
    ]);
    const second = await spend();
    expect([verdict(second), second.headers.getSetCookie()]).toEqual(["401 link-spent", []]);

    await program.restart();
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const browser = program.stranger({ ...sameOriginHeaders, cookie });
    expect(verdict(await browser.get("/status"))).toBe("200 ok");
    expect(verdict(await spend())).toBe("401 link-spent");
    expect((await browser.delete("/api/sessions")).status).toBe(200);
    expect(verdict(await browser.get("/status"))).toBe("401 not-signed-in");
  });
});

describe("a start", () => {
  it("says in the terminal and in /status that the brokers are practice brokers", async () => {
    const program = await startProgram({ env: { API_TOKEN: "an-api-token-to-read-the-status" } });
    expect(program.stdout()).toContain(
      `practice brokers at http://127.0.0.1:${program.practicePort} (no broker keys are set; nothing here is real)`,
    );
    const status = await program.machine("an-api-token-to-read-the-status").status();
    expect(status.practice).toEqual({ clockOffsetSeconds: expect.any(Number) });
    expect(status.connections.map((each) => [each.id, each.status.word, each.status.reason])).toEqual([
      ["etrade-prod", "needs-authorization", "never"],
      ["etrade-sandbox", "needs-authorization", "never"],
      ["schwab-prod", "needs-authorization", "never"],
    ]);
  });

  it("keeps the key, the records and the practice brokers' memory to their owner", () => {
    const modes = ["practice/prebell.key", "practice/prebell.sqlite", "practice-broker.json"].map(
      (name) => statSync(join(practice.dataDir, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it("answers liveness to anybody", async () => {
    expect((await practice.stranger().get("/livez")).text).toBe("ok");
  });
});

describe("with a key pair", () => {
  it("the brokers are real, one connection per pair; a second process on the data disturbs nothing", async () => {
    const first = await startProgram({ env: realKeys });
    expect(first.stdout()).toContain("Brokers:  the real ones that keys are set for\n");
    const client = await first.signIn();
    const status = await client.status();
    expect([status.practice, status.connections.map(({ id }) => id)]).toEqual([null, ["etrade-sandbox"]]);

    const second = await startProgram({ env: realKeys, dataDir: first.dataDir });
    const there = await second.stranger({ cookie: client.headers["cookie"] ?? "" }).get("/status");
    expect([there.status, (await client.get("/status")).status]).toEqual([200, 200]);
    const { entries } = await good<JournalReply>(client.get("/api/journal"));
    expect(entries.map(({ kind }) => kind)).toEqual(["signed-in"]);
  });
});

describe("a start is refused", () => {
  it("on a port that is taken, naming it and the two variables that help", async () => {
    const second = await startProgram({ port: practice.port, expectFailure: true });
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr()).toContain(`127.0.0.1:${practice.port}`);
    expect(second.stderr()).toMatch(/Set PORT or PRACTICE_PORT/);
    expect(second.stdout()).not.toContain("#signin=");
  });

  it("beside practice brokers that run on the same data folder, whose memory has one owner", async () => {
    const second = await startProgram({ dataDir: practice.dataDir, expectFailure: true });
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr()).toContain(practice.dataDir);
  });
});

describe("an end", () => {
  it("comes with exit code 0 within two seconds of SIGTERM, an open event stream notwithstanding", async () => {
    const program = await startProgram();
    const client = await program.signIn();
    const stream = await fetch(`${program.url}/api/events`, { headers: client.headers });
    const began = performance.now();
    expect(await program.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(2000);
    await stream.body?.cancel().catch(() => {});
  });

  it("lets a renewal under way be stored first", async () => {
    const program = await startProgram();
    const client = await program.signIn();
    await program.renew(client, "etrade-prod");
    await program.control.fault({ fault: "slow", on: "access_token", milliseconds: 700, phase: "after" });
    const exchanges = async () => (await program.control.state()).calls["/oauth/access_token"] ?? 0;
    const before = await exchanges();
    const renewal = program.renew(client, "etrade-prod").catch(() => null);
    await eventually("the code to be on its way", async () => (await exchanges()) > before);
    expect(await program.stop()).toBe(0);
    await renewal;
    await program.restart();
    expect((await client.connection("etrade-prod")).token?.version).toBe(2);
    expect((await client.connection("etrade-prod")).status.word).toBe("active");
  });
});
