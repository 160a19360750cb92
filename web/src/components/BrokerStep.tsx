import type { AuthorizationView, ConnectionView } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { countdownText } from "../countdown-model.ts";
import { needsLink } from "../renewal-model.ts";
import { renewalWords, timeLeft, triesLeft } from "../wording-renewal.ts";
import { AddressForm } from "./AddressForm.tsx";
import { CodeForm } from "./CodeForm.tsx";

interface BrokerStepProps {
  authorization: AuthorizationView;
  provider: ConnectionView["provider"];
}

/** The person is at the broker: the way there, the time it leaves, and the way back. */
export function BrokerStep({ authorization, provider }: BrokerStepProps) {
  const { authorizeUrl, ceremony, startedAt, expiresAt, triesLeft: tries } = authorization;
  const left = Date.parse(expiresAt) - now.value;
  const share = left / (Date.parse(expiresAt) - Date.parse(startedAt));
  const firstVisit = needsLink.value;
  return (
    <>
      <div class="request-time" role="timer">
        <progress value={Math.max(0, Math.min(1, share))} aria-hidden="true" />
        <p>{timeLeft(countdownText(left))}</p>
      </div>
      {ceremony === "paste-address" ? (
        <p>
          {renewalWords.unopenable} <b>{renewalWords.unopenableIsRight}</b>
        </p>
      ) : (
        <p>{ceremony === "redirect" ? renewalWords.redirect : renewalWords.approve}</p>
      )}
      {authorizeUrl && (
        <a
          class={firstVisit ? "button main" : "button plain"}
          href={authorizeUrl}
          target={ceremony === "redirect" ? "_self" : "_blank"}
          rel="noopener noreferrer"
          onClick={() => (needsLink.value = false)}
        >
          {firstVisit ? renewalWords.open : renewalWords.openAgain}
        </a>
      )}
      {ceremony === "verifier" && (
        <>
          <p>{renewalWords.bringBack}</p>
          <CodeForm />
        </>
      )}
      {ceremony === "paste-address" && (
        <>
          <p>{renewalWords.copyAddress}</p>
          <AddressForm />
        </>
      )}
      {ceremony === "redirect" && (
        // A callback can be taken off a key without a word: then one broker shows a code, the other an address.
        <details>
          <summary>{provider === "etrade" ? renewalWords.codeInstead : renewalWords.notBack}</summary>
          {provider === "etrade" ? <CodeForm /> : <AddressForm />}
        </details>
      )}
      {tries < 3 && <p class="note">{triesLeft(tries)}</p>}
    </>
  );
}
