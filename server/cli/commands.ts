// The short commands: one use case, one answer each. They resolve with the exit code.
import type { Prebell } from "../composition.ts";
import type { Actor } from "../domain/journal.ts";
import { type Refusal, refusalSentence } from "../domain/refusal.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { handOutToken } from "../use-cases/hand-out-token.ts";
import { keepAliveConnection, type KeepAliveOutcome } from "../use-cases/keep-alive-connection.ts";
import { revokeToken } from "../use-cases/revoke-token.ts";
import { rollBackToken } from "../use-cases/roll-back-token.ts";
import { unpinAccounts } from "../use-cases/unpin-accounts.ts";

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** For what is not the answer: standard error, so that a pipe gets the answer alone. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** In whose name the terminal's changes are journalled. */
export const atTerminal: Actor = { personId: null, name: "Terminal", door: "terminal" };

export function labelOf(deps: Dependencies, connectionId: string): string {
  const provider = deps.providers.get(connectionId);
  return provider === undefined ? connectionId : connectionLabel(provider.identity);
}

/** Says why not; exit code 1. */
export function refused(deps: Dependencies, connectionId: string, refusal: Refusal): number {
  const provider = deps.providers.get(connectionId);
  complain(refusalSentence(refusal, provider === undefined ? "The broker" : providerName(provider.identity)));
  return 1;
}

const outcomes: Record<KeepAliveOutcome, string> = {
  ok: "verified by the account list.",
  revived: "had gone idle; renewed and verified.",
  refreshed: "the access token is fresh and verified.",
  failed: "the check failed; npm run prebell -- status says why. The token is untouched.",
  ended: "is dead. It needs you: npm run prebell -- renew CONNECTION",
  "nothing-to-keep-alive": "has no living token.",
  "not-due": "is not due.",
  busy: "is being worked on by another process this very moment.",
};

export async function keepAlive(deps: Dependencies, connectionIds: readonly string[]): Promise<number> {
  const results = await Promise.all(
    connectionIds.map(async (id) => [id, await keepAliveConnection(deps, id, { force: true })] as const),
  );
  for (const [id, outcome] of results) print(`${labelOf(deps, id)}: ${outcomes[outcome].replace("CONNECTION", id)}`);
  return results.some(([, outcome]) => outcome === "failed" || outcome === "ended") ? 1 : 0;
}

/** Whoever has the refresh token can end Prebell's own: it is printed only where that was asked for. */
export async function token(
  deps: Dependencies,
  connectionId: string,
  minValid: string,
  exportRefreshToken: boolean,
): Promise<number> {
  if (!/^\d{1,9}$/.test(minValid)) {
    complain("--min-valid takes a whole number of seconds, for example 300.");
    return 2;
  }
  const result = await handOutToken(deps, connectionId, Number(minValid));
  if (result.outcome === "refused") return refused(deps, connectionId, result);
  const { accessToken, accessTokenSecret, refreshToken } = result.tokenSet;
  print(
    JSON.stringify({
      connection: connectionId,
      version: result.version,
      accessToken: accessToken.reveal(),
      accessTokenSecret: accessTokenSecret?.reveal() ?? null,
      ...(exportRefreshToken && refreshToken !== null ? { refreshToken: refreshToken.reveal() } : {}),
      expiresAt: result.expiresAt.toString(),
      reauthorizeBy: result.reauthorizeBy.toString(),
      validForSeconds: result.validForSeconds,
    }),
  );
  return 0;
}

export async function revoke(deps: Dependencies, connectionId: string): Promise<number> {
  const result = await revokeToken(deps, connectionId);
  if (result.outcome === "refused") return refused(deps, connectionId, result);
  print(`${labelOf(deps, connectionId)}: revoked.`);
  return 0;
}

export async function rollBack(deps: Dependencies, connectionId: string): Promise<number> {
  const result = await rollBackToken(deps, connectionId);
  if (result.outcome === "refused") return refused(deps, connectionId, result);
  print(`${labelOf(deps, connectionId)}: the earlier token works and is now version ${result.version}.`);
  return 0;
}

export async function unpin(deps: Dependencies, connectionId: string): Promise<number> {
  const result = await unpinAccounts(deps, connectionId);
  if (result.outcome === "refused") return refused(deps, connectionId, result);
  print(`${labelOf(deps, connectionId)}: account pin removed; the next renewal asks which accounts are right.`);
  return 0;
}

export function rotateKey(prebell: Prebell): number {
  print(`${prebell.rotateKey()} stored values are encrypted under a new key; the old key is gone from the key file.`);
  return 0;
}
