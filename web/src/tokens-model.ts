// Programs' tokens: which there are, and the one that was just made, which is shown this once.
import { signal } from "@preact/signals";
import type { ApiTokensReply, ApiTokenView, MadeTokenReply, ScopeName } from "../../server/http/contract.ts";
import { perform } from "./action-model.ts";
import { change, get } from "./api.ts";

export const tokens = signal<ApiTokenView[] | null>(null);
/** In memory only, until the settings are closed. */
export const freshToken = signal<MadeTokenReply | null>(null);

export interface TokenWish {
  name: string;
  scopes: ScopeName[];
  /** Null: all that the maker may see, now and later. */
  connections: string[] | null;
  /** Null: until it is revoked. */
  expiresInDays: number | null;
}

const path = (name: string): string => `/api/tokens/${encodeURIComponent(name)}`;

/** One line for each name: while one token replaces another, the newest stands for both. */
export function byName(all: readonly ApiTokenView[]): { token: ApiTokenView; until: string | null }[] {
  return [...Map.groupBy(all, ({ name }) => name).values()].flatMap((ofOneName) => {
    const token = ofOneName.at(-1);
    return token === undefined ? [] : [{ token, until: ofOneName.at(-2)?.expiresAt ?? null }];
  });
}

export async function loadTokens(): Promise<void> {
  tokens.value = (await get<ApiTokensReply>("/api/tokens")).tokens;
}

export function forgetTokens(): void {
  tokens.value = null;
  freshToken.value = null;
}

export function makeToken(wish: TokenWish): Promise<boolean> {
  return perform("make-token", async () => {
    freshToken.value = await change<MadeTokenReply>("POST", "/api/tokens", wish);
    await loadTokens();
  });
}

export function replaceToken(name: string): Promise<boolean> {
  return perform(`replace ${name}`, async () => {
    freshToken.value = await change<MadeTokenReply>("POST", `${path(name)}/rotate`);
    await loadTokens();
  });
}

export function revokeToken(name: string): Promise<boolean> {
  return perform(`revoke ${name}`, async () => {
    await change("DELETE", path(name));
    if (freshToken.value?.made.name === name) freshToken.value = null;
    await loadTokens();
  });
}
