// A practice broker on a free port and a client that trades with it, as our tests see both.
import { onTestFinished } from "vitest";
import type { Environment } from "../../../server/domain/connection.ts";
import { createPracticeClock } from "../../../server/practice/practice-clock.ts";
import { createPracticeControl } from "../../../server/practice/practice-control.ts";
import { practiceKeys, practiceUrls } from "../../../server/practice/practice-keys.ts";
import { startPracticeServer, type PracticeServerSettings } from "../../../server/practice/practice-server.ts";
import { authorizationHeader, signedParameters, type Credentials } from "./sign.ts";

export const at = (text: string) => Temporal.Instant.from(text);

/** 11:00 in New York. */
export const morning = "2026-06-10T15:00:00Z";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The oauth_problem with its parameters, wherever the body hides it. */
  readonly problem: string | null;
}

const keyOf = (environment: Environment): Credentials => ({
  consumerKey: practiceKeys[environment].consumerKey,
  consumerSecret: practiceKeys[environment].consumerSecret,
});

export type Changes = Readonly<Record<string, string | undefined>>;

export async function openBroker(settings: Partial<PracticeServerSettings> & { from?: string } = {}) {
  const { from = morning, ...rest } = settings;
  const clock = createPracticeClock(() => at(from));
  const server = await startPracticeServer({ port: 0, clock, stateFile: null, ...rest });
  onTestFinished(() => server.close());
  const urls = practiceUrls(server.url);
  const control = createPracticeControl(server.url);

  async function get(url: string, credentials: Credentials, changes: Changes = {}): Promise<Answer> {
    const authorization = authorizationHeader(signedParameters(url, credentials, server.clock.now(), changes));
    return answerOf(await fetch(url, { headers: { authorization, accept: "application/json" } }));
  }

  async function tokenFrom(url: string, credentials: Credentials, changes: Changes): Promise<Credentials> {
    const answer = await get(url, credentials, changes);
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status} ${answer.problem}`);
    return { ...credentials, ...tokenPair(answer.text) };
  }

  const apiUrl = (environment: Environment) => (environment === "prod" ? urls.prodApiUrl : urls.sandboxApiUrl);
  const requestToken = (environment: Environment = "prod", app = keyOf(environment)) =>
    tokenFrom(`${urls.oauthUrl}/request_token`, app, { oauth_callback: "oob" });
  const authorizeUrl = (request: Credentials) =>
    `${urls.authorizeUrl}?${new URLSearchParams({ key: request.consumerKey, token: request.token ?? "" }).toString()}`;
  const exchange = (request: Credentials, verifier: string) =>
    get(`${urls.oauthUrl}/access_token`, request, { oauth_verifier: verifier });

  return {
    url: server.url,
    clock: server.clock,
    close: () => server.close(),
    urls,
    control,
    keyOf,
    get,
    requestToken,
    authorizeUrl,
    exchange,
    async login(
      environment: Environment = "prod",
      as?: "yourself" | "somebody else",
      app = keyOf(environment),
    ): Promise<Credentials> {
      const request = await requestToken(environment, app);
      const verifier = await control.accept(authorizeUrl(request), as === undefined ? {} : { as });
      const answer = await exchange(request, verifier);
      return { ...app, ...tokenPair(answer.text) };
    },
    list: (token: Credentials, environment: Environment = "prod", changes: Changes = {}) =>
      get(`${apiUrl(environment)}/v1/accounts/list`, token, changes),
    renew: (token: Credentials) => get(`${urls.oauthUrl}/renew_access_token`, token),
    revoke: (token: Credentials) => get(`${urls.oauthUrl}/revoke_access_token`, token),
  };
}

export type Trading = Awaited<ReturnType<typeof openBroker>>;

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    type: (response.headers.get("content-type") ?? "").split(";")[0] ?? "",
    text,
    problem: /oauth_problem=([^<"]+)/.exec(text)?.[1]?.replaceAll("&#38;", "&") ?? null,
  };
}

export function tokenPair(body: string): { token: string; tokenSecret: string } {
  const form = new URLSearchParams(body);
  return { token: form.get("oauth_token") ?? "", tokenSecret: form.get("oauth_token_secret") ?? "" };
}
