import { describe, expect, it } from "vitest";
import { openSchwab } from "./schwab-trader.ts";

const listed = (text: string): { accountNumber: string; hashValue: string }[] => JSON.parse(text);

async function loggedIn(accounts?: string[]) {
  const schwab = await openSchwab();
  const { accessToken } = await schwab.login(accounts === undefined ? {} : { accounts });
  const get = (path: string, headers: Record<string, string> = {}) => schwab.get(path, accessToken, headers);
  return { schwab, accessToken, get, numbers: async () => listed((await get("/accounts/accountNumbers")).text) };
}

describe("accountNumbers", () => {
  it("names each account's hash, the same after another login", async () => {
    const { schwab, numbers } = await loggedIn();
    const first = await numbers();
    expect(first.map(({ accountNumber }) => accountNumber)).toEqual(["41728305", "41720917", "41726640"]);
    for (const { hashValue } of first) expect(hashValue).toMatch(/^[\dA-F]{64}$/);
    const { accessToken } = await schwab.login();
    expect(listed((await schwab.get("/accounts/accountNumbers", accessToken)).text)).toEqual(first);
  });

  it("shows the ticked accounts only", async () => {
    const { get, numbers } = await loggedIn(["41720917"]);
    expect((await numbers()).map(({ accountNumber }) => accountNumber)).toEqual(["41720917"]);
    const accounts: unknown[] = JSON.parse((await get("/accounts")).text);
    expect(accounts).toHaveLength(1);
  });
});

describe("accounts", () => {
  it("are of both types, with the positions only where they are asked for", async () => {
    const { get } = await loggedIn();
    const accounts: { securitiesAccount: Record<string, unknown> }[] = JSON.parse((await get("/accounts")).text);
    expect(accounts.map(({ securitiesAccount }) => securitiesAccount["type"])).toEqual(["MARGIN", "CASH", "CASH"]);
    for (const { securitiesAccount } of accounts) expect(securitiesAccount).not.toHaveProperty("positions");
  });

  it("hold long and short positions that add up to the liquidation value", async () => {
    const { get, numbers } = await loggedIn();
    const hash = (await numbers())[0]?.hashValue ?? "";
    const { json } = await get(`/accounts/${hash}?fields=positions`);
    expect(json).toMatchObject({
      securitiesAccount: {
        accountNumber: "41728305",
        positions: [
          {
            longQuantity: 40,
            shortQuantity: 0,
            marketValue: 9250,
            instrument: { assetType: "EQUITY", symbol: "AAPL" },
          },
          { longQuantity: 0, shortQuantity: 5, marketValue: -1242.5 },
          { shortQuantity: 1, marketValue: -415, instrument: { assetType: "OPTION" } },
        ],
        initialBalances: { isInCall: false },
        currentBalances: { cashBalance: 25_310.42, liquidationValue: 32_902.92, equity: 32_902.92 },
      },
      aggregatedBalance: { currentLiquidationValue: 32_902.92 },
    });
  });

  it.each([
    ["41728305", 400],
    ["A".repeat(64), 404],
  ])("are not found under %s", async (name, status) => {
    const { get } = await loggedIn();
    const answer = await get(`/accounts/${name}`);
    expect([answer.status, Object.keys(answer.json)]).toEqual([status, ["message", "errors"]]);
  });

  it("are not found where they were not ticked", async () => {
    const all = await loggedIn();
    const hash = (await all.numbers())[0]?.hashValue ?? "";
    const { accessToken } = await all.schwab.login({ accounts: ["41720917"] });
    expect((await all.schwab.get(`/accounts/${hash}`, accessToken)).status).toBe(404);
  });

  it("refuse fields they do not know", async () => {
    expect((await (await loggedIn()).get("/accounts?fields=orders")).status).toBe(400);
  });
});

it("userPreference is an object, not the list of the specification", async () => {
  const { get } = await loggedIn();
  expect((await get("/userPreference")).json).toMatchObject({
    accounts: [{ accountNumber: "41728305", primaryAccount: true, displayAcctId: "...8305" }, {}, {}],
    streamerInfo: [{ schwabClientChannel: "N9" }],
  });
});

describe("every answer", () => {
  it("carries the caller's Schwab-Client-CorrelId, or a new one", async () => {
    const { schwab, get } = await loggedIn();
    const header = "schwab-client-correlid";
    expect((await get("/accounts", { [header]: "mine" })).headers.get(header)).toBe("mine");
    expect((await get("/accounts")).headers.get(header)).toMatch(/^[\da-f-]{36}$/);
    expect((await schwab.get("/accounts", "made-up")).headers.get(header)).not.toBeNull();
  });

  it("is a 401 from the moment the access token lapses", async () => {
    const { schwab, get } = await loggedIn();
    schwab.later({ minutes: 29, seconds: 59 });
    expect((await get("/accounts")).status).toBe(200);
    schwab.later({ seconds: 1 });
    const answer = await get("/accounts");
    expect([answer.status, answer.json["message"]]).toEqual([401, "Unauthorized"]);
  });

  it.each([undefined, "Basic abc", "Bearer"])("is a 401 for the header %s", async (authorization) => {
    const schwab = await openSchwab();
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${schwab.urls.schwabApiUrl}/trader/v1/accounts`, { headers });
    expect(response.status).toBe(401);
  });
});
