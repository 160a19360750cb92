// What somebody who starts Prebell sees in the terminal, before and instead of the page.
import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JournalReply } from "../../server/http/contract.ts";
import { good, verdict } from "../support/program-client.ts";
import { type Program, sameOriginHeaders, startProgram } from "../support/program.ts";

const handoff = (program: Program) => new URL(program.link()).hash.replace("#signin=", "");
const spend = (program: Program, token: string) =>
  program.stranger(sameOriginHeaders).post("/api/sessions/handoff", { token });

describe("the sign-in link", () => {
  it("is printed once, under the page's own address", async () => {
    const program = await startProgram();
    const links = program.stdout().match(/#signin=/g);
    expect(links).toHaveLength(1);
    expect(program.link()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${program.port}/#signin=[\\w-]{43}$`));
  });

  it("survives previews that open it and signs in one browser only", async () => {
    const program = await startProgram();
    const token = handoff(program);
    for (const path of [`/?signin=${token}`, `/api/sessions/handoff?token=${token}`, `/api/sessions/handoff/${token}`])
      // oxlint-disable-next-line no-await-in-loop -- one preview after the other
      await program.stranger().get(path);
    const first = await spend(program, token);
    expect([verdict(first), first.headers.getSetCookie()]).toEqual([
      "200 ok",
      [expect.stringMatching(/^__session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/)],
    ]);
    const second = await spend(program, token);
    expect([verdict(second), second.headers.getSetCookie()]).toEqual(["401 link-spent", []]);
  });

  it("keeps a browser signed in across restarts, and signs it out when asked", async () => {
    const program = await startProgram();
    const client = await program.signIn();
    await program.restart();
    expect((await client.get("/status")).status).toBe(200);
    expect((await client.delete("/api/sessions")).status).toBe(200);
    expect(verdict(await client.get("/status"))).toBe("401 not-signed-in");
  });
});

describe("a start", () => {
  it("says in the terminal and in /status that the brokers are practice brokers", async () => {
    const program = await startProgram();
    expect(program.stdout()).toContain(
      `practice brokers at http://127.0.0.1:${program.practicePort} (no broker keys are set; nothing here is real)`,
    );
    const { practice, connections } = await (await program.signIn()).status();
    expect(practice).toEqual({ clockOffsetSeconds: expect.any(Number) });
    expect(connections.map(({ id, status }) => [id, status.word, status.reason])).toEqual([
      ["etrade-prod", "needs-authorization", "never"],
      ["etrade-sandbox", "needs-authorization", "never"],
    ]);
  });

  it("says that the brokers are real as soon as one key pair is set, and lists only that connection", async () => {
    const program = await startProgram({
      env: {
        ETRADE_SANDBOX_CONSUMER_KEY: "sandbox-key",
        ETRADE_SANDBOX_CONSUMER_SECRET: "sandbox-secret",
        ETRADE_OAUTH_URL: "http://127.0.0.1:9",
      },
    });
    expect(program.stdout()).toContain("Brokers:  E*TRADE\n");
    const status = await (await program.signIn()).status();
    expect([status.practice, status.connections.map(({ id }) => id)]).toEqual([null, ["etrade-sandbox"]]);
  });

  it("keeps the key, the records and the practice brokers' memory to their owner", async () => {
    const program = await startProgram();
    const modes = ["prebell.key", "prebell.sqlite", "practice-broker.json"].map(
      (name) => statSync(join(program.dataDir, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it("answers liveness to anybody", async () => {
    const program = await startProgram();
    expect((await program.stranger().get("/livez")).text).toBe("ok");
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
});

describe("a port that is taken", () => {
  it("is named together with the two variables that help", async () => {
    const first = await startProgram();
    const second = await startProgram({ port: first.port, expectFailure: true });
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr()).toContain(`127.0.0.1:${first.port}`);
    expect(second.stderr()).toMatch(/Set PORT or PRACTICE_PORT/);
    expect(second.stdout()).not.toContain("#signin=");
  });
});

describe("a second process on the same data folder", () => {
  const env = {
    ETRADE_PROD_CONSUMER_KEY: "key",
    ETRADE_PROD_CONSUMER_SECRET: "secret",
    ETRADE_OAUTH_URL: "http://127.0.0.1:9",
  };

  it("knows the first one's sessions and disturbs nothing", async () => {
    const first = await startProgram({ env });
    const client = await first.signIn();
    const second = await startProgram({ env, dataDir: first.dataDir });
    const there = await fetch(`${second.url}/status`, { headers: client.headers });
    const seen = [there.status, (await client.get("/status")).status];
    expect(seen).toEqual([200, 200]);
    const { entries } = await good<JournalReply>(client.get("/api/journal"));
    expect(entries.map(({ kind }) => kind)).toEqual(["signed-in"]);
  });

  it("is refused with the practice brokers, whose memory has one owner", async () => {
    const first = await startProgram();
    const second = await startProgram({ dataDir: first.dataDir, expectFailure: true });
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr()).toContain(first.dataDir);
  });
});
