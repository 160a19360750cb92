import { describe, expect, it } from "vitest";
import { readAnswer } from "../../../server/domain/verifier.ts";

const host = "b2F1dGgyLmJkYy5zY2h3YWIuY29t";
const code = `C0.${host}.s9_Qx7LmZ0-8kP@`;
const encoded = `C0.${host}.s9_Qx7LmZ0-8kP%40`;
const state = "AbC_123-xyz";
const query = `code=${encoded}&session=4f1c2a34-1111-2222-3333-444455556666&state=${state}`;
const bound = { verifier: code, requestToken: state };
const declined = (error: string) => ({ callbackUrl: `https://127.0.0.1/?error=${error}&state=${state}` });
const unbound = { verifier: code, requestToken: null };

describe("what a person brings back from Schwab", () => {
  it.each([
    ["the whole address", `https://127.0.0.1/?${query}`],
    ["a port and a path", `https://127.0.0.1:8182/callback?${query}`],
    ["our own page", `https://prebell.example/callback/schwab?${query}`],
    ["another scheme", `http://localhost?${query}`],
    ["no scheme", `127.0.0.1/?${query}`],
    ["the query alone", query],
    ["the question mark on", `?${query}`],
    ["all from the code on", query.slice("code=".length)],
    [
      "spaces and a line break of a message",
      `  https://127.0.0.1/?code=${encoded.slice(0, 20)}\n${encoded.slice(20)}&state=${state} `,
    ],
    ["another order, and a fragment", `https://127.0.0.1/?state=${state}&code=${encoded}#_=_`],
  ])("is read from %s", (_what, text) => {
    expect(readAnswer("schwab", { verifier: text })).toEqual(bound);
  });

  it.each([
    ["as the address shows it", encoded],
    ["decoded already", code],
    ["with its name", `code=${encoded}`],
    ["with spaces around it", ` ${code}\n`],
    ["broken over two lines", `${code.slice(0, 20)} \n ${code.slice(20)}`],
  ])("is read from the code alone %s", (_what, text) => {
    expect(readAnswer("schwab", { verifier: text })).toEqual(unbound);
  });

  it("is decoded exactly once", () => {
    expect(readAnswer("schwab", { verifier: "C0.aaaaaaaa%2540" })).toEqual({
      verifier: "C0.aaaaaaaa%40",
      requestToken: null,
    });
    expect(readAnswer("schwab", { callbackUrl: `https://127.0.0.1/?code=C0.aaaaaaaa%2540&state=s` })).toEqual({
      verifier: "C0.aaaaaaaa%40",
      requestToken: "s",
    });
  });

  it("matches no authorization when an address lacks the state", () => {
    const address = `https://127.0.0.1/?code=${encoded}&session=1`;
    expect(readAnswer("schwab", { verifier: address })).toEqual({ verifier: code, requestToken: "" });
    expect(readAnswer("schwab", { callbackUrl: address })).toEqual({ verifier: code, requestToken: "" });
  });

  it("says that the login was declined, and in which word", () => {
    expect(readAnswer("schwab", declined("access_denied"))).toMatchObject({ denied: "access_denied" });
    expect(readAnswer("schwab", declined("%3Cscript%3E"))).toMatchObject({ denied: "unknown" });
  });

  it.each([
    ["nothing", ""],
    ["a word too short for a code", "MX9ES"],
    ["an address without a code", "https://127.0.0.1/"],
    ["the address of the login page", `https://api.schwabapi.com/v1/oauth/authorize?client_id=1&state=${state}`],
    ["two codes", `https://127.0.0.1/?code=${encoded}&code=${encoded}&state=${state}`],
    ["two states", `https://127.0.0.1/?code=${encoded}&state=${state}&state=other`],
    ["an empty code", `https://127.0.0.1/?code=&state=${state}`],
    ["a code cut off within its last character", encoded.slice(0, -1)],
    ["a code that holds a space", `https://127.0.0.1/?code=C0.aaaa+aaaa%40&state=${state}`],
    ["a code that holds a line break", `https://127.0.0.1/?code=C0.aaaa%0Aaaaa%40&state=${state}`],
    ["words that were in the clipboard", "what happened to be in the clipboard"],
    ["far too much", "a".repeat(2001)],
  ])("is not %s", (_what, text) => {
    expect(readAnswer("schwab", { verifier: text })).toBeNull();
  });

  it("is an address where our callback page brings it", () => {
    expect(readAnswer("schwab", { callbackUrl: `https://prebell.example/callback/schwab?${query}` })).toEqual(bound);
    expect(readAnswer("schwab", { callbackUrl: code })).toBeNull();
  });
});

describe("what a person brings back from E*TRADE", () => {
  it("forgives small letters, spaces and dashes", () => {
    expect(readAnswer("etrade", { verifier: " mx-9 es" })).toEqual({ verifier: "MX9ES", requestToken: null });
  });

  it.each(["", "MX9", "MX9ES!", "ABCDEFGHIJK"])("is not %j", (text) => {
    expect(readAnswer("etrade", { verifier: text })).toBeNull();
  });

  it("is read from the address of a registered callback, with the request token if that is there", () => {
    const address = "https://prebell.example/callback/etrade?oauth_verifier=MX9ES";
    expect(readAnswer("etrade", { callbackUrl: address })).toEqual({ verifier: "MX9ES", requestToken: null });
    expect(readAnswer("etrade", { callbackUrl: `${address}&oauth_token=a%2Bb` })).toEqual({
      verifier: "MX9ES",
      requestToken: "a+b",
    });
  });

  it.each(["not an address", "https://prebell.example/callback/etrade", "https://prebell.example/?oauth_verifier=%00"])(
    "is not the address %j",
    (callbackUrl) => {
      expect(readAnswer("etrade", { callbackUrl })).toBeNull();
    },
  );
});
