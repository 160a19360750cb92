// Between Telegram and the renewal: one tap to go on, then a passkey or the number for the chat. Without a field; the connection is
// named only to whoever held the link.
import { Button, Trouble } from "../components/Button.tsx";
import { Mark } from "../components/Mark.tsx";
import { goOn, step, usePasskey } from "../hand-over-model.ts";
import { handOverWords as words } from "../wording-hand-over.ts";

export function HandOver() {
  const now = step.value;
  return (
    <main class="alone hand-over">
      {now.at === "number" ? <Number number={now.proof.number} /> : <Mark />}
      <h1 key={now.at} tabIndex={-1} ref={takeFocus}>
        {titles[now.at]}
      </h1>
      <p>{hints[now.at]}</p>
      {"reply" in now && <p class="whose">{words.whose(now.reply.person, now.reply.connection.label)}</p>}
      {now.at === "offer" && (
        <Button name="hand-over" look="main" onPress={goOn}>
          {words.goOn}
        </Button>
      )}
      {now.at === "passkey" && (
        <Button name="passkey" look="main" onPress={usePasskey}>
          {words.usePasskey}
        </Button>
      )}
      {now.at === "number" && (
        <p class="waiting-tap" role="status">
          {words.waiting}
        </p>
      )}
      <Trouble where="hand-over" />
    </main>
  );
}

const titles = {
  offer: words.title,
  number: words.numberTitle,
  passkey: words.passkeyTitle,
  over: words.overTitle,
};
const hints = { offer: words.offer, number: words.numberHint, passkey: words.passkeyHint, over: words.over };

function Number({ number }: { number: number }) {
  return <p class="number">{number}</p>;
}

/** One function for good: a new one on each drawing would take the focus back. */
const takeFocus = (heading: HTMLElement | null): void => heading?.focus();
