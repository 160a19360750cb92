// Pure. The two pages between the app and Schwab's redirect: who you are, and which of your accounts the app may see.
import { escapeMarkup } from "./answers.ts";
import { layout } from "./authorize-page.ts";
import { people, type Person } from "./practice-records.ts";
import type { SchwabAccount } from "./schwab-accounts.ts";

/** What the app asked for; the pages carry it from one to the next. */
export interface AuthorizeRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Null where the app sent none. */
  readonly state: string | null;
}

export function loginPage(request: AuthorizeRequest, offerOtherAccounts: boolean): string {
  const options = people.map((person) => `<option value="${person}">${person}</option>`).join("");
  return layout({
    title: "Log in",
    content: `<p>Prebell asks for access to your practice accounts. The real broker asks for your password here, and for a second
factor; this one takes your word for it.</p>
${form(
  request,
  { step: "login" },
  `${offerOtherAccounts ? `<label>Log in as: <select name="as">${options}</select></label>` : ""}
<div class="row"><button class="strong">Log in</button></div>`,
)}`,
  });
}

export function accountsPage(
  request: AuthorizeRequest,
  page: { as: Person; accounts: readonly SchwabAccount[]; complaint?: string },
): string {
  const ticks = page.accounts
    .map(
      ({ accountNumber, nickName }) =>
        `<label class="tick"><input type="checkbox" name="account" value="${accountNumber}" checked> ${escapeMarkup(nickName)} …${accountNumber.slice(-4)}</label>`,
    )
    .join("\n");
  return layout({
    title: "Which accounts?",
    content: `<p>${page.complaint === undefined ? "Prebell will see the accounts you leave ticked, and no others." : escapeMarkup(page.complaint)}</p>
${form(
  request,
  { step: "consent", as: page.as },
  `<fieldset><legend>Accounts</legend>
${ticks}
</fieldset>
<div class="row"><button class="strong" name="decision" value="done">Done</button>
<button name="decision" value="cancel">Cancel</button></div>`,
)}`,
  });
}

function form(
  { clientId, redirectUri, state }: AuthorizeRequest,
  extra: Record<string, string>,
  content: string,
): string {
  const carried = { client_id: clientId, redirect_uri: redirectUri, ...(state !== null && { state }), ...extra };
  const hidden = Object.entries(carried).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeMarkup(value)}">`,
  );
  return `<form method="post" action="/schwab/v1/oauth/authorize">
${hidden.join("\n")}
${content}
</form>`;
}
