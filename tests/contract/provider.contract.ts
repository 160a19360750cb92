// What every provider does for the core, whichever broker it speaks to. Run against a broker that the suite can drive.
import { describe, expect, it } from "vitest";
import type { TokenSet } from "../../server/domain/connection.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { Provider } from "../../server/ports.ts";

/** A provider with a broker behind it, and the hands a person and a saboteur have on that broker. */
export interface DrivenProvider {
  readonly provider: Provider;
  now(): Temporal.Instant;
  /** Logs in and accepts; resolves with the code. */
  accept(authorizeUrl: string): Promise<string>;
  advance(duration: Temporal.DurationLike): Promise<void>;
  breakWith(fault: "error-500" | "maintenance" | "rate-limit" | "reject-key" | "html-garbage" | "drop"): Promise<void>;
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

    scenario("revives an idle token set by renewing it", async (driven) => {
      const tokenSet = await authorize(driven);
      await driven.advance({ hours: 2 });
      expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({
        ok: false,
        failure: { kind: "needs-person" },
      });
      expect(await driven.provider.renew(tokenSet)).toMatchObject({ ok: true });
      expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({ ok: true });
    });

    scenario("cannot revive a token set past its deadline", async (driven) => {
      const tokenSet = await authorize(driven);
      await driven.advance({ hours: 25 });
      expect(await driven.provider.renew(tokenSet)).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
      expect(await driven.provider.listAccounts(tokenSet)).toMatchObject({ ok: false });
    });

    scenario("kills a token set for good by revoking it", async (driven) => {
      const tokenSet = await authorize(driven);
      expect(await driven.provider.revoke(tokenSet)).toMatchObject({ ok: true });
      expect(await driven.provider.renew(tokenSet)).toMatchObject({ ok: false, failure: { kind: "needs-person" } });
    });

    scenario("shows balances and positions", async (driven) => {
      const tokenSet = await authorize(driven);
      const accounts = await driven.provider.listAccounts(tokenSet);
      const [account] = accounts.ok ? accounts.value : [];
      if (account === undefined) throw new Error("no account to look at");
      const balance = await driven.provider.balance(tokenSet, account);
      expect(balance.ok && balance.value.totalValue).toBeGreaterThan(0);
      const positions = await driven.provider.positions(tokenSet, account);
      expect(positions.ok && positions.value.length).toBeGreaterThan(0);
    });

    it.each([
      ["error-500", "transient"],
      ["maintenance", "transient"],
      ["rate-limit", "rate-limited"],
      ["reject-key", "misconfigured"],
      ["html-garbage", "transient"],
      ["drop", "transient"],
    ] as const)("answers %s as %s in every call, and the token set survives it", async (fault, kind) => {
      const driven = await create();
      try {
        const tokenSet = await authorize(driven);
        await driven.breakWith(fault);
        const failures = [
          await driven.provider.beginAuthorization(),
          await driven.provider.listAccounts(tokenSet),
          ...(fault === "html-garbage" ? [] : [await driven.provider.renew(tokenSet)]),
        ];
        for (const failure of failures) expect(failure).toMatchObject({ ok: false, failure: { kind } });
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

async function authorize(driven: DrivenProvider): Promise<TokenSet> {
  const begun = await begin(driven);
  const startedAt = driven.now();
  const code = new Secret(await driven.accept(begun.authorizeUrl));
  const exchanged = await driven.provider.exchange(begun.requestToken, begun.requestTokenSecret, code);
  if (!exchanged.ok) throw new Error(`No token set: ${exchanged.failure.reason}`);
  return { ...exchanged.value, startedAt, issuedAt: driven.now(), verifiedAt: null };
}
