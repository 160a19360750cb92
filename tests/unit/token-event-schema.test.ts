// docs/token-event.schema.json is what a trading system relies on: it fits every event, and nothing more could be added unseen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toCloudEvent, type TokenEvent, type TokenEventType } from "../../server/domain/token-event.ts";
import { anEvent } from "../contract/drafts.ts";

const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/token-event.schema.json"), "utf8")),
);
const fits = (message: unknown): boolean => schema.safeParse(message).success;

const types = Object.keys({
  "token.renewed": true,
  "token.refreshed": true,
  "token.expired": true,
  "token.revoked": true,
  "authorization.needed": true,
  "keepalive.failing": true,
  "keepalive.recovered": true,
} satisfies Record<TokenEventType, true>);

const event: TokenEvent = { ...anEvent(), sequence: 7 };
/** As it arrives: whatever JSON drops is gone. */
const message = (overrides: object = {}) => JSON.parse(JSON.stringify(toCloudEvent({ ...event, ...overrides })));

describe("the published schema", () => {
  it.each(types)("fits %s", (type) => {
    expect(fits(message({ type }))).toBe(true);
  });

  it("fits an event before the first renewal", () => {
    expect(fits(message({ secretVersion: null, issuedAt: null, expiresAt: null }))).toBe(true);
  });

  it("fits a fire drill's event, which alone is marked as one", () => {
    expect(message({ connectionId: "drill" })).toMatchObject({ subject: "drill", drill: true });
    expect(fits(message({ connectionId: "drill" }))).toBe(true);
    expect(message()).not.toHaveProperty("drill");
    expect(fits({ ...message(), drill: false })).toBe(false);
  });

  it.each([
    ["an unknown type", { type: "token.stolen" }],
    ["an unknown provider", { provider: "robinhood" }],
    ["version 0", { secretVersion: 0 }],
    ["half a version", { secretVersion: 1.5 }],
    ["a sequence below 1", { sequence: 0 }],
    ["an empty id", { id: "" }],
  ])("refuses %s", (_case, overrides) => {
    expect(fits(message(overrides))).toBe(false);
  });

  it("refuses a member it does not know, so that no token can ride along", () => {
    const sent = message();
    expect(fits({ ...sent, accessToken: "t" })).toBe(false);
    expect(fits({ ...sent, data: { ...sent.data, accessToken: "t" } })).toBe(false);
  });

  it.each(["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"])(
    "refuses an event without %s",
    (member) => {
      const { [member]: _gone, ...rest } = message();
      expect(fits(rest)).toBe(false);
    },
  );

  it.each(["connection", "provider", "environment", "secretVersion", "issuedAt", "expiresAt", "sequence"])(
    "refuses data without %s",
    (member) => {
      const sent = message();
      const { [member]: _gone, ...data } = sent.data;
      expect(fits({ ...sent, data })).toBe(false);
    },
  );

  it.each(["yesterday", "2026-03-10", "1773145800"])("refuses %s for an instant", (time) => {
    const sent = message();
    expect(fits({ ...sent, time })).toBe(false);
    expect(fits({ ...sent, data: { ...sent.data, issuedAt: time } })).toBe(false);
  });
});
