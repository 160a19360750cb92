// The event stream where it does not stay open: every answer is whole, and the next one goes on where it ended.
import { beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../../server/http/app.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aConnection, anApiToken } from "../../support/builders.ts";
import { aWorkbench, bringCode, pin, startRenewal, type Workbench } from "../use-cases/workbench.ts";

const token = "an-api-token-for-the-trading-system";
let bench: Workbench;

beforeEach(async () => {
  bench = aWorkbench();
  await bench.have(aConnection({ pin }));
});

async function poll(headers: Record<string, string> = {}, query = ""): Promise<{ fields: string[][]; text: string }> {
  const apiTokens = [anApiToken(token, ["events"])];
  const app = createApp(bench.deps, appSettings("https://prebell.example.com", { apiTokens }));
  const answer = await app.request(`/api/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  const text = await answer.text();
  expect(text.endsWith("\n\n")).toBe(true);
  return {
    text,
    fields: text
      .trimEnd()
      .split("\n\n")
      .map((block) => block.split("\n")),
  };
}

async function renew(): Promise<void> {
  await startRenewal(bench.deps);
  await bringCode(bench.deps);
}

describe("GET /api/events without streaming", () => {
  it("says how often to ask, how far everything has come, and ends", async () => {
    const count = await bench.stores.records.changeCount();
    expect((await poll()).fields).toEqual([["retry: 10000"], ["id: 0", "event: changed", `data: ${count}`]]);
  });

  it("hands a reader who never saw an event all that happens between two of its questions", async () => {
    const first = await poll();
    const seen = /^id: (\d+)$/m.exec(first.text)?.[1] ?? "";
    await renew();
    const { fields } = await poll({ "last-event-id": seen });
    const [, event, changed] = fields;
    expect(event?.slice(0, 2)).toEqual(["id: 1", "event: token.renewed"]);
    expect(JSON.parse(event?.[2]?.slice("data: ".length) ?? "")).toMatchObject({
      specversion: "1.0",
      data: { connection: "etrade-prod", secretVersion: 2, sequence: 1 },
    });
    expect(changed?.slice(0, 2)).toEqual(["id: 1", "event: changed"]);
    expect(fields.length).toBe(3);
  });

  it("tells nothing twice to who goes on from the last id, nor the past to who names no place", async () => {
    await renew();
    const count = await bench.stores.records.changeCount();
    const nothingNew = [["retry: 10000"], ["id: 1", "event: changed", `data: ${count}`]];
    expect((await poll({ "last-event-id": "1" })).fields).toEqual(nothingNew);
    expect((await poll()).fields).toEqual(nothingNew);
  });

  it("tells programs the whole story from the place they name, however long it is", async () => {
    const event = {
      id: "e",
      type: "token.expired",
      at: bench.now,
      connectionId: "etrade-prod",
      provider: "etrade",
      environment: "prod",
      secretVersion: 1,
      issuedAt: null,
      expiresAt: null,
    } as const;
    await bench.stores.records.commit({ events: Array.from({ length: 250 }, () => event) });
    const { text } = await poll({}, "?after=20");
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual([...Array.from({ length: 230 }, (_unused, index) => 21 + index), 250]);
  });
});
