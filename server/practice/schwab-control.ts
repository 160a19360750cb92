// The practice Schwab's part of the remote control, for the CLI and our tests.
import type { Person } from "./practice-records.ts";
import type { Wording } from "./schwab-records.ts";

export interface SchwabChoice {
  readonly as?: Person;
  /** The numbers of the accounts to tick; absent: all that the page offers. */
  readonly accounts?: readonly string[];
  readonly decision?: "done" | "cancel";
}

export interface SchwabControl {
  /**
   * Logs in and ticks accounts as the person would; resolves with the whole address that the browser is then sent to, without
   * going there. Rejects with what the page says if it leads nowhere.
   */
  accept(authorizeUrl: string, choice?: SchwabChoice): Promise<string>;
  /** As if the broker ended the logins before their seven days; resolves with how many there were. */
  killLogin(): Promise<number>;
  /** As if the half hour of the access tokens were over; the logins live on. Resolves with how many there were. */
  lapseAccess(): Promise<number>;
  /** Whether each refresh brings a new refresh token and ends the one it was made with. */
  rotation(on: boolean): Promise<void>;
  /** How a dead refresh token is refused from now on. */
  wording(wording: Wording): Promise<void>;
  /** Registers one more redirect URI for the app. */
  redirectUri(url: string): Promise<void>;
}

export function createSchwabControl(post: <T>(path: string, body: object) => Promise<T>): SchwabControl {
  return {
    accept: acceptSchwab,
    killLogin: async () => (await post<{ logins: number }>("schwab/kill-login", {})).logins,
    lapseAccess: async () => (await post<{ tokens: number }>("schwab/lapse-access", {})).tokens,
    async rotation(on) {
      await post("schwab/rotation", { on });
    },
    async wording(wording) {
      await post("schwab/wording", { wording });
    },
    async redirectUri(url) {
      await post("schwab/redirect-uri", { url });
    },
  };
}

async function acceptSchwab(authorizeUrl: string, choice: SchwabChoice = {}): Promise<string> {
  const { as, accounts, decision = "done" } = choice;
  const login = hiddenFields(await pageOf(fetch(authorizeUrl, { redirect: "manual" })));
  if (as !== undefined) login.set("as", as);
  const { origin, pathname } = new URL(authorizeUrl);
  const submit = (form: URLSearchParams) =>
    fetch(origin + pathname, { method: "POST", body: form, redirect: "manual" });
  const accountsPage = await pageOf(submit(login));
  const consent = hiddenFields(accountsPage);
  consent.set("decision", decision);
  const offered = [...accountsPage.matchAll(/name="account" value="([^"]*)"/g)].map(([, number = ""]) => number);
  for (const number of accounts ?? offered) consent.append("account", number);
  const response = await submit(consent);
  const location = response.headers.get("location");
  if (location === null) throw new Error(await refusalOf(response));
  // As the address bar would show it.
  return new URL(location).href;
}

async function pageOf(call: Promise<Response>): Promise<string> {
  const response = await call;
  if (response.status !== 200) throw new Error(await refusalOf(response));
  return response.text();
}

async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  const said = /<main>(.*?)<\/main>/s.exec(text)?.[1] ?? text;
  return `The authorize page answered ${response.status}: ${said
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()}`;
}

function hiddenFields(page: string): URLSearchParams {
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return new URLSearchParams(
    fields.map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code))),
    ]),
  );
}
