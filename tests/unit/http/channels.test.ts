// Where one is reached oneself: over HTTP, with the cookies of several people.
import { beforeEach, describe, expect, it } from "vitest";
import type { Notice } from "../../../server/domain/notice.ts";
import type {
  AddedChannelReply,
  ChannelsReply,
  MessagesReply,
  Problem,
  StatusReply,
} from "../../../server/http/contract.ts";
import { createApp } from "../../../server/http/app.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aPerson, aSession } from "../../support/builders.ts";
import { aChannelBench, type ChannelBench, chat, mail, second } from "../use-cases/channel-bench.ts";

const origin = "https://prebell.example.com";
const discordUrl = `https://discord.com/api/webhooks/223704706495545344/${"canary".repeat(10)}`;
const blocked = new DeliveryError("Telegram refused: 403 Forbidden: bot was blocked by the user.", { permanent: true });

let bench: ChannelBench;
beforeEach(() => {
  bench = aChannelBench([
    aPerson({ chatId: chat.chatId, channels: [mail] }),
    aPerson({ id: "anna", name: "Anna", channels: [second] }),
  ]);
});

type Added = Pick<AddedChannelReply, "added">;

interface Answered<T> {
  readonly status: number;
  readonly json: T;
  readonly retryAfter: string | null;
}

/** `proven`: by a passkey, this moment. */
async function as(
  personId: string,
  { proven = true, onlyFor = null }: { proven?: boolean; onlyFor?: string | null } = {},
) {
  const session = aSession({ id: personId, digest: `digest(${personId})`, personId, onlyFor });
  await bench.stores.sessions.putSession({ ...session, provenAt: proven ? bench.now : null });
  const app = createApp(bench.deps, appSettings(origin, { webPushKey: "BPush" }));
  const headers = {
    "content-type": "application/json",
    "x-prebell": "1",
    origin,
    cookie: `__session=${personId}`,
  };
  const call = async <T>(method: string, path: string, body?: object): Promise<Answered<T>> => {
    const answer = await app.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const json: T = JSON.parse(await answer.text());
    return { status: answer.status, json, retryAfter: answer.headers.get("retry-after") };
  };
  return {
    get: <T = ChannelsReply>(path: string): Promise<Answered<T>> => call<T>("GET", path),
    post: (path: string, body: object = {}) => call<ChannelsReply & Added & Problem>("POST", path, body),
    delete: (path: string) => call<ChannelsReply & Problem>("DELETE", path),
  };
}

async function tell(to: string, notice: Notice): Promise<void> {
  await bench.stores.records.commit({ messages: [{ to, claims: [], notice, at: bench.now }] });
  await deliverMessages(bench.deps);
}

const ids = ({ channels }: ChannelsReply) => channels.map(({ id }) => id);

describe("GET /api/channels", () => {
  it("lists one's own in their order, with where each comes from, masked", async () => {
    const deps = { ...bench.deps, configuredChannels: [{ ...second, id: "configured" }] };
    Object.assign(bench, { deps });
    const owner = await as("owner");
    const { json } = await owner.get("/api/channels");
    expect(json.channels.map(({ id, label, origin: from }) => [id, label, from])).toEqual([
      ["telegram", "Telegram chat ••21", "chat"],
      ["configured", "e-mail s••@example.com", "configuration"],
      ["mail", "e-mail o••@example.com", "own"],
    ]);
    expect(json).toMatchObject({
      wishes: { nextChannelAfterSeconds: 60, escalateAtMinutes: 15, allSet: false },
      room: 9,
    });
    expect(ids((await (await as("anna")).get("/api/channels")).json)).toEqual(["second"]);
  });

  it("says what became of the last messages, and what the last look or test said", async () => {
    const owner = await as("owner");
    bench.broken.set("telegram", blocked);
    await tell("owner", { kind: "keepalive-recovered", connection: "etrade-prod" });
    await deliverMessages(bench.deps);
    await owner.post("/api/channels/mail/test");
    const { json } = await owner.get("/api/channels");
    expect(json.channels).toMatchObject([
      { id: "telegram", deliveries: [], lastFailure: { sentence: blocked.message }, lastCheck: null },
      { id: "mail", lastFailure: null, lastCheck: { by: "test", failure: null } },
    ]);
    expect(json.channels[1]?.deliveries).toHaveLength(2);
  });

  it("is for a person who is signed in for the whole page", async () => {
    const app = createApp(bench.deps, appSettings(origin));
    expect((await app.request("/api/channels")).status).toBe(401);
    expect((await (await as("owner", { onlyFor: "etrade-prod" })).get("/api/channels")).status).toBe(403);
  });

  it("gives browsers what they subscribe with", async () => {
    expect((await (await as("owner")).get("/api/channels/push-key")).json).toEqual({ key: "BPush" });
  });
});

describe("POST /api/channels", () => {
  it("adds one in person, and answers with all of them but no secret", async () => {
    const owner = await as("owner");
    const { status, json } = await owner.post("/api/channels", {
      kind: "discord",
      webhookUrl: discordUrl,
    });
    expect([status, ids(json).length, json.channels.at(-1)]).toMatchObject([
      201,
      3,
      { id: json.added, origin: "own", lastCheck: { by: "look", failure: null } },
    ]);
    expect(JSON.stringify(json)).not.toContain("canary");
    const [entry] = await bench.stores.records.journal(1);
    expect(entry).toMatchObject({ kind: "channel-added", by: { personId: "owner" } });
  });

  it.each([
    ["a kind there is not", { kind: "pigeon" }, 422, "channel-malformed"],
    ["no kind at all", {}, 400, "bad-body"],
  ])("refuses %s", async (_what, body, status, code) => {
    const answer = await (await as("owner")).post("/api/channels", body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it.each([
    ["POST", "/api/channels"],
    ["DELETE", "/api/channels/mail"],
  ])("%s %s needs the person's proof", async (method, path) => {
    const owner = await as("owner", { proven: false });
    const body = { kind: "ntfy", topic: "bell" };
    const { status } = await (method === "POST" ? owner.post(path, body) : owner.delete(path));
    expect([status, (await bench.person()).channels]).toEqual([403, [mail]]);
  });
});

describe("DELETE /api/channels/:id", () => {
  it("removes one's own, not the chat, and knows nobody else's", async () => {
    const owner = await as("owner");
    expect(ids((await owner.delete("/api/channels/mail")).json)).toEqual(["telegram"]);
    expect((await owner.delete("/api/channels/telegram")).json.code).toBe("channel-configured");
    expect((await owner.delete("/api/channels/second")).json.code).toBe("unknown-channel");
  });
});

describe("POST /api/channels/order", () => {
  it("changes order and patience", async () => {
    const owner = await as("owner", { proven: false });
    const wishes = { nextChannelAfterSeconds: 15, escalateAtMinutes: 60, allSet: true };
    const { json } = await owner.post("/api/channels/order", { ids: ["mail", "telegram"], ...wishes });
    expect([ids(json), json.wishes]).toEqual([["mail", "telegram"], wishes]);
  });

  it.each([
    [{ nextChannelAfterSeconds: 14 }, 400],
    [{ nextChannelAfterSeconds: 601 }, 400],
    [{ nextChannelAfterSeconds: 20.5 }, 400],
    [{ escalateAtMinutes: 45 }, 400],
    [{ allSet: "yes" }, 400],
    [{ ids: ["second"] }, 422],
  ])("refuses %j", async (body, status) => {
    const before = (await bench.person()).wishes;
    expect((await (await as("owner")).post("/api/channels/order", body)).status).toBe(status);
    expect((await bench.person()).wishes).toEqual(before);
  });
});

describe("POST /api/channels/:id/test", () => {
  it("answers with what the channel said, also where it refused", async () => {
    const owner = await as("owner", { proven: false });
    bench.broken.set("telegram", blocked);
    expect((await owner.post("/api/channels/mail/test")).json).toMatchObject({ by: "test", failure: null });
    expect((await owner.post("/api/channels/telegram/test")).json).toMatchObject({ failure: blocked.message });
    expect((await owner.post("/api/channels/second/test")).status).toBe(404);
  });

  it("says when the next one is possible after five", async () => {
    const owner = await as("owner");
    for (let turn = 0; turn < 5; turn += 1)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await owner.post("/api/channels/mail/test");
    const { status, json, retryAfter } = await owner.post("/api/channels/mail/test");
    expect([status, json.code, retryAfter]).toEqual([429, "too-many-tests", "600"]);
  });
});

async function messagesOf(personId: string): Promise<MessagesReply> {
  return (await (await as(personId)).get<MessagesReply>("/api/messages")).json;
}

async function chatOf(personId: string): Promise<StatusReply["chat"]> {
  return (await (await as(personId)).get<StatusReply>("/status")).json.chat;
}

describe("messages", () => {
  it("are one's own, with the way each took; an owner reads nobody else's", async () => {
    bench.broken.set("telegram", blocked);
    await tell("owner", { kind: "all-set", tradingDay: "2026-03-10", connections: [] });
    await deliverMessages(bench.deps);
    await tell("anna", { kind: "channel-test", label: "e-mail" });
    const mine = await messagesOf("owner");
    expect(mine.channel).toBe("telegram");
    expect(mine.messages.map(({ kind }) => kind)).toEqual(["channel-broken", "all-set"]);
    expect(mine.messages[1]).toMatchObject({
      to: "Owner",
      channel: "e-mail o••@example.com",
      seconds: 0,
      tries: [
        { channel: "Telegram chat ••21", failure: blocked.message },
        { channel: "e-mail o••@example.com", failure: null },
      ],
    });
    expect((await messagesOf("anna")).messages.map(({ kind, to }) => [kind, to])).toEqual([["channel-test", "Anna"]]);
  });

  it("that wait are told of to their reader alone, with the channel's own sentence", async () => {
    bench.broken.set("second", new DeliveryError("The mail server refused the login with 535."));
    await tell("anna", { kind: "channel-test", label: "e-mail" });
    expect(await chatOf("anna")).toEqual({
      channel: "email",
      waiting: 1,
      lastError: "The mail server refused the login with 535.",
    });
    expect(await chatOf("owner")).toEqual({ channel: "telegram", waiting: 0, lastError: null });
  });
});

it("a message that was never tried has no way yet", async () => {
  await bench.stores.records.commit({
    messages: [{ to: "owner", claims: [], notice: { kind: "channel-test", label: "e-mail" }, at: bench.now }],
  });
  expect((await messagesOf("owner")).messages).toMatchObject([
    { channel: null, seconds: null, tries: [], state: "waiting" },
  ]);
});
