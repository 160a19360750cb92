import { answerAccounts } from "../renewal-model.ts";
import { renewalWords } from "../wording-renewal.ts";
import { Button } from "./Button.tsx";

/** The guard against a token that opens somebody else's accounts. */
export function AccountsStep({ accounts }: { accounts: string[] }) {
  return (
    <>
      <p>{renewalWords.accountsWhy}</p>
      <ul class="accounts">
        {accounts.map((account) => (
          <li key={account}>{account}</li>
        ))}
      </ul>
      <div class="stack">
        <Button name="complete" look="main" onPress={() => answerAccounts(true)}>
          {renewalWords.accept}
        </Button>
        <Button name="complete" look="danger" onPress={() => answerAccounts(false)}>
          {renewalWords.discard}
        </Button>
      </div>
    </>
  );
}
