// `prebell import`: takes over the login in another program's token file. The file itself stays as it is.
import { parseInstant } from "../domain/token-file.ts";
import { providerName } from "../domain/sentences.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { type ImportObstacle, type ImportResult, importTokenSet } from "../use-cases/import-token-set.ts";
import { complain, labelOf, print, refused } from "./commands.ts";
import { openTokenFile } from "./import-file.ts";

export interface ImportFlags {
  readonly loginTime: string | undefined;
  readonly acceptAccounts: boolean;
}

/** 3 where the owner's word is missing, as `status` has it. */
const exitNeedsPerson = 3;

export async function importCommand(
  deps: Dependencies,
  connectionId: string,
  path: string | undefined,
  { loginTime, acceptAccounts }: ImportFlags,
): Promise<number> {
  if (path === undefined) return misused("import: name the file, for example: import schwab-prod ~/token.json");
  const said = loginTime === undefined ? null : parseInstant(loginTime);
  if (said?.ok === false) return misused(`--login-time ${said.fault}.`);
  const opened = openTokenFile(path);
  if (!opened.ok) return failed(opened.fault);
  const { login, isExposed } = opened.value;
  if (isExposed) complain(`Others on this machine can read ${path}. Close it to them: chmod 600 ${path}`);

  const told = said?.value ?? null;
  if (login.loggedInAt !== null && told !== null && Temporal.Instant.compare(told, login.loggedInAt) > 0)
    return failed(
      `The file says that its login was made at ${login.loggedInAt.toString()}. --login-time may only name an earlier time: a later one would promise a life that it does not have.`,
    );
  const loggedInAt = told ?? login.loggedInAt;
  if (loggedInAt === null)
    return failed(
      `${login.withoutLoginTime}, so nobody knows when this login ends. If you know when you logged in, say so: --login-time 2026-03-10T08:30:00-04:00`,
    );
  const { provider, form, accessToken, accessTokenSecret, refreshToken, accessExpiresAt } = login;
  complain(`${form}: login made at ${loggedInAt.toString()}.`);
  const tokens = { accessToken, accessTokenSecret, refreshToken, accessExpiresAt };
  return say(
    deps,
    connectionId,
    path,
    await importTokenSet(deps, { connectionId, provider, tokens, loggedInAt, acceptAccounts }),
  );
}

const obstacles: Readonly<Record<ImportObstacle, string>> = {
  "other-broker": "The file's login is another broker's. Name that broker's connection.",
  "login-in-future": "That login lies in the future. Check the time, and this machine's clock.",
  "login-expired": "That login is over. Only a new one helps: npm run prebell -- renew CONNECTION",
  "no-newer-login": "A login that is as new or newer is in use already. Nothing was changed.",
  "login-rejected":
    "BROKER does not take this login any more: it ended early, or a later one replaced it. A new one: npm run prebell -- renew CONNECTION",
  "no-accounts": "BROKER lists no open account for this login. Nothing was stored.",
  "other-accounts": "This login opens other accounts than the pinned ones. Nothing was stored, and nothing revoked.",
};

function say(deps: Dependencies, connectionId: string, path: string, result: ImportResult): number {
  const label = labelOf(deps, connectionId);
  switch (result.outcome) {
    case "stored":
      print(`${label}: imported; version ${result.version} is verified and stored.`);
      complain(
        `${path} was left as it is. Stop the program that kept it fresh, or let it read the token here: two that refresh one login end it for each other. Then remove the file.`,
      );
      return 0;
    case "confirm-accounts":
      print(`This login opens:\n${result.accounts.map((account) => `  ${account}`).join("\n")}`);
      complain("Are these yours? Then run the same again with --accept-accounts, within a quarter of an hour.");
      return exitNeedsPerson;
    case "verifying":
      return failed(`${label}: the token is safe here, but the broker does not answer. Prebell tries again by itself.`);
    case "discarded":
      return failed(`${label}: nothing was stored.`);
    case "not-imported": {
      const provider = deps.providers.get(connectionId);
      const broker = provider === undefined ? "The broker" : providerName(provider.identity);
      return failed(obstacles[result.obstacle].replace("BROKER", broker).replace("CONNECTION", connectionId));
    }
    case "refused":
      return refused(deps, connectionId, result);
  }
}

function failed(sentence: string): number {
  complain(sentence);
  return 1;
}

function misused(sentence: string): number {
  complain(sentence);
  return 2;
}
