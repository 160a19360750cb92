import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../server/domain/secret.ts";

const value = "tk-84010429-do-not-print";
const secret = new Secret(value);
// A careless line that the type checker let through.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const careless = secret as unknown as string;
const holder = { accessToken: secret, nested: [secret] };

describe("Secret", () => {
  it("gives its value to whoever asks by name", () => {
    expect(secret.reveal()).toBe(value);
  });

  it.each([
    ["a template literal", `token ${careless}`],
    ["concatenation", "token=" + careless],
    ["String()", String(secret)],
    ["JSON.stringify", JSON.stringify(holder)],
    ["a JSON object key", JSON.stringify({ [String(secret)]: 1 })],
    ["util.inspect", inspect(holder, { depth: null })],
    ["util.inspect with hidden fields", inspect(holder, { showHidden: true, getters: true, depth: null })],
    ["console.log of an object", format(holder)],
    ["console.log with placeholders", format("%s %o %O %j", secret, secret, holder, holder)],
    ["an Error message", inspect(new Error(`rejected ${careless}`, { cause: holder }))],
    ["a URL parameter", new URLSearchParams({ oauth_token: String(secret) }).toString()],
    ["an array join", [secret, secret].join()],
  ])("keeps it from %s", (_case, text) => {
    expect(text).not.toContain(value);
    expect(decodeURIComponent(text)).toContain("[secret]");
  });

  it.each([
    ["util.inspect without custom methods", inspect(holder, { customInspect: false, showHidden: true, depth: null })],
    ["a spread copy", JSON.stringify(Object.assign({}, secret))],
    ["a structured clone", inspect(structuredClone(secret), { showHidden: true })],
    ["its own properties", Reflect.ownKeys(secret).join()],
  ])("keeps it from %s, which shows nothing at all", (_case, text) => {
    expect(text).not.toContain(value);
  });
});
