// A bad day with recognisable secrets: everything that can go wrong goes wrong, and everything that was written is kept.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileState } from "../../server/practice/practice-state.ts";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { createPracticeControl } from "../../server/practice/practice-control.ts";
import { practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { filesIn, type Haystack } from "../support/canaries.ts";
import type { Answer } from "../support/program-client.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { openStream } from "../support/program-stream.ts";
import { startProgram } from "../support/program.ts";
import { startTelegramServer } from "../support/telegram-server.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";

export const apiToken = "canary.api-token_with+odd/characters=";
const botToken = "998877665:AAcanary-bot-token_0123456789abcdefg";
const keys = {
  prod: { consumerKey: "canary-key-prod", consumerSecret: "canary/consumer+secret=prod", lifetimeDays: 1 },
  sandbox: { consumerKey: "canary-key-sandbox", consumerSecret: "canary consumer&secret sandbox", lifetimeDays: 1 },
};

/** The program in its real mode, set against a broker whose memory we can read. */
export async function startCanaryScene() {
  const folder = mkdtempSync(join(tmpdir(), "prebell-e2e-"));
  const stateFile = join(folder, "broker.json");
  const broker = await startPracticeServer({
    port: 0,
    clock: createPracticeClock(() => Temporal.Now.instant()),
    stateFile,
    keys,
    options: { offerOtherAccounts: true },
  });
  clearAfterwards(async () => {
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const urls = practiceUrls(broker.url);
  const telegram = await startTelegramServer({ token: botToken });
  const receiver = await startWebhookReceiver();
  const program = await startProgram({
    at: null,
    env: {
      ...telegram.env,
      ...receiver.env,
      API_TOKEN: apiToken,
      LOG_LEVEL: "trace",
      ETRADE_PROD_CONSUMER_KEY: keys.prod.consumerKey,
      ETRADE_PROD_CONSUMER_SECRET: keys.prod.consumerSecret,
      ETRADE_SANDBOX_CONSUMER_KEY: keys.sandbox.consumerKey,
      ETRADE_SANDBOX_CONSUMER_SECRET: keys.sandbox.consumerSecret,
      ETRADE_OAUTH_URL: urls.oauthUrl,
      ETRADE_AUTHORIZE_URL: urls.authorizeUrl,
      ETRADE_PROD_API_URL: urls.prodApiUrl,
      ETRADE_SANDBOX_API_URL: urls.sandboxApiUrl,
    },
  });
  const stream = await openStream(`${program.url}/api/events?after=0`, { authorization: `Bearer ${apiToken}` });
  const secrets = new Map<string, string>([
    ["consumer secret prod", keys.prod.consumerSecret],
    ["consumer secret sandbox", keys.sandbox.consumerSecret],
    ["API token", apiToken],
    ["bot token", botToken],
    ["webhook secret", receiver.env.EVENT_WEBHOOK_SECRET.replace("whsec_", "")],
  ]);

  return {
    program,
    telegram,
    receiver,
    secrets,
    control: createPracticeControl(broker.url),
    /** Notes what the broker knows at this moment; request tokens and codes are gone a step later. */
    harvest(): void {
      const { records } = fileState(stateFile);
      for (const each of records.requestTokens.values()) {
        secrets.set(`request token secret ${secrets.size}`, each.secret);
        if (each.verifier !== null) secrets.set(`code ${secrets.size}`, each.verifier);
      }
      for (const each of records.accessTokens.values()) {
        secrets.set(`access token ${secrets.size}`, each.token);
        secrets.set(`access token secret ${secrets.size}`, each.secret);
      }
    },
    /** All that the program wrote or sent anywhere, but for the two answers whose purpose is to carry a secret. */
    everythingWritten(): Haystack {
      const answers = program.answers.filter(({ path }) => !/\/token(\?|$)|^\/api\/sessions\/handoff$/.test(path));
      return {
        "standard output": program.stdout(),
        "standard error": program.stderr(),
        ...Object.fromEntries(
          answers.map((each, at) => [`answer ${at} to ${each.method} ${each.path}`, wholeText(each.answer)]),
        ),
        "event stream": JSON.stringify(stream.events),
        chat: telegram.received.map((call) => call.slice(call.indexOf(" "))).join("\n"),
        webhook: receiver.deliveries.map(({ body }) => body).join("\n"),
        ...filesIn(program.dataDir, ["prebell.key"]),
      };
    },
    /** The broker's memory, to see that the search finds what is there. */
    brokersMemory: () => readFileSync(stateFile, "utf8"),
  };
}

export type CanaryScene = Awaited<ReturnType<typeof startCanaryScene>>;

function wholeText({ headers, text }: Answer): string {
  return `${JSON.stringify([...headers])}\n${text}`;
}
