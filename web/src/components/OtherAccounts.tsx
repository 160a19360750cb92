import { forgetPin } from "../renewal-model.ts";
import { renewalWords } from "../wording-renewal.ts";
import { Button } from "./Button.tsx";

interface OtherAccountsProps {
  id: string;
  offered: string[];
  pinned: string[];
}

/** A login opened other accounts than the pinned ones: both sides, and the way on for whose they are. */
export function OtherAccounts({ id, offered, pinned }: OtherAccountsProps) {
  // Unpinned meanwhile: what was expected is gone, and with it the mismatch.
  if (pinned.length === 0) return <p>{renewalWords.unpinned}</p>;
  return (
    <>
      <Side title={renewalWords.offered} accounts={offered} />
      <Side title={renewalWords.pinned} accounts={pinned} />
      <Button name="unpin" onPress={() => forgetPin(id)}>
        {renewalWords.mineNow}
      </Button>
      <p class="note">{renewalWords.mineNowWhy}</p>
    </>
  );
}

function Side({ title, accounts }: { title: string; accounts: string[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="accounts">
        {accounts.map((account) => (
          <li key={account}>{account}</li>
        ))}
      </ul>
    </section>
  );
}
