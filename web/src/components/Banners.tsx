import type { StatusReply } from "../../../server/http/contract.ts";
import { practiceSentence, troubleSentences } from "../wording.ts";
import { Icon } from "./Icon.tsx";

export function Banners({ known }: { known: StatusReply }) {
  return (
    <div class="banners">
      {known.practice && <p class="banner">{practiceSentence(known.practice)}</p>}
      {troubleSentences(known).map((sentence) => (
        <p class="banner" data-tone="due" key={sentence}>
          <Icon name="alert" />
          <span>{sentence}</span>
        </p>
      ))}
    </div>
  );
}
