import { afterEach, describe, expect, it } from "vitest";
import { schwabPolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import { readAnswer } from "../../server/domain/verifier.ts";
import { createSchwab } from "../../server/providers/schwab.ts";
import { type BrokenAnswer, type OidcServer, startOidcServer } from "../support/oidc-server.ts";
import { type ContractFault, testProvider } from "./provider.contract.ts";

const app = {
  clientId: "0123456789abcdefghijklmnopqrstuv",
  clientSecret: "secretsecret1234",
  redirectUri: "https://127.0.0.1",
};

const broken: Record<ContractFault, BrokenAnswer> = {
  "error-500": { status: 500, body: "oops" },
  maintenance: { status: 503, body: "upstream request timeout" },
  "rate-limit": { status: 429, body: "Rate Limit Exceeded" },
  "reject-key": { status: 401, type: "application/json", body: '{"error":"invalid_client"}' },
  "html-garbage": { status: 200, type: "text/html", body: "<html>hello</html>" },
  drop: "drop",
};

function providerAt(server: OidcServer) {
  return createSchwab({
    identity: { id: "schwab-prod", provider: "schwab", environment: "prod" },
    policy: schwabPolicy(),
    ceremony: "verifier",
    clientId: new Secret(app.clientId),
    clientSecret: new Secret(app.clientSecret),
    redirectUri: app.redirectUri,
    oauthUrl: server.oauthUrl,
    apiUrl: server.apiUrl,
    clock: server.now,
    state: () => crypto.randomUUID(),
    trace: () => {},
    pause: async () => {},
  });
}

for (const rotation of [false, true])
  testProvider(
    `Schwab at a certified OAuth server that ${rotation ? "replaces" : "keeps"} refresh tokens,`,
    async () => {
      const server = await startOidcServer({ ...app, rotation });
      return {
        provider: providerAt(server),
        now: server.now,
        async accept(authorizeUrl) {
          const read = readAnswer("schwab", { verifier: (await server.accept(authorizeUrl)).href });
          if (read === null || "denied" in read) throw new Error("no code in the address");
          return read.verifier;
        },
        advance: async (duration) => server.advance(duration),
        lapsesAfter: { minutes: 30 },
        endsAfter: { hours: 7 * 24 },
        breakWith: async (fault) => server.breakWith(broken[fault]),
        meets: (fault) => (fault === "reject-key" ? ["renewal"] : ["accounts", "renewal"]),
        mend: async () => server.breakWith(null),
        close: () => server.close(),
      };
    },
  );

describe("Schwab at a certified OAuth server", () => {
  let server: OidcServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  it("is given an identity token like Schwab's beside the code's other tokens, and carries on without it", async () => {
    server = await startOidcServer({ ...app, rotation: true });
    const provider = providerAt(server);
    const begun = await provider.beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    const back = await server.accept(begun.value.authorizeUrl);
    expect(back.searchParams.get("state")).toBe(begun.value.requestToken.reveal());
    const raw = await fetch(`${server.oauthUrl}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${app.clientId}:${app.clientSecret}`)}` },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: back.searchParams.get("code") ?? "",
        redirect_uri: app.redirectUri,
      }),
    });
    expect(await raw.json()).toMatchObject({ token_type: "Bearer", expires_in: 1800, id_token: expect.any(String) });
  });

  it.each([false, true])("keeps the refresh token that is good afterwards (replaced: %s)", async (rotation) => {
    server = await startOidcServer({ ...app, rotation });
    const provider = providerAt(server);
    const begun = await provider.beginAuthorization();
    if (!begun.ok || provider.renewal.kind !== "refresh") throw new Error("no link");
    const back = await server.accept(begun.value.authorizeUrl);
    const code = new Secret(back.searchParams.get("code") ?? "");
    const issued = await provider.exchange(begun.value.requestToken, begun.value.requestTokenSecret, code);
    if (!issued.ok) throw new Error(issued.failure.reason);
    const tokenSet = { ...issued.value, startedAt: server.now(), issuedAt: server.now(), verifiedAt: null };
    const refreshed = await provider.renewal.refresh(tokenSet);
    if (!refreshed.ok) throw new Error(refreshed.failure.reason);
    expect(refreshed.value.refreshToken?.reveal() === issued.value.refreshToken?.reveal()).toBe(!rotation);
    expect(await provider.renewal.refresh({ ...tokenSet, ...refreshed.value })).toMatchObject({ ok: true });
  });

  it("refuses a code that is older than thirty seconds", async () => {
    server = await startOidcServer({ ...app, rotation: false });
    const provider = providerAt(server);
    const begun = await provider.beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    const code = new Secret((await server.accept(begun.value.authorizeUrl)).searchParams.get("code") ?? "");
    server.advance({ seconds: 30 });
    expect(await provider.exchange(begun.value.requestToken, begun.value.requestTokenSecret, code)).toMatchObject({
      ok: false,
      failure: { kind: "needs-person", reason: "code-rejected" },
    });
  });
});
