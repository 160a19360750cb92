import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createPracticeClock } from "../../../server/practice/practice-clock.ts";
import { startPracticeServer } from "../../../server/practice/practice-server.ts";
import { at, morning, openBroker } from "./trader.ts";

function newStateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "practice-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "state", "broker.json");
}

/** The second run starts while the first still runs: nothing may depend on a farewell. */
async function twoRuns() {
  const stateFile = newStateFile();
  const first = await openBroker({ stateFile });
  return { stateFile, first, restart: () => openBroker({ stateFile }) };
}

describe("the state file", () => {
  it("keeps tokens, their idle clock and the moved clock over a kill", async () => {
    const { first, restart } = await twoRuns();
    const token = await first.login();
    await first.control.advance(Temporal.Duration.from({ hours: 3, milliseconds: 250 }));
    const second = await restart();
    expect(second.clock.now().toString()).toBe("2026-06-10T18:00:00.25Z");
    expect((await second.list(token)).problem).toBe("token_expired");
    expect((await second.renew(token)).status).toBe(200);
    expect((await second.list(token)).status).toBe(200);
  });

  it("keeps request tokens and their codes at every step of a login", async () => {
    const { first, restart } = await twoRuns();
    const request = await first.requestToken();
    const second = await restart();
    const code = await second.control.accept(second.authorizeUrl(request));
    const third = await restart();
    expect((await third.exchange(request, code)).status).toBe(200);
    const fourth = await restart();
    expect((await fourth.exchange(request, code)).problem).toBe("token_rejected");
  });

  it("keeps nonces", async () => {
    const { first, restart } = await twoRuns();
    const token = await first.login();
    await first.list(token, "prod", { oauth_nonce: "once" });
    const second = await restart();
    expect((await second.list(token, "prod", { oauth_nonce: "once" })).problem).toBe("nonce_used");
  });

  it("keeps revocations, faults with what is left of them, callbacks and statistics", async () => {
    const { first, restart } = await twoRuns();
    const token = await first.login();
    await first.revoke(token);
    await first.control.callback("sandbox", "https://prebell.example/callback/etrade");
    await first.control.fault({ fault: "error-500", on: "accounts", times: 2 });
    await first.list(token);
    const { faults, callbacks, tokens, calls } = await (await restart()).control.state();
    expect(faults).toEqual([{ fault: "error-500", on: "accounts", times: 1, milliseconds: 3000, phase: "before" }]);
    expect(callbacks).toEqual({ prod: null, sandbox: "https://prebell.example/callback/etrade" });
    expect(tokens.map(({ state }) => state)).toEqual(["revoked"]);
    expect(calls["/prod/v1/accounts/list"]).toBe(1);
  });

  it("holds the deed of a call whose answer was cut", async () => {
    const { first, restart } = await twoRuns();
    const token = await first.login();
    await first.control.fault({ fault: "drop", on: "revoke", times: 1, phase: "after" });
    await expect(first.revoke(token)).rejects.toThrow();
    expect((await (await restart()).list(token)).problem).toBe("token_rejected");
  });

  it("is readable by its owner only, whole, and alone in its folder", async () => {
    const { stateFile, first } = await twoRuns();
    await first.login();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(stateFile, ".."))).toEqual(["broker.json"]);
    expect(() => JSON.parse(readFileSync(stateFile, "utf8"))).not.toThrow();
  });

  it("stays small however long the broker is used", async () => {
    const { stateFile, first } = await twoRuns();
    for (let day = 0; day < 70; day += 1) {
      const token = await first.login();
      for (let call = 0; call < 8; call += 1) expect((await first.list(token)).status).toBe(200);
      first.clock.advance(Temporal.Duration.from({ hours: 24 }));
    }
    expect(statSync(stateFile).size).toBeLessThan(40_000);
  });

  it("stops the start when it can't be understood, and names the file", async () => {
    const { stateFile, first } = await twoRuns();
    await first.login();
    writeFileSync(stateFile, '{"tokens":');
    const clock = createPracticeClock(() => at(morning));
    await expect(startPracticeServer({ port: 0, clock, stateFile })).rejects.toThrow(stateFile);
  });
});

describe("startPracticeServer", () => {
  it("rejects where the port is taken", async () => {
    const { url } = await openBroker();
    const clock = createPracticeClock(() => at(morning));
    const port = Number(new URL(url).port);
    await expect(startPracticeServer({ port, clock, stateFile: null })).rejects.toThrow("EADDRINUSE");
  });
});
