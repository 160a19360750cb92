import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAuthorizationHeader } from "../../../server/practice/authorization-header.ts";
import { hmacSha1, percentEncode, queryParameters, signatureBaseString } from "../../../server/practice/signature.ts";
import { authorizationHeader, baseString, encode, hmac } from "./sign.ts";

const vectors = z
  .array(
    z.object({
      name: z.string(),
      method: z.string(),
      url: z.string(),
      params: z.array(z.tuple([z.string(), z.string()])),
      consumerSecret: z.string(),
      tokenSecret: z.string(),
      baseString: z.string(),
      signature: z.string(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("../../support/oauth1-vectors.json", import.meta.url), "utf8")));

describe("signature", () => {
  it.each(vectors)("reproduces the published vector $name at the broker", (vector) => {
    const [baseUri = "", query = ""] = vector.url.split("?");
    const base = signatureBaseString(vector.method, baseUri, [...vector.params, ...(queryParameters(query) ?? [])]);
    expect(base).toBe(vector.baseString);
    expect(hmacSha1(base, vector.consumerSecret, vector.tokenSecret)).toBe(vector.signature);
  });

  it.each(vectors)("reproduces the published vector $name at the tests' own signer", (vector) => {
    const base = baseString(vector.method, vector.url, vector.params);
    expect(base).toBe(vector.baseString);
    expect(hmac(base, vector.consumerSecret, vector.tokenSecret)).toBe(vector.signature);
  });

  // wiki.oauth.net, TestCases: parameter encoding.
  it.each([
    ["abcABC123", "abcABC123"],
    ["-._~", "-._~"],
    ["%", "%25"],
    ["+", "%2B"],
    ["&=*", "%26%3D%2A"],
    ["\n", "%0A"],
    [" ", "%20"],
    ["\u007F", "%7F"],
    ["\u0080", "%C2%80"],
    ["\u3001", "%E3%80%81"],
    ["!'()", "%21%27%28%29"],
  ])("encodes %j as %s", (text, encoded) => {
    expect([percentEncode(text), encode(text)]).toEqual([encoded, encoded]);
  });

  it("orders parameters by name before value", () => {
    const base = signatureBaseString("GET", "http://a/", [
      ["a-b", "1"],
      ["a", "2"],
      ["a", "1"],
    ]);
    expect(base).toBe("GET&http%3A%2F%2Fa%2F&a%3D1%26a%3D2%26a-b%3D1");
  });

  it("reads + as a space and refuses a broken escape in a query", () => {
    expect(queryParameters("a=x+y&b&c=%2B")).toEqual([
      ["a", "x y"],
      ["b", ""],
      ["c", "+"],
    ]);
    expect(queryParameters("a=%zz")).toBeNull();
  });
});

describe("readAuthorizationHeader", () => {
  it("reads what a signer wrote and skips the realm", () => {
    const header = authorizationHeader([["oauth_token", "a+/="]]).replace("OAuth ", 'OAuth realm="", ');
    expect(readAuthorizationHeader(header)).toEqual({ ok: true, parameters: new Map([["oauth_token", "a+/="]]) });
  });

  it("reads E*TRADE's own sample, where the token has no quotes", () => {
    const reading = readAuthorizationHeader('OAuth realm="",oauth_token=a%2Bb%3D, oauth_nonce="n"');
    expect(reading).toEqual({
      ok: true,
      parameters: new Map([
        ["oauth_token", "a+b="],
        ["oauth_nonce", "n"],
      ]),
    });
  });

  it.each([
    ["another scheme", "Bearer abc"],
    ["nothing", ""],
    ["a parameter twice", 'OAuth oauth_nonce="1",oauth_nonce="1"'],
    ["an unencoded +", 'OAuth oauth_token="a+b"'],
    ["a lower-case escape", 'OAuth oauth_token="a%2bb"'],
    ["a broken escape", 'OAuth oauth_token="a%2"'],
    ["a needless escape", 'OAuth oauth_token="%61"'],
    ["text between parameters", 'OAuth oauth_nonce="1" oauth_token="2"'],
    ["a comma at the end", 'OAuth oauth_nonce="1",'],
  ])("refuses %s", (_what, header) => {
    expect(readAuthorizationHeader(header).ok).toBe(false);
  });
});
