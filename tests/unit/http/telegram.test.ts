import { Hono } from "hono";
import { expect, it } from "vitest";
import { openChat } from "../../../server/chat.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { telegramRoutes } from "../../../server/http/telegram.ts";
import { aPerson } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { startTelegramServer } from "../../support/telegram-server.ts";
import { owner, textUpdate, webhookSecret } from "../../support/telegram-updates.ts";
import { aWorkbench } from "../use-cases/workbench.ts";

it("an update that came while the store was away is asked for again, and then carried out", async () => {
  const telegram = await startTelegramServer();
  const { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_CHAT_ID: chatId, TELEGRAM_API_ROOT: apiRoot } = telegram.env;
  const bench = aWorkbench({ stores: inMemoryStores([aPerson({ chatId })]) });
  const outages = [new Error("The store is away.")];
  const commit: typeof bench.deps.records.commit = async (change) => {
    const outage = outages.shift();
    if (outage !== undefined) throw outage;
    return bench.stores.records.commit(change);
  };
  const deps = { ...bench.deps, records: { ...bench.stores.records, commit } };
  const receive = openChat(
    deps,
    { botToken: new Secret(botToken), chatId, apiRoot, webhookSecret: null },
    "https://prebell.example",
  );
  const routes = telegramRoutes({ receive, webhookSecret: new Secret(webhookSecret) });
  const app = new Hono().route("/telegram", routes).onError((_error, c) => c.text("", 500));
  const update = JSON.stringify(textUpdate(owner(chatId), "/help"));
  const bring = async () => {
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": webhookSecret };
    const answer = await app.request("/telegram/webhook", { method: "POST", headers, body: update });
    return [answer.status, telegram.messages.length];
  };
  expect([await bring(), await bring(), await bring()]).toEqual([
    [500, 0],
    [200, 1],
    [200, 1],
  ]);
  expect(telegram.faults).toEqual([]);
});
