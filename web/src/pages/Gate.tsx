import { Button, Trouble } from "../components/Button.tsx";
import { Mark } from "../components/Mark.tsx";
import { handoff, isInvitation, signIn, signInByPasskey } from "../session-model.ts";
import { gateWords } from "../wording-gate.ts";

/** Before sign-in: neutral, without a field and without a name, so that it can't be taken for a broker's page. */
export function Gate() {
  return (
    <main class="alone">
      <Mark />
      <h1>{gateWords.privateTool}</h1>
      {handoff.value === null ? (
        <>
          <Button name="passkey" look="main" onPress={signInByPasskey}>
            {gateWords.passkey}
          </Button>
          <Trouble where="passkey" />
          <p>
            {gateWords.getLink}
            <code>{gateWords.linkCommand}</code>
          </p>
        </>
      ) : (
        <>
          <Button name="sign-in" look="main" onPress={signIn}>
            {isInvitation.value ? gateWords.accept : gateWords.signIn}
          </Button>
          <Trouble
            where="sign-in"
            after={
              !isInvitation.value && (
                <>
                  {gateWords.newLink} <code>{gateWords.linkCommand}</code>
                </>
              )
            }
          />
        </>
      )}
    </main>
  );
}
