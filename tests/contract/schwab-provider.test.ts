import { afterEach, describe, expect, it } from "vitest";
import type { TokenSet } from "../../server/domain/connection.ts";
import { Secret } from "../../server/domain/secret.ts";
import { readAnswer } from "../../server/domain/verifier.ts";
import { type DrivenSchwab, driveSchwab } from "../support/driven-schwab.ts";
import { testProvider } from "./provider.contract.ts";

for (const rotation of [false, true])
  testProvider(`Schwab that ${rotation ? "replaces" : "keeps"} refresh tokens,`, async () => {
    const { provider, control, now, accept, close } = await driveSchwab();
    await control.schwab.rotation(rotation);
    return {
      provider,
      now,
      accept,
      close,
      advance: async (duration) => {
        await control.advance(Temporal.Duration.from(duration));
      },
      lapsesAfter: { minutes: 30 },
      endsAfter: { hours: 7 * 24 },
      breakWith: async (fault) => {
        await control.fault({ fault, broker: "schwab" });
      },
      // The link is made without a call, and the API tells a rejected app and a lapsed token by the same 401.
      meets: (fault) => (fault === "reject-key" ? ["renewal"] : ["accounts", "renewal"]),
      mend: () => control.clear(),
    };
  });

describe("Schwab's own ways", () => {
  let driven: DrivenSchwab;
  afterEach(() => driven.close());

  async function begin() {
    const begun = await driven.provider.beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    return begun.value;
  }
  const exchange = (code: string) => driven.provider.exchange(new Secret(""), new Secret(""), new Secret(code));
  async function login(): Promise<TokenSet> {
    const answer = await exchange(await driven.accept((await begin()).authorizeUrl));
    if (!answer.ok) throw new Error(answer.failure.reason);
    return { ...answer.value, startedAt: driven.now(), issuedAt: driven.now(), verifiedAt: null };
  }
  function refresh(tokenSet: TokenSet) {
    const { renewal } = driven.provider;
    if (renewal.kind !== "refresh") throw new Error("Schwab refreshes");
    return renewal.refresh(tokenSet);
  }

  it("bring the state back in the address, beside a session that means nothing to us", async () => {
    driven = await driveSchwab();
    const { authorizeUrl, requestToken } = await begin();
    const address = await driven.control.schwab.accept(authorizeUrl);
    expect(address).toMatch(/^https:\/\/127\.0\.0\.1\/\?code=C0\.[^&]+%40&session=/);
    expect(readAnswer("schwab", { callbackUrl: address })).toMatchObject({ requestToken: requestToken.reveal() });
  });

  it("say when the person cancelled", async () => {
    driven = await driveSchwab();
    const { authorizeUrl, requestToken } = await begin();
    const address = await driven.control.schwab.accept(authorizeUrl, { decision: "cancel" });
    expect(readAnswer("schwab", { callbackUrl: address })).toEqual({
      denied: "access_denied",
      requestToken: requestToken.reveal(),
    });
  });

  it("give nothing for a code after thirty seconds", async () => {
    driven = await driveSchwab();
    const code = await driven.accept((await begin()).authorizeUrl);
    await driven.control.advance(Temporal.Duration.from({ seconds: 30 }));
    expect(await exchange(code)).toMatchObject({
      ok: false,
      failure: { kind: "needs-person", reason: "code-rejected" },
    });
  });

  it("blame the app's secret on the configuration", async () => {
    driven = await driveSchwab({ clientSecret: "notTheSecret1234" });
    expect(await exchange("C0.abc.def@")).toMatchObject({
      failure: { kind: "misconfigured", reason: "consumer-key-rejected" },
    });
  });

  it("never pass for a login without a refresh token", async () => {
    driven = await driveSchwab();
    const code = await driven.accept((await begin()).authorizeUrl);
    await driven.control.fault({ fault: "no-refresh-token", on: "exchange", broker: "schwab" });
    expect(await exchange(code)).toMatchObject({ failure: { kind: "misconfigured", reason: "refresh-token-missing" } });
  });

  it("keep the refresh token where a refresh brings none", async () => {
    driven = await driveSchwab();
    const tokenSet = await login();
    await driven.control.fault({ fault: "no-refresh-token", on: "refresh", broker: "schwab" });
    const answer = await refresh(tokenSet);
    expect(answer.ok && answer.value.refreshToken?.reveal()).toBe(tokenSet.refreshToken?.reveal());
  });

  it.each(["2024", "2026"] as const)("are understood in the words of %s when a login died early", async (wording) => {
    driven = await driveSchwab();
    const tokenSet = await login();
    await driven.control.schwab.wording(wording);
    await driven.control.schwab.killLogin();
    expect(await refresh(tokenSet)).toMatchObject({
      failure: { kind: "needs-person", reason: "refresh-token-rejected" },
    });
  });

  it("end the tokens of a login with the next one", async () => {
    driven = await driveSchwab();
    const earlier = await login();
    const later = await login();
    expect(await refresh(earlier)).toMatchObject({ failure: { reason: "refresh-token-rejected" } });
    expect(await refresh(later)).toMatchObject({ ok: true });
  });

  it("do not cost a token when the edge turns calls away", async () => {
    driven = await driveSchwab();
    const tokenSet = await login();
    await driven.control.fault({ fault: "html-403", broker: "schwab" });
    const failure = { kind: "transient", reason: "gateway-refused", httpStatus: 403 };
    expect(await driven.provider.listAccounts(tokenSet)).toEqual({ ok: false, failure });
    expect(await refresh(tokenSet)).toEqual({ ok: false, failure });
    await driven.control.clear();
    expect(await refresh(tokenSet)).toMatchObject({ ok: true });
  });

  it("show what is held short with the sign of it", async () => {
    driven = await driveSchwab();
    const tokenSet = await login();
    const accounts = await driven.provider.listAccounts(tokenSet);
    const [trading] = accounts.ok ? accounts.value : [];
    if (trading === undefined) throw new Error("no account");
    const positions = await driven.provider.positions(tokenSet, trading);
    const short = positions.ok ? positions.value.filter(({ quantity }) => quantity < 0) : [];
    expect(short.map(({ assetType }) => assetType)).toEqual(["equity", "option"]);
    expect(short.every(({ marketValue }) => (marketValue ?? 0) < 0)).toBe(true);
  });

  it("take an empty account list for a living token", async () => {
    driven = await driveSchwab();
    const tokenSet = await login();
    await driven.control.fault({ fault: "no-accounts", broker: "schwab" });
    expect(await driven.provider.listAccounts(tokenSet)).toEqual({ ok: true, value: [] });
  });
});
