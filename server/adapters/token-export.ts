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
  const pathOf = (environment: Environment): string => join(directory, `tokens_${environment}.json`);

  return {
    async write({ environment }, version, tokenSet, expiresAt) {
      naming(directory, () => {
        const path = pathOf(environment);
        ensurePrivateDirectory(directory);
        removeLeftovers(path);
        const text = textOf(environment, version, tokenSet, expiresAt);
        if (!isCurrent(path, text)) replaceFile(path, text);
      });
    },
    async remove({ environment }) {
      naming(directory, () => {
        const path = pathOf(environment);
        if (!fs.existsSync(directory)) return;
        removeLeftovers(path);
        fs.rmSync(path, { force: true });
        syncDirectory(directory);
      });
    },
  };
}

function textOf(environment: Environment, version: number, tokenSet: TokenSet, expiresAt: Temporal.Instant): string {
  const content = {
    oauth_token: tokenSet.accessToken.reveal(),
    oauth_token_secret: tokenSet.accessTokenSecret.reveal(),
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
