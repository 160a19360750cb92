// A fire drill in the running program: from the button to the trading system's confirmation, by the channels of a real morning.
import { afterEach, beforeAll, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import type { DrillsReply, DrillView } from "../../server/http/contract-drills.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { openTerminal, prebell } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-trading-system";
const connection = "/api/connections/drill";

let telegram: TelegramServer;
let trader: WebhookReceiver;
let program: Program;
let owner: Client;

beforeAll(async () => {
  [telegram, trader] = await Promise.all([startTelegramServer(), startWebhookReceiver()]);
  program = await startProgram({ env: { ...telegram.env, ...trader.env, API_TOKEN: apiToken } });
  owner = await program.signIn();
});
afterEach(() => expect(telegram.faults).toEqual([]));

const newest = async (): Promise<DrillView> => {
  const [drill] = (await good<DrillsReply>(owner.get("/api/drills"))).drills;
  if (drill === undefined) throw new Error("There is no drill.");
  return drill;
};
const drillMessages = () => telegram.user().messages.filter(({ text }) => text.startsWith("🧪"));
const untilAlerted = (count: number) =>
  eventually("the alert", async () => drillMessages().length === count && (await newest()).steps[0]?.at !== null);

/** At the drill's page as a browser is there, and back with the code. */
async function renew(): Promise<string> {
  const { authorizeUrl } = await good<AuthorizationReply>(owner.post(`${connection}/authorizations`));
  expect(authorizeUrl).toContain(`${program.pageUrl}/drill/`);
  const shown = await fetch(authorizeUrl);
  const text = await shown.text();
  expect([shown.status, shown.headers.get("x-robots-tag"), shown.headers.get("cache-control")]).toEqual([
    200,
    "noindex, nofollow",
    "private, no-store",
  ]);
  expect(shown.headers.get("content-security-policy")).toMatch(/^default-src 'none'.*form-action 'self'$/);
  expect(text).toContain("Prebell fire drill — not a broker");
  const verifier = await program.control.accept(authorizeUrl);
  await good<CompletionReply>(owner.post(`${connection}/authorizations/complete`, { verifier }));
  return authorizeUrl;
}

const eventOfDrill = () => trader.deliveries.findLast((delivery) => delivery.connection === "drill");

/** As a trading system that rehearses: takes the event for what it is, and says that it runs on the version. */
async function confirm(version: number): Promise<void> {
  await eventually("the event", () => eventOfDrill()?.version === version);
  const said = { consumer: "opening-bell-bot", version };
  await good(program.machine(apiToken).post(`${connection}/confirmations`, said));
}

it("goes from the alert over the phone's taps to the confirmation: 100, and nothing of it is left", async () => {
  await good<DrillView>(owner.post("/api/drills"));
  expect(verdict(await owner.post("/api/drills"))).toBe("409 drill-open");
  await untilAlerted(1);
  const tap = telegram.user().tap("I'm on it");
  await eventually("the answer to the tap", () => tap.answer() !== null);
  const address = await renew();
  await confirm(1);
  expect(JSON.parse(eventOfDrill()?.body ?? "{}")).toMatchObject({
    type: "token.renewed",
    subject: "drill",
    drill: true,
    data: { connection: "drill" },
  });
  await eventually("the end", async () => (await newest()).state === "done");
  const report = await newest();
  expect(report).toMatchObject({ score: 100, advice: [], confirmedBy: "opening-bell-bot" });
  expect(report.steps.map(({ name, at }) => [name, at !== null])).toEqual(
    ["alerted", "acknowledged", "begun", "authorized", "renewed", "published", "confirmed"].map((name) => [name, true]),
  );
  expect(report.channels).toEqual([expect.objectContaining({ failure: null })]);
  await eventually("the green message", () => drillMessages()[0]?.text.includes("100 of 100") ?? false);
  expect(drillMessages()[0]?.buttons).toEqual([]);

  const { connections } = await owner.status();
  expect(connections.map(({ id }) => id)).not.toContain("drill");
  expect(verdict(await owner.post(`${connection}/authorizations`))).toBe("404 unknown-connection");
  expect((await fetch(address)).status).toBe(404);
});

it("that nobody answers is missed, and the report says what never happened", async () => {
  await good<DrillView>(owner.post("/api/drills"));
  await untilAlerted(2);
  expect((await owner.connection("drill")).label).toBe("🧪 Fire drill");
  await program.control.advance(Temporal.Duration.from({ minutes: 15 }));
  await eventually("the end", async () => (await newest()).state === "missed");
  const report = await newest();
  expect([report.score, report.advice]).toEqual([20, [expect.stringContaining("Nobody began within 15 minutes")]]);
  await eventually("the last word", () => drillMessages()[1]?.text.includes("Nobody answered: 20 of 100") ?? false);
});

it("survives the end of the program in its middle", async () => {
  await good<DrillView>(owner.post("/api/drills"));
  await untilAlerted(3);
  const { authorizeUrl } = await good<AuthorizationReply>(owner.post(`${connection}/authorizations`));
  await program.restart();
  const verifier = await program.control.accept(authorizeUrl);
  await good<CompletionReply>(owner.post(`${connection}/authorizations/complete`, { verifier }));
  await confirm(2);
  await eventually("the end", async () => (await newest()).state === "done");
});

it("is run, planned and called off from the terminal too", async () => {
  const env = { ...telegram.env, ...trader.env };
  const terminal = openTerminal(program, ["drill"], env);
  await eventually("the ring", () => terminal.stdout().includes("a channel took the alert"));
  await renew();
  await confirm(3);
  const { code, stdout } = await terminal.ended();
  expect([code, stdout]).toEqual([0, expect.stringMatching(/Score: 100 of 100[^]*Nothing to mend\./)]);

  const planned = await prebell(program, ["drill", "--at", "23:30"], env);
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining("23:30 New York time")]);
  const refused = await prebell(program, ["drill"], env);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("planned or running already")]);
  expect((await good<DrillView>(owner.delete(`/api/drills/${(await newest()).id}`))).state).toBe("cancelled");
  expect((await prebell(program, ["drill", "--at", "25:00"], env)).code).toBe(2);
});
