import type { ConnectionView } from "../../../server/http/contract.ts";
import { proof, prove } from "../proof-model.ts";
import { renewedId } from "../renewal-model.ts";
import { panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { FoldedPanel } from "./Panel.tsx";
import { Shown } from "./Shown.tsx";

/** For whoever wants to see with their own eyes that the token works. What it opens stays hidden until a tap. */
export function ProofPanel({ connection: { id } }: { connection: ConnectionView }) {
  const justRenewed = renewedId.value === id;
  const shown = proof.value?.id === id ? proof.value.shown : null;
  return (
    <FoldedPanel title={panelTitles.proof} shape={justRenewed ? "wide" : "narrow"} open={justRenewed}>
      <p class="note">{justRenewed ? panelWords.renewed : panelWords.proofWhy}</p>
      <div class="buttons">
        {(["accounts", "balances", "positions"] as const).map((kind) => (
          <Button key={kind} name={`prove ${kind}`} onPress={() => prove(id, kind)}>
            {panelWords[kind]}
          </Button>
        ))}
      </div>
      <Trouble where="proof" />
      <div aria-live="polite">{shown && <Shown proof={shown} />}</div>
      {shown && (
        <Button name="hide" onPress={() => (proof.value = null)}>
          {panelWords.hide}
        </Button>
      )}
    </FoldedPanel>
  );
}
