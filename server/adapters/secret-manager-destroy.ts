// Destroying versions although listings lag and somebody else may have been faster.
import { isRefusal } from "./google-call.ts";
import { versionsAbove } from "./secret-manager-add.ts";
import type { SecretManager } from "./secret-manager-client.ts";

/** Never rejects: what went wrong, one error for each version that is still there. */
export async function destroyEach(
  secrets: SecretManager,
  secret: string,
  versions: readonly number[],
): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(versions.map((number) => secrets.destroy(secret, number)));
  return results.flatMap((result) =>
    // Destroyed already: a listing may be older than that.
    result.status === "fulfilled" || isRefusal(result.reason, "FAILED_PRECONDITION", "NOT_FOUND")
      ? []
      : [result.reason],
  );
}

/** Everything the secret holds, those versions too that no listing knows yet. Rejects if one of them is still there. */
export async function destroyAll(secrets: SecretManager, secret: string): Promise<void> {
  const listed = await secrets.versions(secret);
  const newer = await versionsAbove(secrets, secret, Math.max(0, ...listed.map(({ number }) => number)));
  const doomed = [...listed.filter(({ kept }) => kept), ...newer.filter(({ payload }) => payload !== null)];
  const [error] = await destroyEach(
    secrets,
    secret,
    doomed.map(({ number }) => number),
  );
  if (error !== undefined) throw error;
}
