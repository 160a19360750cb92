import type { AuthorizationView, ConnectionView } from "../../../server/http/contract.ts";
import { isUnderWay, troubleAt } from "../action-model.ts";
import { now } from "../clock.ts";
import { openAuthorization } from "../connection-model.ts";
import { beginRenewal, cancelRenewal, closeRenewal } from "../renewal-model.ts";
import { endSentence } from "../wording.ts";
import { renewalTitle, renewalWords } from "../wording-renewal.ts";
import { AccountsStep } from "./AccountsStep.tsx";
import { OtherAccounts } from "./OtherAccounts.tsx";
import { BrokerStep } from "./BrokerStep.tsx";
import { Button, Trouble } from "./Button.tsx";
import { focusSoon } from "../focus-soon.ts";

/** In the ring's place: where this renewal stands, as the server sees it. */
export function Renewal({ connection }: { connection: ConnectionView }) {
  const { id, label, authorization, status } = connection;
  const open = openAuthorization(connection, now.value);
  const mine = open?.mine ? open : null;
  const stage = mine?.stage ?? (isUnderWay("begin") ? "asking" : "ended");
  const ended = authorization?.mine ? endOf(authorization) : null;
  const untouched = status.expiresAt === null ? null : renewalWords.untouched;
  return (
    <section class="renewal" aria-labelledby="renewal-title">
      <button type="button" class="link" onClick={leave}>
        ← {renewalWords.back}
      </button>
      {/* A new stage is a new heading, and the focus moves to it. */}
      <h1 id="renewal-title" tabIndex={-1} key={stage} ref={takeFocus}>
        {stage === "confirming-accounts" ? renewalWords.accountsTitle : renewalTitle(label)}
      </h1>
      {mine?.stage === "waiting" && <BrokerStep authorization={mine} provider={connection.provider} />}
      {mine?.stage === "confirming-accounts" && <AccountsStep accounts={mine.accounts} />}
      {stage === "asking" && <p class="progress">{renewalWords.asking}</p>}
      {(stage === "exchanging" || stage === "verifying") && <p class="progress">{renewalWords[stage]}</p>}
      {stage === "ended" && ended !== null && troubleAt("renewal") === null && (
        <p class="trouble">
          {ended} {untouched}
        </p>
      )}
      <Trouble where="renewal" after={untouched} />
      {stage === "ended" && authorization?.mine && authorization.end === "account-mismatch" && (
        <OtherAccounts id={id} offered={authorization.accounts} pinned={connection.accounts} />
      )}
      <div class="buttons">
        {(stage === "waiting" || stage === "ended") && (
          <Button name="begin" look={stage === "ended" ? "main" : "quiet"} onPress={() => beginRenewal(id, true)}>
            {renewalWords.startAgain}
          </Button>
        )}
        {stage === "waiting" && (
          <Button name="cancel" look="quiet" onPress={cancelRenewal}>
            {renewalWords.cancel}
          </Button>
        )}
      </div>
    </section>
  );
}

/** One function for good: a new one on each drawing would take the focus out of the field every second. */
const takeFocus = (heading: HTMLElement | null): void => heading?.focus();

function endOf(authorization: AuthorizationView): string | null {
  if (authorization.stage === "completed") return null;
  return authorization.stage === "failed" ? endSentence(authorization) : renewalWords.lapsed;
}

function leave(): void {
  closeRenewal();
  focusSoon("focused");
}
