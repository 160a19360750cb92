import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { perform } from "../action-model.ts";
import { api } from "../api.ts";
import { heardAt, refresh } from "../board-model.ts";
import { now } from "../clock.ts";
import { signOut } from "../session-model.ts";
import { heardSentence, panelTitles, panelWords, revokeWords } from "../wording-details.ts";
import { openSettings } from "../settings-part.ts";
import { settingsWords } from "../wording-settings.ts";
import { Button, Trouble } from "./Button.tsx";
import { FoldedPanel } from "./Panel.tsx";

const dialogId = "revoke";

/** What is rarely needed and easily regretted. */
export function MorePanel({ connection, known }: { connection: ConnectionView | null; known: StatusReply }) {
  const words = connection && revokeWords(connection);
  return (
    <>
      <FoldedPanel title={panelTitles.more}>
        <div class="buttons">
          {connection?.token && connection.role === "owner" && (
            <Button name="revoke" look="danger" onPress={() => dialog()?.showModal()}>
              {connection.revocable ? panelWords.revoke : panelWords.forget}
            </Button>
          )}
          <Button name="settings" onPress={openSettings}>
            {settingsWords.open}
          </Button>
          <Button name="sign-out" onPress={signOut}>
            {panelWords.signOut}
          </Button>
        </div>
        <p class="note">{heardSentence(heardAt.value, known.clockwork, now.value)}</p>
        <Trouble where="revoke" />
        <Trouble where="sign-out" />
      </FoldedPanel>
      {connection && words && (
        <dialog id={dialogId} aria-labelledby="revoke-title">
          <h2 id="revoke-title">{words.question}</h2>
          <p>{words.warning}</p>
          <div class="stack">
            <Button name="keep" look="main" onPress={() => dialog()?.close()}>
              {panelWords.keep}
            </Button>
            <Button name="revoke" look="danger" onPress={() => revoke(connection.id)}>
              {words.yes}
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
