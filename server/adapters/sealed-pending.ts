// What is secret of a pending authorization, as one sealed blob: the form in which every store keeps it.
import type { PendingAuthorization } from "../domain/pending-authorization.ts";
import { Secret } from "../domain/secret.ts";
import { revealTokenSet, wrapTokenSet, type PlainTokenSet } from "./plain-token-set.ts";
import type { SealedBox } from "./sealed-box.ts";

export type PendingSecrets = Pick<
  PendingAuthorization,
  "requestToken" | "requestTokenSecret" | "authorizeUrl" | "candidate"
>;

interface PlainSecrets {
  readonly requestToken: string;
  readonly requestTokenSecret: string;
  /** Carries the request token in its query. */
  readonly authorizeUrl: string;
  readonly candidate: PlainTokenSet | null;
}

/** What binds a blob to its record, for example `pending/etrade-prod/8fJ…`. */
export function pendingContext(connectionId: string, id: string): string {
  return `pending/${connectionId}/${id}`;
}

export function sealPending(box: Pick<SealedBox, "seal">, pending: PendingAuthorization): Buffer {
  const plain: PlainSecrets = {
    requestToken: pending.requestToken.reveal(),
    requestTokenSecret: pending.requestTokenSecret.reveal(),
    authorizeUrl: pending.authorizeUrl,
    candidate: pending.candidate === null ? null : revealTokenSet(pending.candidate),
  };
  return box.seal(JSON.stringify(plain), pendingContext(pending.connectionId, pending.id));
}

/** Throws, without any content, on a blob that was sealed for another authorization. */
export function openPending(
  box: Pick<SealedBox, "open">,
  sealed: Uint8Array,
  connectionId: string,
  id: string,
): PendingSecrets {
  const plain: PlainSecrets = JSON.parse(box.open(sealed, pendingContext(connectionId, id)));
  return {
    requestToken: new Secret(plain.requestToken),
    requestTokenSecret: new Secret(plain.requestTokenSecret),
    authorizeUrl: plain.authorizeUrl,
    candidate: plain.candidate === null ? null : wrapTokenSet(plain.candidate),
  };
}
