import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { stepOf } from "../connection-model.ts";
import { keepAlive } from "../keep-alive-model.ts";
import { beginRenewal, openRenewal } from "../renewal-model.ts";
import { stepLabel } from "../wording.ts";
import { Button, Trouble } from "./Button.tsx";

/** The one button in reach of the thumb. Its label is the next real thing. */
export function Dock({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const { id, label } = connection;
  const step = stepOf(connection, known.market, now.value);
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
  return (
    <div class="dock">
      <Trouble where="dock" />
      <Button name={`keep-alive ${id}`} look={step.quiet ? "quiet" : "main"} onPress={act}>
        {stepLabel(step, label)}
      </Button>
    </div>
  );
}
