import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { perform } from "../action-model.ts";
import { api } from "../api.ts";
import { heardAt, refresh } from "../board-model.ts";
import { now } from "../clock.ts";
import { beginRenewal } from "../renewal-model.ts";
import { signOut } from "../session-model.ts";
import {
  heardSentence,
  panelTitles,
  panelWords,
  revokeQuestion,
  revokeWarning,
  revokeYes,
} from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { FoldedPanel } from "./Panel.tsx";

const dialogId = "revoke";

/** What is rarely needed and easily regretted. */
export function MorePanel({ connection, known }: { connection: ConnectionView | null; known: StatusReply }) {
  return (
    <>
      <FoldedPanel title={panelTitles.more}>
        <div class="buttons">
          {connection && (
            <Button name="begin" onPress={() => beginRenewal(connection.id)}>
              {panelWords.renewAnyway}
            </Button>
          )}
          {connection?.token && (
            <Button name="revoke" look="danger" onPress={() => dialog()?.showModal()}>
              {panelWords.revoke}
            </Button>
          )}
          <Button name="sign-out" onPress={signOut}>
            {panelWords.signOut}
          </Button>
        </div>
        <p class="note">{heardSentence(heardAt.value, known.clockwork, now.value)}</p>
        <Trouble where="revoke" />
        <Trouble where="sign-out" />
      </FoldedPanel>
      {connection && (
        <dialog id={dialogId} aria-labelledby="revoke-title">
          <h2 id="revoke-title">{revokeQuestion(connection)}</h2>
          <p>{revokeWarning}</p>
          <div class="stack">
            <Button name="keep" look="main" onPress={() => dialog()?.close()}>
              {panelWords.keep}
            </Button>
            <Button name="revoke" look="danger" onPress={() => revoke(connection.id)}>
              {revokeYes}
            </Button>
          </div>
        </dialog>
      )}
    </>
  );
}

const dialog = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>(`#${dialogId}`);

function revoke(id: string): Promise<boolean> {
  dialog()?.close();
  return perform("revoke", async () => {
    await api.revoke(id);
    await refresh();
  });
}
