// SIGKILL at arbitrary milliseconds after the code was sent: wherever it strikes, nothing is claimed that is not so.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as after } from "node:timers/promises";
import { expect, it } from "vitest";
import type { ConnectionView } from "../../server/http/contract.ts";
import { ceremony } from "../support/program-ceremony.ts";
import { verdict } from "../support/program-client.ts";
import { startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";
import { type Delivery, startWebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-scheduler";
const kills = 12;

it("the page tells the truth, versions have no gap and each is announced once, whenever the program dies", async () => {
  const receiver = await startWebhookReceiver();
  const program = await startProgram({ env: { ...receiver.env, API_TOKEN: apiToken } });
  const client = await program.signIn();
  const prod = ceremony(program, client, "etrade-prod");
  const connection = () => client.connection("etrade-prod");
  await program.renew(client, "etrade-prod");
  // How long it takes undisturbed says which milliseconds are worth a kill.
  const code = await prod.approve();
  const began = performance.now();
  await prod.complete(code);
  const undisturbed = performance.now() - began;

  let version = 2;
  for (let kill = 0; kill < kills; kill += 1) {
    const delay = Math.round(((kill + Math.random()) / kills) * 1.2 * undisturbed);
    const where = `killed ${delay} ms after the code was sent`;
    // oxlint-disable no-await-in-loop -- one death after the other
    const verifier = await prod.approve();
    const cut = prod.complete(verifier).catch(() => null);
    await after(delay);
    await program.kill();
    await cut;
    await program.restart();

    // Not even in the first moment is a dead token called active, unless the renewal is shown as still under way.
    const early = await connection();
    const claimed = early.status.word === "active" && !isUnderWay(early);
    expect([claimed && verdict(await prod.proof()) !== "200 ok", where]).toEqual([false, where]);
    const seen = await eventually("the renewal to be taken up", async () => {
      const now = await connection();
      return isUnderWay(now) || now.status.word === "unknown" ? null : now;
    });
    const works = verdict(await prod.proof()) === "200 ok";
    const stored = seen.token?.version ?? 0;
    expect([seen.status.word === "active", where]).toEqual([works, where]);
    // Either the new one is stored and works, or the old one is still the stored one, whatever became of it.
    expect([stored === version + 1 ? works : stored === version, where]).toEqual([true, where]);
    expect([integrityOf(program.dataDir), where]).toEqual(["ok", where]);
    version = stored;
    if (seen.authorization?.stage === "waiting") await prod.cancel();
    if (!works) version = (await program.renew(client, "etrade-prod")).version ?? 0;
    // Beyond the double tap, and beyond the minute for which a dead sender holds an event.
    await program.control.advance(Temporal.Duration.from({ minutes: 10 }));
    await program.machine(apiToken).post("/cron/tick");
    await eventually("every event to be taken", async () => (await client.status()).events.waiting === 0);
    // oxlint-enable no-await-in-loop
  }

  const renewals = receiver.deliveries.filter(({ type }) => type === "token.renewed");
  expect(distinct(renewals).map((event) => event.version)).toEqual(Array.from({ length: version }, (_, at) => at + 1));
  const all = distinct(receiver.deliveries);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, at) => at + 1));
  expect(receiver.deliveries.filter(({ fault }) => fault !== null)).toEqual([]);
});

function isUnderWay({ authorization }: ConnectionView): boolean {
  return authorization?.stage === "exchanging" || authorization?.stage === "verifying";
}

/** Repetitions of one event carry its webhook-id; told apart by it, in the order of their first arrival. */
function distinct(deliveries: readonly Delivery[]): Delivery[] {
  return [...new Map(deliveries.map((delivery) => [delivery.id, delivery])).values()];
}

function integrityOf(dataDir: string): unknown {
  const db = new DatabaseSync(join(dataDir, "practice/prebell.sqlite"), { readOnly: true });
  try {
    return db.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
  } finally {
    db.close();
  }
}
