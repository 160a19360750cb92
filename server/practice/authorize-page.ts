// Pure. The pages a person sees at the practice broker: deliberately nothing like any real broker's.
import { createHash } from "node:crypto";
import type { Environment } from "../domain/connection.ts";
import { escapeMarkup } from "./answers.ts";
import { people } from "./practice-records.ts";

const style = `
:root { color-scheme: light dark; --page: light-dark(#f6f5f2, #14171c); --card: light-dark(#fff, #1f242c);
  --text: light-dark(#1b1d21, #eceef2); --quiet: light-dark(#565b66, #a9b0bd); --line: light-dark(#8b909b, #6d7684);
  --strong: light-dark(#214f9e, #9dc0ff); --on-strong: light-dark(#fff, #10182a); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; background: var(--page); color: var(--text); font: 1.0625rem/1.5 system-ui, sans-serif; }
header { padding: .75rem 1rem; border-bottom: .25rem dashed var(--line); text-align: center; font-weight: 600; }
main { max-width: 26rem; margin: 1.5rem auto; padding: 1.25rem; background: var(--card); border-radius: .75rem; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1rem; } .quiet { color: var(--quiet); }
label { display: block; margin-bottom: 1rem; } select { display: block; margin-top: .25rem; }
.tick { display: flex; align-items: center; gap: .75rem; min-height: 3rem; margin: 0; }
.tick input { flex: none; width: 1.5rem; height: 1.5rem; } fieldset { margin: 0 0 1rem; padding: .5rem 1rem; border: 2px solid var(--line); border-radius: .5rem; }
button, select, .button { width: 100%; min-height: 3rem; padding: .5rem 1rem; border: 2px solid var(--line); border-radius: .5rem;
  background: transparent; color: inherit; font: inherit; }
select { background: var(--card); }
.button { display: grid; place-items: center; text-decoration: none; }
.strong { background: var(--strong); border-color: var(--strong); color: var(--on-strong); font-weight: 600; }
.row { display: grid; gap: .75rem; }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
#code { display: block; margin: 1rem 0; font: 700 2.75rem/1.2 ui-monospace, monospace; letter-spacing: .15em; text-align: center; user-select: all; }
`;

const script = `
const button = document.getElementById("copy");
button?.addEventListener("click", async () => {
  const code = document.getElementById("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    document.getElementById("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(code);
    document.getElementById("copied").textContent = "Selected: copy it from here.";
  }
});
`;

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "content-security-policy": `default-src 'none'; img-src data:; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; frame-ancestors 'none'`,
};

export const practiceBanner = "Practice broker — nothing here is real";

export interface Page {
  readonly title: string;
  /** Markup. */
  readonly content: string;
}

export function consentPage(page: {
  key: string;
  token: string;
  environment: Environment;
  offerOtherAccounts: boolean;
}): Page {
  const options = people.map((person) => `<option value="${person}">${person}</option>`).join("");
  const choice = `<label>Log in as: <select name="as">${options}</select></label>`;
  return {
    title: "Let Prebell in?",
    content: `<p>Prebell asks for access to the <strong>${page.environment}</strong> practice accounts. The real broker asks for your
login first, then shows a page like this one.</p>
<form method="post">
<input type="hidden" name="key" value="${escapeMarkup(page.key)}">
<input type="hidden" name="token" value="${escapeMarkup(page.token)}">
${page.offerOtherAccounts ? choice : ""}
<div class="row"><button class="strong" name="decision" value="accept">Accept</button>
<button name="decision" value="decline">Decline</button></div>
</form>`,
  };
}

export function codePage(verifier: string, callbackUrl: string | null): Page {
  const back =
    callbackUrl === null ? "" : `<a class="button" href="${escapeMarkup(callbackUrl)}">Go back to Prebell</a>`;
  return {
    title: "Your code",
    content: `<code id="code">${verifier}</code>
<div class="row"><button class="strong" id="copy" type="button">Copy</button>${back}</div>
<p role="status" id="copied" class="quiet"></p>
<p>Go back to Prebell and paste it.</p>
<p class="quiet">It works once, and no longer than five minutes after Prebell asked for it.</p>`,
  };
}

export function overPage(): Page {
  return { title: "This link is over", content: "<p>This link is over, start again in Prebell.</p>" };
}

export function declinedPage(): Page {
  return { title: "Declined", content: "<p>Prebell got no access. To change your mind, start again in Prebell.</p>" };
}

export function troublePage(sentence: string): Page {
  return { title: "That did not work", content: `<p>${escapeMarkup(sentence)}</p>` };
}

/** One page of a practice broker under its banner. */
export function layout({ title, content }: Page, banner: string = practiceBanner): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>${title} · ${banner}</title><style>${style}</style></head>
<body><header>${banner}</header>
<main><h1>${title}</h1>
${content}
</main><script>${script}</script></body></html>
`;
}
