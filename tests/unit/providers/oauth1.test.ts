import { describe, expect, it } from "vitest";
import vectors from "../../support/oauth1-vectors.json" with { type: "json" };
import {
  authorizationHeader,
  type Parameter,
  percentEncode,
  sign,
  signatureBaseString,
} from "../../../server/providers/oauth1.ts";

const official = {
  consumerKey: "c5bb4dcb7bd6826c7c4340df3f791188",
  consumerSecret: "7d30246211192cda43ede3abd9b393b9",
  token: "VbiNYl63EejjlKdQM6FeENzcnrLACrZ2JYD6NQROfVI=",
  tokenSecret: "XCF9RzyQr4UEPloA+WlC06BnTfYC1P0Fwr3GUw/B0Es=",
};
const listUrl = new URL("https://api.etrade.com/v1/accounts/list");

function normalized(query: string): string | undefined {
  return signatureBaseString("GET", new URL(`https://h/?${query}`), []).split("&")[2];
}

function signatureOf(header: string): string {
  return decodeURIComponent(/oauth_signature="([^"]+)"/.exec(header)?.[1] ?? "");
}

describe("published vectors", () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))("reproduces %s", (_name, vector) => {
    const parameters = vector.params.map(([name, value]): Parameter => [name ?? "", value ?? ""]);
    const baseString = signatureBaseString(vector.method, new URL(vector.url), parameters);
    expect(baseString).toBe(vector.baseString);
    expect(sign(baseString, vector.consumerSecret, vector.tokenSecret)).toBe(vector.signature);
  });

  it.each([
    ["without a token secret", "cs", undefined, "egQqG5AJep5sJ7anhXju1unge2I="],
    ["with a token secret", "cs", "ts", "VZVjXceV7JgPq/dOTnNmEfO0Fv8="],
  ])("signs the wiki's base string %s", (_case, consumerSecret, tokenSecret, signature) => {
    expect(sign("bs", consumerSecret, tokenSecret)).toBe(signature);
  });

  it.each([
    ["abcABC123", "abcABC123"],
    ["-._~", "-._~"],
    ["%", "%25"],
    ["+", "%2B"],
    ["&=*", "%26%3D%2A"],
    ["!'()", "%21%27%28%29"],
    ["\n", "%0A"],
    [" ", "%20"],
    ["\u007f", "%7F"],
    ["\u0080", "%C2%80"],
    ["\u3001", "%E3%80%81"],
  ])("encodes %j as %s", (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded);
  });

  it("sorts equal names by value and keeps empty values", () => {
    expect(normalized("a=x!y&a=x+y")).toBe(percentEncode("a=x%20y&a=x%21y"));
    expect(normalized("x!y=a&x=a")).toBe(percentEncode("x=a&x%21y=a"));
    expect(normalized("name")).toBe(percentEncode("name="));
  });
});

const header = (credentials: typeof official, extra: Parameter[] = []) =>
  signatureOf(authorizationHeader("GET", listUrl, credentials, extra, 1344885636, "0bba225a40d1bbac2430aa0c6163ce44"));

describe("E*TRADE's worked example", () => {
  it("is reproduced by the header as sent", () => {
    expect(header(official)).toBe("UOnPVdzExTAgHkcGWLLfeTaaMSM=");
  });

  it("is missed with oauth_version, unencoded secrets or a token left encoded, as others missed it", () => {
    expect(header(official, [["oauth_version", "1.0"]])).toBe("gZLKg/AOvv4+r1+EBLWKdVUVBC0=");
    expect(header({ ...official, token: encodeURIComponent(official.token) })).toBe("8JEiFD+Ngt2i2rpQPyqx7LfGGsg=");
    const wrong = ["pXblwU+H+2wTeoXWnfMdvO9GuJY=", "8alOEOXdzxx+N7+77VRyducKWJM="];
    expect(wrong).not.toContain(header(official));
  });

  it("signs query parameters although the base URI leaves them out", () => {
    const url = new URL("https://api.etrade.com/v1/accounts/k/balance?instType=BROKERAGE&realTimeNAV=true");
    const base = signatureBaseString("GET", url, []);
    expect(base).toBe(
      "GET&https%3A%2F%2Fapi.etrade.com%2Fv1%2Faccounts%2Fk%2Fbalance&instType%3DBROKERAGE%26realTimeNAV%3Dtrue",
    );
  });
});
