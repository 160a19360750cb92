import { addPasskey, offered } from "../passkey-model.ts";
import { passkeyWords } from "../wording-passkeys.ts";
import { Button, Trouble } from "./Button.tsx";

/** After a sign-in by link: next time it could be one tap. */
export function PasskeyOffer() {
  return (
    <section class="banner offer" aria-label={passkeyWords.title}>
      <p>{passkeyWords.offer}</p>
      <Trouble where="offer" />
      <div class="buttons">
        <Button name="add-passkey" onPress={() => addPasskey("offer")}>
          {passkeyWords.add}
        </Button>
        <Button name="later" look="plain" onPress={() => (offered.value = false)}>
          {passkeyWords.later}
        </Button>
      </div>
    </section>
  );
}
