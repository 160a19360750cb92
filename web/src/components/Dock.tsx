import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { refreshes } from "../access-model.ts";
import { endsLivingLogin, stepOf } from "../connection-model.ts";
import { keepAlive } from "../keep-alive-model.ts";
import { beginRenewal, openRenewal } from "../renewal-model.ts";
import { stepLabel } from "../wording.ts";
import { panelWords, sharedSentence } from "../wording-details.ts";
import { renewalWords } from "../wording-renewal.ts";
import { Button, Trouble } from "./Button.tsx";

/** In reach of the thumb: the next real thing, and beside it the renewal, which may come early. */
export function Dock({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const { id, label } = connection;
  const step = stepOf(connection, known.market, now.value);
  // Otherwise the step is the renewal itself or leads on with one that is under way.
  const mayRenew = step.kind === "keep-alive" || step.kind === "check";
  const act = () => {
    switch (step.kind) {
      case "renew":
        return beginRenewal(id);
      case "keep-alive":
      case "check":
        return keepAlive(id, "dock");
      case "enter-code":
      case "return-to-broker":
      case "confirm-accounts":
      case "working":
        return openRenewal(id);
    }
  };
  const shared = sharedSentence(connection);
  if (connection.role === "viewer")
    return (
      <div class="dock">
        <p class="note">{shared}</p>
      </div>
    );
  return (
    <div class="dock">
      <Trouble where="dock" />
      {shared && <p class="note">{shared}</p>}
      {(mayRenew || step.kind === "renew") && endsLivingLogin(connection) && (
        <p class="note">{renewalWords.replaces}</p>
      )}
      <div class="steps">
        <Button name={`keep-alive ${id}`} look={step.quiet ? "quiet" : "main"} onPress={act}>
          {stepLabel(step, label, refreshes(connection))}
        </Button>
        {mayRenew && (
          <Button name="begin" onPress={() => beginRenewal(id)}>
            {panelWords.renew}
          </Button>
        )}
      </div>
    </div>
  );
}
