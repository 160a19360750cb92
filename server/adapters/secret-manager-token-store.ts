// TokenStore over Secret Manager: token and secret in one version of `prebell-<connection>`, so that no reader ever sees
// a torn pair; E*TRADE's also under the names that existing trading systems read.
import type { TokenSet } from "../domain/connection.ts";
import type { Log, TokenStore } from "../ports.ts";
import { type GoogleCode, isRefusal } from "./google-call.ts";
import { addCreating, addOnce, versionsAbove } from "./secret-manager-add.ts";
import { destroyAll, destroyEach } from "./secret-manager-destroy.ts";
import type { ListedVersion, SecretManager } from "./secret-manager-client.ts";
import { accessOnlyText, parseTokenSet, tokenSetText } from "./secret-manager-token-set.ts";

// The version before the newest is what a trading system may still run on, and what a rollback needs.
const keptVersions = 2;
/** A backlog of undestroyed versions is worked off over several renewals. */
const mostDestroyed = 20;

const mirrorPrefixes: Readonly<Record<string, string>> = {
  "etrade-prod": "ETRADE_OAUTH_PROD",
  "etrade-sandbox": "ETRADE_OAUTH_SANDBOX",
};

/** Refusals that no repetition changes: a convenience must not hold up a renewal. */
const setUpWrongly: readonly GoogleCode[] = [
  "NOT_FOUND",
  "PERMISSION_DENIED",
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
];

/** A version just added, with what was listed before it. */
interface Written {
  readonly secret: string;
  readonly version: number;
  readonly listed: readonly ListedVersion[];
}

export function secretManagerTokenStore(
  secrets: SecretManager,
  options: { readonly etradeMirror: boolean; readonly log: Log },
): TokenStore {
  const { log } = options;

  function mirrorsOf(connectionId: string, tokenSet: TokenSet): readonly [secret: string, payload: string][] {
    // Whoever holds a refresh token can lock Prebell out by using it, so trading systems read a copy without.
    if (tokenSet.refreshToken !== null)
      return [[`${secretOf(connectionId)}-access`, accessOnlyText(connectionId, tokenSet)]];
    const prefix = options.etradeMirror ? mirrorPrefixes[connectionId] : undefined;
    if (prefix === undefined) return [];
    return [
      [`${prefix}_ACCESS_TOKEN`, tokenSet.accessToken.reveal()],
      [`${prefix}_ACCESS_SECRET`, tokenSet.accessTokenSecret?.reveal() ?? ""],
    ];
  }

  /** Everywhere a token of the connection may lie. */
  function secretsOf(connectionId: string): readonly string[] {
    const prefix = options.etradeMirror ? mirrorPrefixes[connectionId] : undefined;
    return [
      secretOf(connectionId),
      ...(connectionId.startsWith("schwab-") ? [`${secretOf(connectionId)}-access`] : []),
      ...(prefix === undefined ? [] : [`${prefix}_ACCESS_TOKEN`, `${prefix}_ACCESS_SECRET`]),
    ];
  }

  /** Null if the mirror is set up wrongly. */
  async function mirror(connectionId: string, secret: string, payload: string): Promise<Written | null> {
    try {
      const listed = await secrets.versions(secret);
      return { secret, listed, version: await addOnce(secrets, secret, payload, highestOf(listed)) };
    } catch (error) {
      if (!isRefusal(error, ...setUpWrongly)) throw error;
      log.error("mirror-failed", { connection: connectionId, reason: error.code, error });
      return null;
    }
  }

  /** Never rejects: the new version is stored, and what is left over costs cents until the next renewal destroys it. */
  async function prune(connectionId: string, { secret, version, listed }: Written): Promise<void> {
    const newestDoomed = version - keptVersions;
    const unlisted = listed.every(({ number }) => number !== newestDoomed) ? [newestDoomed] : [];
    const doomed = [...unlisted, ...listed.filter(({ kept }) => kept).map(({ number }) => number)]
      .filter((number) => number > 0 && number <= newestDoomed)
      .slice(0, mostDestroyed);
    for (const error of await destroyEach(secrets, secret, doomed))
      log.warn("old-version-not-destroyed", { connection: connectionId, error });
  }

  return {
    async put(connectionId, tokenSet) {
      const secret = secretOf(connectionId);
      const listing = secrets.versions(secret);
      listing.catch(() => {});
      // The mirrors come first: whoever calls repeats the whole put until the canonical version exists, so a mirror that
      // failed for the moment is repeated with it. One after the other: where the token's can't be written its secret's
      // must not be, or readers would pair what does not belong together.
      const mirrored: Written[] = [];
      const mirrorAll = async () => {
        for (const [name, payload] of mirrorsOf(connectionId, tokenSet)) {
          const written = await mirror(connectionId, name, payload);
          if (written === null) break;
          mirrored.push(written);
        }
      };
      const canonical = async () => {
        const listed = await listing;
        const added = await addCreating(secrets, secret, tokenSetText(connectionId, tokenSet), highestOf(listed));
        return { version: added, listed };
      };
      // A refresh token may be the only one there is: nothing comes before it, and nothing that fails after it undoes it.
      const refreshes = tokenSet.refreshToken !== null;
      if (!refreshes) await mirrorAll();
      const { version, listed } = await canonical();
      if (refreshes)
        await mirrorAll().catch((error: unknown) => log.error("mirror-failed", { connection: connectionId, error }));
      const written = [{ secret, version, listed }, ...mirrored];
      await Promise.all(written.map((each) => prune(connectionId, each)));
      return version;
    },

    async read(connectionId, version) {
      if (version < 1) return null;
      const secret = secretOf(connectionId);
      const payload = (await secrets.access(secret, version))?.payload ?? null;
      if (payload === null) return null;
      const tokenSet = parseTokenSet(connectionId, payload);
      if (tokenSet === null)
        throw new Error(
          `Version ${version} of the secret ${secret} in project ${secrets.project} is no token set of ${connectionId}. ` +
            "Something else than Prebell added it: destroy that version and renew.",
        );
      return tokenSet;
    },

    async latestVersion(connectionId) {
      const secret = secretOf(connectionId);
      const listed = highestOf(await secrets.versions(secret));
      const newer = await versionsAbove(secrets, secret, listed);
      return newer.at(-1)?.number ?? (listed || null);
    },

    async remove(connectionId) {
      await Promise.all(secretsOf(connectionId).map((secret) => destroyAll(secrets, secret)));
    },
  };
}

function secretOf(connectionId: string): string {
  return `prebell-${connectionId}`;
}

/** 0 if there is none. */
function highestOf(versions: readonly ListedVersion[]): number {
  return Math.max(0, ...versions.map(({ number }) => number));
}
