import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInstant, parseTokenFile } from "../../../server/domain/token-file.ts";

const login = "2026-03-10T12:30:00Z";
const seconds = 1_773_145_800;
const pair = { access_token: "I0.aG9zdA.access@", refresh_token: "refresh@" };

function parsed(file: unknown) {
  const result = parseTokenFile(typeof file === "string" ? file : JSON.stringify(file));
  if (!result.ok) return result.fault;
  const { loggedInAt, accessExpiresAt, accessToken, accessTokenSecret, refreshToken, ...rest } = result.value;
  return {
    ...rest,
    tokens: [accessToken, accessTokenSecret, refreshToken].map((secret) => secret?.reveal() ?? null),
    loggedInAt: loggedInAt?.toString() ?? null,
    accessExpiresAt: accessExpiresAt?.toString() ?? null,
  };
}

const schwab = {
  provider: "schwab",
  tokens: ["I0.aG9zdA.access@", null, "refresh@"],
  loggedInAt: login,
  withoutLoginTime: null,
};

describe("a token file gives its tokens and the true time of its login", () => {
  it.each([
    [
      "schwab-py",
      { creation_timestamp: seconds, token: { ...pair, expires_in: 1800, expires_at: seconds + 90_000 } },
      "2026-03-11T13:30:00Z",
    ],
    [
      "Schwabdev",
      {
        access_token_issued: "2026-03-11T14:00:00.500000+00:00",
        refresh_token_issued: "2026-03-10T12:30:00+00:00",
        token_dictionary: { ...pair, expires_in: 1800 },
      },
      "2026-03-11T14:30:00.5Z",
    ],
    ["Schwab", { ...pair, created_at: seconds, expires_at: seconds + 1800 }, "2026-03-10T13:00:00Z"],
    ["Schwab", { ...pair, created_at: seconds * 1000, expires_at: (seconds + 1800) * 1000 }, "2026-03-10T13:00:00Z"],
    ["Schwab", { ...pair, created_at: "2026-03-10T08:30:00-04:00", issued_at: seconds + 1e6 }, null],
  ])("%s %#", (form, file, accessExpiresAt) => {
    expect(parsed(file)).toEqual({ ...schwab, form, accessExpiresAt });
  });

  it("E*TRADE's pair", () => {
    expect(parsed({ token: "t+/=", secret: "s", created_at: login, environment: "prod" })).toEqual({
      provider: "etrade",
      form: "E*TRADE",
      tokens: ["t+/=", "s", null],
      loggedInAt: login,
      withoutLoginTime: null,
      accessExpiresAt: null,
    });
  });
});

describe("a file without the login's time", () => {
  it.each([
    [{ token: pair }, "There is no creation_timestamp in the file"],
    [{ token_dictionary: pair, access_token_issued: login }, "There is no refresh_token_issued in the file"],
    [{ ...pair, expires_at: seconds, issued_at: seconds }, "There is no created_at, nor login_at in the file"],
    [{ token: "t", secret: "s" }, "There is no created_at, nor issued_at, nor login_at in the file"],
    [{ ...pair, created_at: "2026-03-10T08:30:00" }, "Its created_at does not say in which time zone it is"],
    [{ ...pair, created_at: 20_260_310 }, "Its created_at is neither seconds nor milliseconds since 1970"],
    [{ ...pair, created_at: "yesterday", login_at: seconds }, "Its created_at is not a time such as"],
  ])("says why, and takes no other time for it: %j", (file, why) => {
    expect(parsed(file)).toMatchObject({ loggedInAt: null, withoutLoginTime: expect.stringContaining(why) });
  });
});

describe("a file that can't be used says so without showing what is in it", () => {
  it.each([
    ["", "not JSON"],
    ["[1]", "not JSON with an object"],
    ['{"user":"me"}', "schwab-py   {"],
    [{ creation_timestamp: seconds, token: { access_token: "a", expires_in: 3600 } }, "no usable refresh_token"],
    [{ ...pair, access_token: "a b" }, "no usable access_token"],
    [{ token: "t", secret: "" }, "no usable token with its secret"],
    [{ token_dictionary: { ...pair, refresh_token: "enc:gAAAA" } }, "encrypted"],
  ])("%j", (file, sentence) => {
    expect(parsed(file)).toContain(sentence);
  });
});

describe("a time", () => {
  it.each([
    [seconds, login],
    [`${seconds}`, login],
    [seconds + 0.75, "2026-03-10T12:30:00.75Z"],
    [seconds * 1000, login],
    ["2026-03-10 08:30:00-04:00", login],
    ["2026-03-10T12:30:00.123456+00:00", "2026-03-10T12:30:00.123Z"],
  ])("%j is %s", (value, instant) => {
    const at = parseInstant(value);
    expect(at.ok && at.value.toString()).toBe(instant);
  });
});

/** Objects made of the words that matter, with anything for their values. */
const words = ["token", "secret", "access_token", "refresh_token", "token_dictionary", "creation_timestamp"];
const times = ["created_at", "login_at", "issued_at", "refresh_token_issued", "access_token_issued", "expires_at"];
const leaf = fc.oneof(
  fc.constantFrom("a-token", login, "2026-03-10T08:30:00", "", "enc:x", null, true),
  fc.double(),
  fc.integer({ min: 1e9, max: 2e9 }),
  fc.integer({ min: 1e12, max: 2e12 }),
  fc.string(),
);
const flat = fc.dictionary(fc.constantFrom(...words, ...times), leaf);
const file = fc.dictionary(fc.constantFrom(...words, ...times), fc.oneof(leaf, flat));

describe("whatever the file holds", () => {
  it("reading it never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          file.map((each) => JSON.stringify(each)),
        ),
        (text) => {
          expect(typeof parseTokenFile(text).ok).toBe("boolean");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a login's time stands in it, in a field that no refresh moves", () => {
    fc.assert(
      fc.property(file, (each) => {
        const result = parseTokenFile(JSON.stringify(each));
        if (!result.ok || result.value.loggedInAt === null) return;
        const fields = ["creation_timestamp", "refresh_token_issued", "created_at", "login_at"];
        const sources = [...fields, ...(result.value.provider === "etrade" ? ["issued_at"] : [])];
        const said = sources.flatMap((name) => {
          const at = parseInstant(each[name]);
          return at.ok ? [at.value.epochMilliseconds] : [];
        });
        expect(said).toContain(result.value.loggedInAt.epochMilliseconds);
      }),
      { numRuns: 2000 },
    );
  });

  it("a fault shows none of its tokens", () => {
    fc.assert(
      fc.property(file, (each) => {
        const result = parseTokenFile(JSON.stringify({ ...each, token_dictionary: { refresh_token: "canary-42 x" } }));
        expect(JSON.stringify(result)).not.toContain("canary-42");
      }),
    );
  });
});
