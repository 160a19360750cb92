// The oracle is another program: @tma.js/init-data-node signs, ours reads.
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { telegramInitData } from "../../../server/adapters/telegram-init-data.ts";
import { isFreshlyOpened } from "../../../server/domain/init-data.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { at } from "../../support/builders.ts";
import { botToken, initData, ownerChat } from "../../support/init-data.ts";

const openedAt = at("2026-03-10T12:30:00Z");
const read = telegramInitData(new Secret(botToken));
const genuine = initData(openedAt);

/** Signed as Telegram signs, whatever it says. */
function signed(fields: readonly (readonly [string, string])[]): string {
  const lines = fields.map(([name, value]) => `${name}=${value}`).toSorted();
  const key = createHmac("sha256", "WebAppData").update(botToken).digest();
  const hash = createHmac("sha256", key).update(lines.join("\n")).digest("hex");
  return new URLSearchParams([...fields.map(([name, value]) => [name, value]), ["hash", hash]]).toString();
}

/** What an address says, however it is spelt. */
const says = (text: string) => JSON.stringify([...new URLSearchParams(text)]);

const user: [string, string] = ["user", `{"id":${ownerChat}}`];
const date: [string, string] = ["auth_date", "1773145800"];

describe("what a Mini App was opened with", () => {
  it("is believed where Telegram signed it for our bot: who, and when", () => {
    expect(read(genuine)).toMatchObject({ userId: ownerChat, openedAt });
    expect(read(signed([user, date]))).toMatchObject({ userId: ownerChat, openedAt });
  });

  it("is not believed with any character changed", () => {
    fc.assert(
      fc.property(fc.nat(genuine.length - 1), fc.stringMatching(/^[\w%&=+-]$/), (position, character) => {
        const changed = genuine.slice(0, position) + character + genuine.slice(position + 1);
        // The same fields in another spelling ("%2b" and "%2B") say the same.
        if (says(changed) !== says(genuine)) expect(read(changed)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  const without = (name: string) => {
    const fields = new URLSearchParams(genuine);
    fields.delete(name);
    return fields.toString();
  };
  it.each([
    ["signed for another bot", initData(openedAt, { token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsax" })],
    ["without its hash", without("hash")],
    ["without who opened it", without("user")],
    ["without when", without("auth_date")],
    ["with a field more", `${genuine}&start_param=renew`],
    ["with a hash that is cut short", genuine.slice(0, -2)],
    ["with a hash in capitals", genuine.replace(/hash=.*$/, (hash) => hash.toUpperCase().replace("HASH", "hash"))],
    ["that is empty", ""],
    ["that is over 4 KB", signed([user, date, ["start_param", "x".repeat(4000)]])],
  ])("is not believed %s", (_how, text) => {
    expect(read(text)).toBeNull();
  });

  it.each<[string, (readonly [string, string])[]]>([
    ["a user twice", [["user", '{"id":1}'], user, date]],
    ["a date twice", [user, date, ["auth_date", "1773145801"]]],
    ["a line break that hides a field", [user, ["auth_date", "1773145800\nquery_id=AAH"]]],
    ["a user without an id", [["user", '{"first_name":"x"}'], date]],
    ["a user whose id is a text", [["user", `{"id":"${ownerChat}"}`], date]],
    ["a user whose id is no whole number", [["user", '{"id":1.5}'], date]],
    ["a user that is no object", [["user", "7654321"], date]],
    ["a user that is no JSON", [["user", "{"], date]],
    ["a date that is no number", [user, ["auth_date", "1e9"]]],
  ])("is not believed with %s, even if it were signed", (_what, fields) => {
    expect(read(signed(fields))).toBeNull();
  });
});

describe("an opening", () => {
  it.each([
    ["2026-03-10T12:30:00Z", true],
    ["2026-03-10T12:35:00Z", true],
    ["2026-03-10T12:35:01Z", false],
    ["2026-03-10T12:29:30Z", true],
    ["2026-03-10T12:29:29Z", false],
  ])("of 12:30 counts at %s: %s", (now, expected) => {
    const data = read(genuine);
    expect(data !== null && isFreshlyOpened(data, at(now))).toBe(expected);
  });
});
