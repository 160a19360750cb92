// oidc-provider configured like Schwab, with the Trader API's account calls beside it: a second, independent opinion on whether
// our OAuth 2.0 is right. It keeps time by a clock that tests move.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider, type RequestContext, type StoreAdapter, type StoredPayload } from "oidc-provider";

export interface OidcServer {
  readonly oauthUrl: string;
  readonly apiUrl: string;
  readonly now: () => Temporal.Instant;
  advance(duration: Temporal.DurationLike): void;
  /** Logs in and consents as a browser would; resolves with the address the browser is sent to. */
  accept(authorizeUrl: string): Promise<URL>;
  /** Answers every call so until the next; null mends. */
  breakWith(answer: BrokenAnswer | null): void;
  close(): Promise<void>;
}

export type BrokenAnswer = { readonly status: number; readonly type?: string; readonly body: string } | "drop";

export interface OidcServerSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly rotation: boolean;
}

const cannedAccount = {
  securitiesAccount: {
    type: "MARGIN",
    accountNumber: "12345678",
    currentBalances: { equity: 5000, cashBalance: 2500, marginBalance: 0, buyingPower: 7000 },
    positions: [
      {
        longQuantity: 10,
        shortQuantity: 0,
        averagePrice: 190.5,
        marketValue: 2500,
        instrument: { assetType: "EQUITY", symbol: "AAPL" },
      },
    ],
  },
};

export async function startOidcServer(settings: OidcServerSettings): Promise<OidcServer> {
  let offset = Temporal.Duration.from({ seconds: 0 });
  let broken: BrokenAnswer | null = null;
  const now = () => Temporal.Now.instant().add(offset);
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The OAuth server listens on no port.");
  const base = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(base, await likeSchwab(settings, storeOn(now)));
  const oauth = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("date", new Date(now().epochMilliseconds).toUTCString());
    if (broken === "drop") return void request.socket.destroy();
    if (broken !== null)
      return void response.writeHead(broken.status, { "content-type": broken.type ?? "text/plain" }).end(broken.body);
    const path = request.url ?? "/";
    if (path.startsWith("/interaction/"))
      return provider.interactionFinished(request, response, { login: { accountId: "trader" } });
    if (path.startsWith("/trader/v1/accounts/")) return accountCall(path, request, response);
    oauth(request, response);
  }

  async function accountCall(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    response.setHeader("content-type", "application/json");
    if ((await provider.AccessToken.find(token)) === undefined)
      return void response.writeHead(401).end('{"errors":[{"status":401,"detail":"Client not authorized"}]}');
    const list = [{ accountNumber: "12345678", hashValue: "ABC123HASH" }];
    response.end(JSON.stringify(path.endsWith("/accountNumbers") ? list : cannedAccount));
  }

  server.on("request", (request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  return {
    oauthUrl: `${base}/v1/oauth`,
    apiUrl: base,
    now,
    advance(duration) {
      offset = offset.add(duration);
    },
    accept: (authorizeUrl) => followLogin(authorizeUrl, base),
    breakWith(next) {
      broken = next;
    },
    close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}

async function likeSchwab({ clientId, clientSecret, redirectUri, rotation }: OidcServerSettings, adapter: unknown) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    adapter,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    routes: { authorization: "/v1/oauth/authorize", token: "/v1/oauth/token" },
    scopes: ["openid", "api"],
    ttl: {
      AuthorizationCode: 30,
      AccessToken: 1800,
      RefreshToken: 604_800,
      IdToken: 1800,
      Session: 604_800,
      Grant: 604_800,
      Interaction: 600,
    },
    pkce: { required: () => false },
    rotateRefreshToken: rotation,
    issueRefreshToken: () => true,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    async loadExistingGrant({ oidc }: RequestContext) {
      const facts = { clientId: oidc.client.clientId, accountId: oidc.session.accountId };
      const grant = new oidc.provider.Grant(facts);
      grant.addOIDCScope("openid api");
      await grant.save();
      return grant;
    },
    cookies: { keys: ["signs cookies in tests"] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig" }] },
  };
}

/** What is stored is gone once it is over by `now`, whatever the machine's clock says. */
function storeOn(now: () => Temporal.Instant): (model: string) => StoreAdapter {
  const rows = new Map<string, { readonly payload: StoredPayload; readonly goneAt: Temporal.Instant }>();
  const living = (key: string) => {
    const row = rows.get(key);
    return row !== undefined && Temporal.Instant.compare(now(), row.goneAt) < 0 ? row.payload : undefined;
  };
  const search = (model: string, matches: (payload: StoredPayload) => boolean) =>
    [...rows.keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(living)
      .find((payload) => payload !== undefined && matches(payload));
  return (model) => ({
    async upsert(id, payload, expiresIn) {
      rows.set(`${model}:${id}`, { payload, goneAt: now().add({ seconds: expiresIn }) });
    },
    find: async (id) => living(`${model}:${id}`),
    findByUid: async (uid) => search(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => search(model, (payload) => payload.userCode === userCode),
    async consume(id) {
      const payload = living(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(now().epochMilliseconds / 1000);
    },
    async destroy(id) {
      rows.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of rows) if (payload.grantId === grantId) rows.delete(key);
    },
  });
}

/** A browser's part: cookies and redirects, until it is sent elsewhere. */
async function followLogin(authorizeUrl: string, base: string): Promise<URL> {
  let url = new URL(authorizeUrl);
  // Schwab grants its own scopes whatever is asked, the identity token's among them.
  url.searchParams.set("scope", "openid api");
  const cookies = new Map<string, string>();
  for (let steps = 0; steps < 10; steps += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const location = response.headers.get("location");
    if (location === null) throw new Error(`The login answered ${response.status}: ${await response.text()}`);
    url = new URL(location, base);
    if (url.origin !== base) return url;
  }
  throw new Error("The login goes in circles.");
}
