// What every provider does for the core, whichever broker it speaks to. Run against a broker that the suite can drive.
import { describe, expect, it } from "vitest";
import { type BrokerAnswer, succeeded } from "../../server/domain/broker-answer.ts";
import type { TokenSet } from "../../server/domain/connection.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { Provider } from "../../server/ports.ts";

export type ContractFault = "error-500" | "maintenance" | "rate-limit" | "reject-key" | "html-garbage" | "drop";
export type ContractCall = "begin" | "accounts" | "renewal";

/** A provider with a broker behind it, and the hands a person and a saboteur have on that broker. */
export interface DrivenProvider {
  readonly provider: Provider;
  now(): Temporal.Instant;
  /** Logs in and accepts; resolves with the code. */
  accept(authorizeUrl: string): Promise<string>;
  advance(duration: Temporal.DurationLike): Promise<void>;
  /** After this long a token set lapses, and renewal brings it back without the person. */
  readonly lapsesAfter: Temporal.DurationLike;
  /** After this long only the person can. */
  readonly endsAfter: Temporal.DurationLike;
  breakWith(fault: ContractFault): Promise<void>;
  /** The calls that this broker answers so. */
  meets(fault: ContractFault): readonly ContractCall[];
  mend(): Promise<void>;
  close(): Promise<void>;
}

export function testProvider(name: string, create: () => Promise<DrivenProvider>): void {
  const scenario = (title: string, run: (driven: DrivenProvider) => Promise<void>) => {
    it(title, async () => {
      const driven = await create();
      try {
        await run(driven);
      } finally {
        await driven.close();
      }
    });
  };

  describe(`${name} as a provider`, () => {
    scenario("trades an accepted request token and its code for a token set that lists accounts", async (driven) => {
      const tokenSet = await authorize(driven);
      const accounts = await driven.provider.listAccounts(tokenSet);
      expect(accounts.ok && accounts.value.length).toBeGreaterThan(0);
      expect(accounts.ok && accounts.value.every((account) => account.description !== "CLOSED")).toBe(true);
    });

    scenario("reports a wrong code as the person's to mend, and the right one still works after it", async (driven) => {
      const begun = await begin(driven);
      const code = await driven.accept(begun.authorizeUrl);
      const wrong = await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, new Secret("WRONG"));
      expect(wrong).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
      const right = await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, new Secret(code));
      expect(right.ok).toBe(true);
    });

    scenario("gets nothing for a code that was used already", async (driven) => {
      const begun = await begin(driven);
      const code = new Secret(await driven.accept(begun.authorizeUrl));
      await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, code);
      const again = await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, code);
      expect(again).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
    });

    scenario("says how long the access token lives, where that is shorter than the login", async (driven) => {
      const askedAt = driven.now();
      const { accessExpiresAt } = await authorize(driven);
      const { access } = driven.provider.policy;
      if (access === null) return expect(accessExpiresAt).toBeNull();
      // Counted from before the call, so never later than the broker's own reckoning.
      const seconds = accessExpiresAt?.since(askedAt).total("seconds");
      expect(seconds).toBeGreaterThan(access.lifetime.total("seconds") - 5);
      expect(seconds).toBeLessThan(access.lifetime.total("seconds") + 5);
    });

    scenario("brings a lapsed token set back without the person, again and again", async (driven) => {
      let tokenSet = await authorize(driven);
      for (let times = 0; times < 3; times += 1) {
        await driven.advance(driven.lapsesAfter);
        expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({
          ok: false,
          failure: { kind: "needs-person" },
        });
        const renewed = await renew(driven, tokenSet);
        if (!renewed.ok) throw new Error(`not renewed: ${renewed.failure.reason}`);
        tokenSet = renewed.value;
        expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({ ok: true });
      }
    });

    scenario("cannot bring a token set back past its deadline", async (driven) => {
      const tokenSet = await authorize(driven);
      await driven.advance(driven.endsAfter);
      expect(await renew(driven, tokenSet)).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
      expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({ ok: false });
    });

    scenario("kills a token set for good by revoking it, where the broker knows how", async (driven) => {
      const { revoke } = driven.provider;
      if (revoke === null) return;
      const tokenSet = await authorize(driven);
      expect(await revoke(tokenSet)).toMatchObject({ ok: true });
      expect(await renew(driven, tokenSet)).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
    });

    scenario("shows balances and positions in one shape", async (driven) => {
      const tokenSet = await authorize(driven);
      const accounts = await driven.provider.listAccounts(tokenSet);
      const [account] = accounts.ok ? accounts.value : [];
      if (account === undefined) throw new Error("no account to look at");
      const amount = expect.any(Number);
      const balance = await driven.provider.balance(tokenSet, account);
      expect(balance).toEqual({
        ok: true,
        value: { currency: "USD", totalValue: amount, cash: amount, buyingPower: amount },
      });
      const positions = await driven.provider.positions(tokenSet, account);
      expect(positions.ok && positions.value.length).toBeGreaterThan(0);
      for (const position of positions.ok ? positions.value : [])
        expect(position).toEqual({
          symbol: expect.stringMatching(/./),
          assetType: expect.stringMatching(/^(equity|option|fund|fixed-income|cash|other)$/),
          quantity: amount,
          averagePrice: amount,
          marketValue: amount,
          currency: "USD",
        });
    });

    it.each([
      ["error-500", "transient"],
      ["maintenance", "transient"],
      ["rate-limit", "rate-limited"],
      ["reject-key", "misconfigured"],
      ["html-garbage", "transient"],
      ["drop", "transient"],
    ] as const)("answers %s as %s, and the token set survives it", async (fault, kind) => {
      const driven = await create();
      try {
        const tokenSet = await authorize(driven);
        await driven.breakWith(fault);
        const calls: Record<ContractCall, () => Promise<BrokerAnswer<unknown>>> = {
          begin: () => driven.provider.beginAuthorization(),
          accounts: () => driven.provider.listAccounts(tokenSet),
          renewal: () => renew(driven, tokenSet),
        };
        for (const call of driven.meets(fault))
          expect({ call, answer: await calls[call]() }).toMatchObject({
            call,
            answer: { ok: false, failure: { kind } },
          });
        await driven.mend();
        expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({ ok: true });
      } finally {
        await driven.close();
      }
    });

    scenario("tells the broker's time", async (driven) => {
      const theirs = await driven.provider.readClock();
      expect(theirs === null ? null : Math.abs(theirs.since(driven.now()).total("seconds"))).toBeLessThan(5);
    });
  });
}

async function begin({ provider }: DrivenProvider) {
  const begun = await provider.beginAuthorization();
  if (!begun.ok) throw new Error(`No authorization: ${begun.failure.reason}`);
  return begun.value;
}

async function renew({ provider }: DrivenProvider, tokenSet: TokenSet): Promise<BrokerAnswer<TokenSet>> {
  if (provider.renewal.kind === "revive") {
    const revived = await provider.renewal.renew(tokenSet);
    return revived.ok ? succeeded(tokenSet) : revived;
  }
  const refreshed = await provider.renewal.refresh(tokenSet);
  return refreshed.ok ? succeeded({ ...tokenSet, ...refreshed.value }) : refreshed;
}

async function authorize(driven: DrivenProvider): Promise<TokenSet> {
  const begun = await begin(driven);
  const startedAt = driven.now();
  const code = new Secret(await driven.accept(begun.authorizeUrl));
  const exchanged = await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, code);
  if (!exchanged.ok) throw new Error(`No token set: ${exchanged.failure.reason}`);
  return { ...exchanged.value, startedAt, issuedAt: driven.now(), verifiedAt: null };
}
