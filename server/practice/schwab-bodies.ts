// Pure. Accounts, balances, positions and preferences in the shapes of Schwab's Trader API.
import { hashValueOf, type Holding, type SchwabAccount } from "./schwab-accounts.ts";

export function accountNumbersBody(accounts: readonly SchwabAccount[]): object {
  return accounts.map((account) => ({ accountNumber: account.accountNumber, hashValue: hashValueOf(account) }));
}

export function accountBody(account: SchwabAccount, withPositions: boolean): object {
  const liquidationValue = cents(account.cash + sum(account.positions));
  return {
    securitiesAccount: {
      type: account.type,
      accountNumber: account.accountNumber,
      roundTrips: 0,
      isDayTrader: false,
      isClosingOnlyRestricted: false,
      pfcbFlag: false,
      // An account that holds nothing has no such field.
      ...(withPositions && account.positions.length > 0 && { positions: account.positions.map(positionBody) }),
      ...(account.type === "MARGIN"
        ? marginBalances(account, liquidationValue)
        : cashBalances(account, liquidationValue)),
    },
    aggregatedBalance: { currentLiquidationValue: liquidationValue, liquidationValue },
  };
}

/** The specification says a list; Schwab answers with an object. */
export function userPreferenceBody(accounts: readonly SchwabAccount[]): object {
  return {
    accounts: accounts.map(({ accountNumber, type, nickName }, index) => ({
      accountNumber,
      primaryAccount: index === 0,
      type: type === "MARGIN" ? "BROKERAGE" : "CASH",
      nickName,
      accountColor: "Green",
      displayAcctId: `...${accountNumber.slice(-4)}`,
      autoPositionEffect: false,
    })),
    streamerInfo: [
      {
        streamerSocketUrl: "wss://streamer.practice.invalid/ws",
        schwabClientCustomerId: "practice-customer",
        schwabClientCorrelId: "00000000-0000-4000-8000-000000000000",
        schwabClientChannel: "N9",
        schwabClientFunctionId: "APIAPP",
      },
    ],
    offers: [{ level2Permissions: true, mktDataPermission: "NP" }],
  };
}

function marginBalances(account: SchwabAccount, equity: number): object {
  const long = cents(sum(account.positions.filter(({ quantity }) => quantity > 0)));
  const short = cents(sum(account.positions.filter(({ quantity }) => quantity < 0)));
  const availableFunds = cents(account.cash + long / 2 + short);
  const shared = {
    availableFundsNonMarginableTrade: availableFunds,
    buyingPower: cents(2 * availableFunds),
    dayTradingBuyingPower: cents(4 * availableFunds),
    equity,
    longMarginValue: long,
    maintenanceRequirement: cents(0.3 * (long - short)),
    maintenanceCall: 0,
    regTCall: 0,
    shortBalance: 0,
  };
  return {
    initialBalances: {
      ...shared,
      accountValue: equity,
      cashBalance: account.cash,
      cashAvailableForTrading: account.cash,
      liquidationValue: equity,
      totalCash: account.cash,
      // A number in the specification, a boolean in Schwab's answers.
      isInCall: false,
    },
    currentBalances: {
      ...shared,
      accruedInterest: 0,
      availableFunds,
      buyingPowerNonMarginableTrade: availableFunds,
      cashBalance: account.cash,
      equityPercentage: 100,
      liquidationValue: equity,
      longMarketValue: long,
      marginBalance: 0,
      shortMarketValue: short,
      sma: availableFunds,
    },
    projectedBalances: { availableFunds, buyingPower: cents(2 * availableFunds), isInCall: false },
  };
}

function cashBalances(account: SchwabAccount, liquidationValue: number): object {
  const cash = {
    cashAvailableForTrading: account.cash,
    cashAvailableForWithdrawal: account.cash,
    totalCash: account.cash,
  };
  return {
    initialBalances: {
      ...cash,
      accountValue: liquidationValue,
      cashBalance: account.cash,
      isInCall: false,
      liquidationValue,
      unsettledCash: 0,
    },
    currentBalances: {
      ...cash,
      accruedInterest: 0,
      cashBalance: account.cash,
      cashCall: 0,
      cashDebitCallValue: 0,
      liquidationValue,
      longMarketValue: cents(sum(account.positions)),
      longNonMarginableMarketValue: cents(sum(account.positions)),
      unsettledCash: 0,
    },
    projectedBalances: { cashAvailableForTrading: account.cash, cashAvailableForWithdrawal: account.cash },
  };
}

function positionBody({ symbol, description, assetType, cusip, quantity, averagePrice, worth }: Holding): object {
  const isOption = assetType === "OPTION";
  const gain = cents(quantity * (worth - averagePrice * (isOption ? 100 : 1)));
  const [long, short] = [Math.max(quantity, 0), Math.max(-quantity, 0)];
  return {
    shortQuantity: short,
    averagePrice,
    currentDayProfitLoss: cents(quantity * 1.25),
    currentDayProfitLossPercentage: 0.54,
    longQuantity: long,
    settledLongQuantity: long,
    settledShortQuantity: -short,
    instrument: {
      assetType,
      cusip,
      symbol,
      description,
      netChange: 1.25,
      ...(isOption && { putCall: "PUT", underlyingSymbol: symbol.split(" ")[0] }),
    },
    marketValue: cents(quantity * worth),
    maintenanceRequirement: cents(0.3 * Math.abs(quantity * worth)),
    ...(quantity > 0 ? { longOpenProfitLoss: gain } : { shortOpenProfitLoss: gain }),
  };
}

const sum = (held: readonly Holding[]) => held.reduce((total, { quantity, worth }) => total + quantity * worth, 0);
const cents = (amount: number) => Math.round(amount * 100) / 100;
