// EXPORT_TOKENS_DIR: plain files for a program under development. The only place where a token is written unsealed.
import * as fs from "node:fs";
import { join } from "node:path";
import type { Environment, TokenSet } from "../domain/connection.ts";
import type { TokenExport } from "../ports.ts";
import {
  ensurePrivateDirectory,
  hasCode,
  isExposed,
  removeLeftovers,
  replaceFile,
  syncDirectory,
} from "./private-file.ts";

export function tokenExport(directory: string): TokenExport {
  /** E*TRADE's first ones keep the names that programs read before there were others. */
  const pathOf = ({ id, environment }: { id: string; environment: Environment }): string =>
    join(directory, `tokens_${id === `etrade-${environment}` ? environment : id}.json`);

  return {
    async write(identity, version, tokenSet, expiresAt) {
      naming(directory, () => {
        const path = pathOf(identity);
        ensurePrivateDirectory(directory);
        removeLeftovers(path);
        const text = textOf(identity.environment, version, tokenSet, expiresAt);
        if (!isCurrent(path, text)) replaceFile(path, text);
      });
    },
    async remove(identity) {
      naming(directory, () => {
        const path = pathOf(identity);
        if (!fs.existsSync(directory)) return;
        removeLeftovers(path);
        fs.rmSync(path, { force: true });
        syncDirectory(directory);
      });
    },
  };
}

/** Access only: whoever holds a refresh token can lock Prebell out by using it. */
function textOf(environment: Environment, version: number, tokenSet: TokenSet, expiresAt: Temporal.Instant): string {
  const { accessToken, accessTokenSecret, accessExpiresAt } = tokenSet;
  const tokens =
    accessTokenSecret === null
      ? { access_token: accessToken.reveal(), access_expires_at: accessExpiresAt?.toString() ?? null }
      : { oauth_token: accessToken.reveal(), oauth_token_secret: accessTokenSecret.reveal() };
  const content = {
    ...tokens,
    environment,
    version,
    issued_at: tokenSet.issuedAt.toString(),
    expires_at: expiresAt.toString(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function isCurrent(path: string, text: string): boolean {
  try {
    return fs.readFileSync(path, "utf8") === text && !isExposed(fs.statSync(path).mode);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

function naming(directory: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new Error(
      `EXPORT_TOKENS_DIR (${directory}) can't be written. Make it a directory of your own, or unset it.`,
      {
        cause: error,
      },
    );
  }
}
