import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../server/domain/secret.ts";
import { type DrivenEtrade, driveEtrade } from "../support/driven-etrade.ts";
import { testProvider } from "./provider.contract.ts";

testProvider("E*TRADE", async () => {
  const { provider, control, now, close } = await driveEtrade();
  return {
    provider,
    now,
    close,
    accept: (authorizeUrl) => control.accept(authorizeUrl),
    advance: async (duration) => {
      await control.advance(Temporal.Duration.from(duration));
    },
    lapsesAfter: { hours: 2 },
    endsAfter: { hours: 25 },
    // A page in place of the answer to a renewal is not looked at: the status says that it worked.
    meets: (fault) => (fault === "html-garbage" ? ["begin", "accounts"] : ["begin", "accounts", "renewal"]),
    breakWith: async (fault) => {
      await control.fault({ fault });
    },
    mend: () => control.clear(),
  };
});

describe("E*TRADE's own ways", () => {
  let driven: DrivenEtrade | null = null;
  afterEach(async () => {
    await driven?.close();
    driven = null;
  });

  it("encodes the token in the authorize link, so that no + turns into a space", async () => {
    driven = await driveEtrade();
    const begun = await driven.provider.beginAuthorization();
    const query = begun.ok ? new URL(begun.value.authorizeUrl).search : "";
    expect(query).toMatch(/%2B/);
    expect(query).not.toMatch(/[+ ]|%253D/);
    expect(begun.ok && new URL(begun.value.authorizeUrl).searchParams.get("token")).toBe(
      begun.ok && begun.value.requestToken.reveal(),
    );
  });

  it("corrects its time from the broker's refusal and goes on", async () => {
    driven = await driveEtrade({ clockErrorSeconds: 1800 });
    expect(await driven.provider.beginAuthorization()).toMatchObject({ ok: true });
  });

  it("says that the configuration is wrong when the consumer secret is", async () => {
    driven = await driveEtrade({ consumerSecret: "not-the-secret" });
    expect(await driven.provider.beginAuthorization()).toMatchObject({
      ok: false,
      failure: { kind: "misconfigured", reason: "signature-invalid" },
    });
  });

  it("takes a refusal of the link without a named problem for a refused key, there being no token yet", async () => {
    const refusing = createServer((_request, response) => response.writeHead(401).end("Unauthorized request"));
    await once(refusing.listen(0, "127.0.0.1"), "listening");
    const address = refusing.address();
    const port = address === null || typeof address === "string" ? 0 : address.port;
    const lost = await driveEtrade({ oauthUrl: `http://127.0.0.1:${port}` });
    const answer = await lost.provider.beginAuthorization();
    refusing.close();
    await lost.close();
    expect(answer).toMatchObject({ ok: false, failure: { kind: "misconfigured", reason: "consumer-key-rejected" } });
  });

  it("says that nobody answers when nobody does", async () => {
    driven = await driveEtrade();
    await driven.close();
    expect(await driven.provider.beginAuthorization()).toMatchObject({
      ok: false,
      failure: { kind: "transient", reason: "unreachable" },
    });
  });

  it("asks for a balance again where E*TRADE had too many calls", async () => {
    driven = await driveEtrade();
    const begun = await driven.provider.beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    const { requestToken, requestTokenSecret, authorizeUrl } = begun.value;
    const code = new Secret(await driven.control.accept(authorizeUrl));
    const exchanged = await driven.provider.exchange(requestToken, requestTokenSecret, code);
    if (!exchanged.ok) throw new Error("no token");
    const tokenSet = { ...exchanged.value, startedAt: driven.now(), issuedAt: driven.now(), verifiedAt: null };
    const accounts = await driven.provider.listAccounts(tokenSet);
    const [account] = accounts.ok ? accounts.value : [];
    if (account === undefined) throw new Error("no account");
    await driven.control.fault({ fault: "rate-limit", on: "accounts", times: 1 });
    expect(await driven.provider.balance(tokenSet, account)).toMatchObject({ ok: true, value: { currency: "USD" } });
  });

  it("takes an empty account list for a living token", async () => {
    driven = await driveEtrade();
    const begun = await driven.provider.beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    const code = await driven.control.accept(begun.value.authorizeUrl);
    const exchanged = await driven.provider.exchange(
      begun.value.requestToken,
      begun.value.requestTokenSecret,
      new Secret(code),
    );
    if (!exchanged.ok) throw new Error("no token");
    await driven.control.fault({ fault: "no-accounts" });
    const tokenSet = { ...exchanged.value, startedAt: driven.now(), issuedAt: driven.now(), verifiedAt: null };
    expect(await driven.provider.listAccounts(tokenSet)).toEqual({ ok: true, value: [] });
  });
});
