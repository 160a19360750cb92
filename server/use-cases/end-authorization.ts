// Ends an authorization that stored nothing, once, and tells its owner, and whoever waits for it in their chat.
import { failed } from "../domain/broker-answer.ts";
import type { Connection } from "../domain/connection.ts";
import type { Notice } from "../domain/notice.ts";
import { type AuthorizationEnd, type PendingAuthorization, toldOfEnd } from "../domain/pending-authorization.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

const endings: Record<Exclude<AuthorizationEnd, "stored">, string> = {
  interrupted: "interrupted while the code was on its way; a new one is needed.",
  "verifier-rejected": "the broker refused the code three times.",
  "account-mismatch": "the login opened other accounts than the pinned ones. Nothing was stored.",
  "no-accounts": "the login lists no open account. Nothing was stored.",
  "candidate-rejected": "the broker rejected the token it had just given. Nothing was stored.",
  "not-confirmed": "the accounts were not confirmed. The new token was discarded.",
  overtaken: "a later login was stored first; this one's token was dropped.",
  cancelled: "renewal cancelled.",
};

/** Forgets the candidate and the secrets' use; `notice` null ends it silently. */
export async function endAuthorization(
  deps: Pick<Dependencies, "clock" | "records" | "providers" | "log" | "nudge">,
  pending: PendingAuthorization,
  end: Exclude<AuthorizationEnd, "stored">,
  notice: Notice | null,
): Promise<void> {
  const now = deps.clock();
  const provider = deps.providers.get(pending.connectionId);
  const label = provider === undefined ? pending.connectionId : connectionLabel(provider.identity);
  await changeConnection(deps, pending.connectionId, (connection) => ({
    ...(end === "interrupted" ? { connection: doubtful(connection, now) } : {}),
    pending: {
      ...pending,
      stage: "failed",
      candidate: null,
      // Whose accounts they were is shown beside the pinned ones.
      candidatePin: end === "account-mismatch" ? pending.candidatePin : null,
      end,
    },
    ...(notice === null
      ? {}
      : {
          messages: toldOfEnd(pending, connection.ownerId).map((to) => ({
            to,
            claims: [`ended/${pending.id}${to === connection.ownerId ? "" : `/${to}`}`],
            notice: to === connection.ownerId ? notice : withoutAccounts(notice),
            at: now,
          })),
        }),
    journal: [
      {
        at: now,
        kind: end === "account-mismatch" ? "account-mismatch" : "authorization-failed",
        connectionId: pending.connectionId,
        text: `${label}: ${endings[end]}`,
      },
    ],
  }));
  deps.log.warn("authorization-ended", { connection: pending.connectionId, outcome: end });
  deps.nudge();
}

/** Which accounts there are is for their owner. */
function withoutAccounts(notice: Notice): Notice {
  return notice.kind === "account-mismatch"
    ? { kind: "renewal-failed", connection: notice.connection, reason: "account-mismatch" }
    : notice;
}

/** The lost answer may have carried a new token, whose issue ended the one in use: unknown until the next check. */
function doubtful(connection: Connection, now: Temporal.Instant): Connection {
  const { failure } = failed("timed-out");
  return { ...connection, lastFailure: { at: now, call: "access-token", failure } };
}
