// Goes back to the version before: proven by a real call first, then stored as a new version and announced like any other.
import { tokenFacts } from "../domain/connection.ts";
import { checkPin } from "../domain/account-pin.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { tokenEvent } from "../domain/token-event.ts";
import { changeConnection, readConnection } from "./change-connection.ts";
import { checkTokenSet, pinOf } from "./check-token-set.ts";
import type { TokenWork } from "./dependencies.ts";
import { exclusively } from "./exclusively.ts";
import { exportToken } from "./export-token.ts";

export function rollBackToken(
  deps: TokenWork,
  connectionId: string,
): Promise<{ readonly outcome: "stored"; readonly version: number } | Refusal> {
  return exclusively(deps, connectionId, async (provider) => {
    const { token, pin, ended } = await readConnection(deps, connectionId);
    const earlier = token === null ? null : await deps.tokens.read(connectionId, token.version - 1);
    if (token === null || earlier === null) return refuse("no-previous-version");
    // The version before a refresh holds a refresh token that may be spent, and what was only forgotten here stays forgotten.
    const sameLogin = Temporal.Instant.compare(earlier.issuedAt, token.issuedAt) === 0;
    if (provider.renewal.kind === "refresh" && (sameLogin || ended?.reason === "revoked"))
      return refuse("no-previous-version");
    const { answer } = await checkTokenSet(provider, earlier);
    if (!answer.ok)
      return answer.failure.kind === "needs-person" ? refuse("earlier-version-rejected") : refuseFor(answer.failure);
    if (checkPin(pin, pinOf(deps.random, provider.identity, answer.value, deps.clock())) !== "same")
      return refuse("account-mismatch");
    const verifiedAt = deps.clock();
    const version = await deps.tokens.put(connectionId, { ...earlier, verifiedAt });
    const storedAt = deps.clock();
    const deadline = expiresAt(provider.policy, earlier.issuedAt);
    await changeConnection(deps, connectionId, (current) => {
      const connection = {
        ...current,
        token: tokenFacts(version, { ...earlier, startedAt: verifiedAt }, verifiedAt, storedAt),
        lastSuccess: { at: verifiedAt, call: "accounts-list" as const },
        lastFailure: null,
        consecutiveFailures: 0,
        ended: null,
      };
      return {
        connection,
        events: [tokenEvent(deps.random.id(), "token.renewed", storedAt, connection, deadline)],
        journal: [
          {
            at: storedAt,
            kind: "token-rolled-back",
            connectionId,
            text: `${connectionLabel(provider.identity)}: rolled back; the earlier token is now version ${version}.`,
          },
        ],
      };
    });
    deps.nudge();
    await exportToken(deps, connectionId, (files) => files.write(provider.identity, version, earlier, deadline));
    return { outcome: "stored" as const, version };
  });
}
