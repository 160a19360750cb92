import { describe, expect, it } from "vitest";
import type { FaultDraft } from "../../../server/practice/fault.ts";
import { openSchwab } from "./schwab-trader.ts";

async function schwabWith(fault: FaultDraft) {
  const schwab = await openSchwab();
  const tokens = await schwab.login();
  await schwab.control.fault(fault);
  return {
    schwab,
    tokens,
    refresh: () => schwab.refresh(tokens.refreshToken),
    list: () => schwab.get("/accounts/accountNumbers", tokens.accessToken),
  };
}

describe("faults", () => {
  it.each([
    ["html-403", 403, "text/html", 403, "text/html"],
    ["rate-limit", 429, "text/plain", 429, "text/plain"],
    ["error-500", 500, "application/json", 500, "application/json"],
    ["maintenance", 503, "text/plain", 503, "text/plain"],
    ["html-garbage", 200, "text/html", 200, "text/html"],
    ["reject-key", 401, "application/json", 401, "application/json"],
    ["not-authorized", 401, "application/json", 401, "application/json"],
  ] as const)("%s spoils the refresh and the API, and the tokens outlive it", async (fault, ...seen) => {
    const { schwab, refresh, list } = await schwabWith({ fault });
    const answers = [await refresh(), await list()];
    expect(answers.flatMap(({ status, type }) => [status, type])).toEqual(seen);
    expect((await fetch(schwab.authorizeUrl())).status).toBe(seen[0]);
    await schwab.control.clear();
    expect([(await refresh()).status, (await list()).status]).toEqual([200, 200]);
  });

  it("reject-key is an invalid_client, not-authorized a gateway error", async () => {
    const { schwab, refresh, list } = await schwabWith({ fault: "reject-key", on: "refresh" });
    expect((await refresh()).json["error"]).toBe("invalid_client");
    await schwab.control.fault({ fault: "not-authorized", on: "accounts" });
    expect((await list()).json["errors"]).toMatchObject([{ status: "401", detail: "Client not authorized" }]);
  });

  it("stay with the broker they name", async () => {
    const { schwab, list } = await schwabWith({ fault: "error-500", broker: "etrade" });
    expect((await list()).status).toBe(200);
    expect((await fetch(schwab.urls.authorizeUrl)).status).toBe(500);
    await schwab.control.clear();
    await schwab.control.fault({ fault: "error-500", broker: "schwab" });
    expect((await list()).status).toBe(500);
    expect((await fetch(schwab.urls.authorizeUrl)).status).toBe(410);
  });

  it("of E*TRADE's environments leave Schwab alone", async () => {
    const { list } = await schwabWith({ fault: "error-500", environment: "prod" });
    expect((await list()).status).toBe(200);
  });

  it("drop after a rotating refresh loses the new refresh token with the answer", async () => {
    const { schwab, refresh } = await schwabWith({ fault: "drop", on: "refresh", times: 1, phase: "after" });
    await schwab.control.schwab.rotation(true);
    await expect(refresh()).rejects.toThrow();
    expect((await refresh()).status).toBe(400);
  });

  it("drop before a refresh changes nothing", async () => {
    const { schwab, refresh } = await schwabWith({ fault: "drop", on: "refresh", times: 1 });
    await schwab.control.schwab.rotation(true);
    await expect(refresh()).rejects.toThrow();
    expect((await refresh()).status).toBe(200);
  });

  it("hang is told and released with E*TRADE's", async () => {
    const { schwab, refresh } = await schwabWith({ fault: "hang", on: "refresh" });
    const call = refresh();
    while ((await schwab.control.state()).held < 1);
    expect(await schwab.control.release()).toBe(1);
    expect((await call).status).toBe(200);
  });

  it("other-accounts and no-accounts change what a good token sees", async () => {
    const { schwab, list } = await schwabWith({ fault: "other-accounts", times: 1 });
    expect((await list()).text).toContain("58810263");
    await schwab.control.fault({ fault: "no-accounts", times: 1 });
    expect((await list()).text).toBe("[]");
    expect((await list()).text).toContain("41728305");
  });
});
