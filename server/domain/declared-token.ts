// Pure. Programs' tokens as the configuration declares them, hashed: `name:scope+scope:connection+connection:sha256`, with `*`
// for all connections. A fault names the entry and never quotes it: somebody may have put the token itself there.
import { type ApiScope, apiScopes, type ApiToken, tokenName, tokenPrefix } from "./api-token.ts";

export type DeclaredToken = Pick<ApiToken, "name" | "digest" | "scopes" | "connections">;

const connectionId = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const sha256 = /^[0-9a-f]{64}$/i;
/** One in use and one that replaces it. */
const mostOfOneName = 2;

const remedy = "npm run prebell -- tokens hash makes an entry from a token";

/** The entries, which white space or semicolons set apart, and a sentence for each that is none. */
export function readDeclaredTokens(text: string): {
  readonly tokens: readonly DeclaredToken[];
  readonly faults: readonly string[];
} {
  const tokens: DeclaredToken[] = [];
  const faults: string[] = [];
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== "");
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry);
    const faulty = typeof read === "string" ? read : clashOf(read, tokens);
    if (faulty !== null) faults.push(`${entryName(index, entry)}: ${faulty}`);
    else if (typeof read !== "string") tokens.push(read);
  }
  return { tokens, faults };
}

export function writeDeclaredToken({ name, scopes, connections, digest }: DeclaredToken): string {
  return [name, scopes.join("+"), connections?.join("+") ?? "*", digest].join(":");
}

function readEntry(entry: string): DeclaredToken | string {
  const [name = "", scopeWords = "", connectionWords = "", digest = "", ...rest] = entry.split(":");
  if (digest === "" || rest.length > 0)
    return `an entry is name:scope+scope:connection+connection:sha256, with * for all connections; ${remedy}.`;
  if (!isName(name)) return "the name has to be 1 to 40 letters, digits, dots, hyphens or underscores.";
  const words = scopeWords.split("+");
  const unknown = words.filter((word) => !apiScopes.some((scope) => scope === word));
  if (unknown.length > 0) return `the scopes are ${apiScopes.join(", ")}, joined by +.`;
  const connections = connectionWords === "*" ? null : connectionWords.split("+");
  if (connections?.some((id) => !connectionId.test(id)) === true)
    return "the connections are named by their ids, such as etrade-prod, joined by +; * stands for all.";
  if (!sha256.test(digest))
    return `the last part has to be the token's SHA-256, 64 hex digits, never the token itself; ${remedy}.`;
  const scopes: ApiScope[] = apiScopes.filter((scope) => words.includes(scope));
  return { name, scopes, connections, digest: digest.toLowerCase() };
}

function clashOf({ name, digest }: DeclaredToken, before: readonly DeclaredToken[]): string | null {
  if (before.some((token) => token.digest === digest)) return "the same token stands there twice.";
  if (before.filter((token) => token.name === name).length >= mostOfOneName)
    return "two entries of one name are enough to replace a token; remove the oldest.";
  return null;
}

function entryName(index: number, entry: string): string {
  const [name = "", ...rest] = entry.split(":");
  return `API_TOKENS, entry ${index + 1}${rest.length > 0 && isName(name) ? ` (${name})` : ""}`;
}

function isName(text: string): boolean {
  return tokenName.test(text) && !text.startsWith(tokenPrefix);
}
