import type { StatusReply } from "../../../server/http/contract.ts";
import { practiceSentence, troubleSentences } from "../wording.ts";
import { offered, unlock } from "../passkey-model.ts";
import { passkeyWords } from "../wording-passkeys.ts";
import { Button, Trouble } from "./Button.tsx";
import { Icon } from "./Icon.tsx";
import { PasskeyOffer } from "./PasskeyOffer.tsx";

export function Banners({ known }: { known: StatusReply }) {
  return (
    <div class="banners">
      {known.practice && <p class="banner">{practiceSentence(known.practice)}</p>}
      {known.locked && <Locked />}
      {offered.value && <PasskeyOffer />}
      {troubleSentences(known).map((sentence) => (
        <p class="banner" data-tone="due" key={sentence}>
          <Icon name="alert" />
          <span>{sentence}</span>
        </p>
      ))}
    </div>
  );
}

function Locked() {
  return (
    <section class="banner offer" data-tone="bad">
      <p>
        <Icon name="alert" />
        <span>{passkeyWords.locked}</span>
      </p>
      <Trouble where="unlock" />
      <Button name="unlock" onPress={unlock}>
        {passkeyWords.unlock}
      </Button>
    </section>
  );
}
