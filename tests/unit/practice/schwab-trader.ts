// A client of the practice Schwab that does what it is told, right or wrong, and shows each answer as it came.
import { practiceSchwab } from "../../../server/practice/practice-keys.ts";
import type { PracticeServerSettings } from "../../../server/practice/practice-server.ts";
import type { SchwabChoice } from "../../../server/practice/schwab-control.ts";
import { openBroker, type Changes } from "./trader.ts";

export const [redirectUri] = practiceSchwab.redirectUris;
export const basic = (id: string = practiceSchwab.clientId, secret: string = practiceSchwab.clientSecret) =>
  `Basic ${btoa(`${id}:${secret}`)}`;

export interface SchwabAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
  /** The body's fields where it is a JSON object, else nothing. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface SchwabTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export async function openSchwab(settings: Partial<PracticeServerSettings> & { from?: string } = {}) {
  const { url, clock, control, urls, close } = await openBroker(settings);

  const token = async (form: Changes, headers: Changes = {}) => {
    const sent = { authorization: basic(), "content-type": "application/x-www-form-urlencoded", ...headers };
    return answerOf(
      await fetch(`${urls.schwabOauthUrl}/token`, { method: "POST", headers: given(sent), body: query(form) }),
    );
  };
  const authorizeUrl = (changes: Changes = {}) =>
    `${urls.schwabOauthUrl}/authorize?${query({
      client_id: practiceSchwab.clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      state: "st/ate+1",
      ...changes,
    })}`;
  const codeFrom = async (choice?: SchwabChoice) =>
    new URL(await control.schwab.accept(authorizeUrl(), choice)).searchParams.get("code") ?? "";
  const exchange = (code: string, changes: Changes = {}) =>
    token({ grant_type: "authorization_code", code, redirect_uri: redirectUri, ...changes });

  return {
    url,
    clock,
    control,
    urls,
    close,
    token,
    authorizeUrl,
    codeFrom,
    exchange,
    page: async (changes: Changes = {}) => answerOf(await fetch(authorizeUrl(changes), { redirect: "manual" })),
    refresh: (refreshToken: string) => token({ grant_type: "refresh_token", refresh_token: refreshToken }),
    async login(choice?: SchwabChoice): Promise<SchwabTokens> {
      return tokensOf(await exchange(await codeFrom(choice)));
    },
    get: async (path: string, accessToken: string, headers: Changes = {}) =>
      answerOf(
        await fetch(`${urls.schwabApiUrl}/trader/v1${path}`, {
          headers: given({ authorization: `Bearer ${accessToken}`, ...headers }),
        }),
      ),
    state: async () => (await control.state()).schwab,
    later: (duration: Temporal.DurationLike) => {
      clock.advance(Temporal.Duration.from(duration));
    },
  };
}

export function tokensOf({ status, text, json }: SchwabAnswer): SchwabTokens {
  if (status !== 200) throw new Error(`The token endpoint answered ${status}: ${text}`);
  return { accessToken: String(json["access_token"]), refreshToken: String(json["refresh_token"]) };
}

export async function answerOf(response: Response): Promise<SchwabAnswer> {
  const text = await response.text();
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const json: Record<string, unknown> = type === "application/json" ? JSON.parse(text) : {};
  return { status: response.status, type, text, headers: response.headers, json };
}

function given(values: Changes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const query = (values: Changes) => new URLSearchParams(given(values)).toString();
