import { describe, expect, it } from "vitest";
import { authorizationHeader, signedParameters } from "./sign.ts";
import { answerOf, openBroker, type Answer } from "./trader.ts";

const json = (answer: Answer) => JSON.parse(answer.text);
const balanceQuery = "?instType=BROKERAGE&realTimeNAV=true";

describe("accounts/list", () => {
  it("lists three open production accounts and a closed one", async () => {
    const broker = await openBroker();
    const answer = await broker.list(await broker.login());
    const accounts: { accountStatus: string }[] = json(answer).AccountListResponse.Accounts.Account;
    expect(accounts.map((account) => account.accountStatus)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "CLOSED"]);
  });

  it("shows the sandbox's canned accounts in E*TRADE's shape", async () => {
    const broker = await openBroker();
    const answer = await broker.list(await broker.login("sandbox"), "sandbox");
    const [first, ...others] = json(answer).AccountListResponse.Accounts.Account;
    expect(first).toEqual({
      accountId: "823145980",
      accountIdKey: "dBZOKt9xDrtRSAOl4MSiiA",
      accountMode: "IRA",
      accountDesc: "Brokerage",
      accountName: "NickName-1",
      accountType: "MARGIN",
      institutionType: "BROKERAGE",
      accountStatus: "ACTIVE",
      closedDate: 0,
      shareWorksAccount: false,
      fcManagedMssbClosedAccount: false,
    });
    expect(others.map((account: { accountName: string }) => account.accountName)).toEqual(["NickName-2", "NickName-3"]);
  });

  it("answers in XML unless JSON is accepted or asked for by suffix", async () => {
    const broker = await openBroker();
    const token = await broker.login("sandbox");
    const types = [];
    for (const suffix of ["", ".json"]) {
      const url = `${broker.urls.sandboxApiUrl}/v1/accounts/list${suffix}`;
      const authorization = authorizationHeader(signedParameters(url, token, broker.clock.now()));
      const answer = await answerOf(await fetch(url, { headers: { authorization } }));
      types.push([answer.status, answer.type, answer.text.includes("<accountName>NickName-2</accountName>")]);
    }
    expect(types).toEqual([
      [200, "application/xml", true],
      [200, "application/json", false],
    ]);
  });

  it("lists somebody else's only account as an object, to whoever logged in as them", async () => {
    const broker = await openBroker({ options: { offerOtherAccounts: true } });
    const answer = await broker.list(await broker.login("prod", "somebody else"));
    expect(json(answer).AccountListResponse.Accounts.Account.accountId).toBe("771904463");
  });
});

describe("balance and portfolio", () => {
  it("show one account's money, the same at every start", async () => {
    const answers = [];
    for (const broker of [await openBroker(), await openBroker()]) {
      const account = `${broker.urls.prodApiUrl}/v1/accounts/JIdOIAcSpwR1Jva7RQBraQ`;
      const token = await broker.login();
      answers.push([
        await broker.get(`${account}/balance${balanceQuery}`, token),
        await broker.get(`${account}/portfolio`, token),
      ]);
    }
    const [balance, portfolio] = answers[0] ?? [];
    expect(answers[0]).toEqual(answers[1]);
    expect(json(balance!).BalanceResponse.Computed.RealTimeValues.totalAccountValue).toBeGreaterThan(0);
    expect(json(portfolio!).PortfolioResponse.AccountPortfolio[0].Position[0].Product.symbol).toBe("AAPL");
  });

  it("answer bad balance arguments in XML even where JSON is accepted", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    const accounts = `${broker.urls.prodApiUrl}/v1/accounts`;
    const noType = await broker.get(`${accounts}/JIdOIAcSpwR1Jva7RQBraQ/balance`, token);
    const noAccount = await broker.get(`${accounts}/nonsense/balance${balanceQuery}`, token);
    expect([noType.status, noType.type]).toEqual([400, "application/xml"]);
    expect([noAccount.status, noAccount.type]).toEqual([400, "application/xml"]);
    expect(noAccount.text).toContain("<code>102</code>");
  });

  it("refuse an account number in place of its key, and an account that is not yours", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    for (const account of ["840105145", "w8Zb2nUeRkCq5sXyD1mHtA"]) {
      const answer = await broker.get(`${broker.urls.prodApiUrl}/v1/accounts/${account}/portfolio`, token);
      expect([answer.status, json(answer).Error.code]).toEqual([400, 102]);
    }
  });

  it("answer 204 for an account without positions", async () => {
    const broker = await openBroker();
    const url = `${broker.urls.prodApiUrl}/v1/accounts/6_Dpy0rmuQ9cu9IbTfvF2A/portfolio`;
    expect((await broker.get(url, await broker.login())).status).toBe(204);
  });
});
