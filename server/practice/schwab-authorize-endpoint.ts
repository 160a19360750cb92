// Where Schwab sends the person: log in, tick accounts, and back to the app with a code.
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import { layout, pageHeaders, troublePage } from "./authorize-page.ts";
import { schwabAppOf } from "./practice-apps.ts";
import { people, type Person } from "./practice-records.ts";
import type { PracticeContext, PracticeEnv } from "./received-call.ts";
import { schwabAccountsOf } from "./schwab-accounts.ts";
import { accessDeniedPage, plainText, spoiledSchwab } from "./schwab-answers.ts";
import { accountsPage, loginPage, type AuthorizeRequest } from "./schwab-authorize-page.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import { newCode, rememberCode } from "./schwab-token-issue.ts";

const person = z.enum(people);

export function createSchwabAuthorizeEndpoint(broker: SchwabBroker): Hono<PracticeEnv> {
  const { records, options, now } = broker;
  const app = new Hono<PracticeEnv>();

  app.get("/", (c) =>
    answer(c, () => {
      const asked = new URL(c.req.url).searchParams;
      // Schwab takes its absence for "code"; PKCE's parameters and the scope change nothing.
      const responseType = asked.get("response_type");
      if (responseType !== null && responseType !== "code") return trouble(400, "response_type has to be code.");
      const request = requestIn(asked);
      return request instanceof Response ? request : page(200, loginPage(request, options.offerOtherAccounts));
    }),
  );

  app.post("/", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    return answer(c, () => {
      const request = requestIn(form);
      if (request instanceof Response) return request;
      const as = person.default("yourself").safeParse(form.get("as") ?? undefined);
      if (!as.success) return trouble(400, "This form is incomplete. Start again in Prebell.");
      if (as.data !== "yourself" && !options.offerOtherAccounts)
        return trouble(400, "Nobody else can log in at this practice broker.");
      if (form.get("step") === "login")
        return page(200, accountsPage(request, { as: as.data, accounts: schwabAccountsOf(as.data) }));
      // Nobody has reported what Schwab does at a Cancel; this is RFC 6749 §4.1.2.1.
      if (form.get("decision") === "cancel") return backToApp(request, { error: "access_denied" });
      return consented(request, as.data, form.getAll("account"));
    });
  });

  return app;

  function answer(c: PracticeContext, act: () => Response): Promise<Response> {
    return broker.calls.answer(c, {
      place: "authorize",
      path: "/schwab/v1/oauth/authorize",
      environment: null,
      act,
      spoil: (fault) =>
        fault === "error-500"
          ? plainText(500, "Whitelabel Error Page")
          : fault === "reject-key" || fault === "not-authorized"
            ? trouble(401, "We are unable to complete your request.")
            : spoiledSchwab(fault, "token", c.req.url),
    });
  }

  function requestIn(asked: URLSearchParams): AuthorizeRequest | Response {
    const repeats = ["client_id", "redirect_uri", "state", "response_type"].some(
      (name) => asked.getAll(name).length > 1,
    );
    const [clientId, redirectUri] = [asked.get("client_id"), asked.get("redirect_uri")];
    if (repeats || clientId === null || redirectUri === null)
      return trouble(400, "We are unable to complete your request: it needs client_id and redirect_uri, each once.");
    if (schwabAppOf(records, clientId) === undefined) return trouble(401, "We are unable to complete your request.");
    // Byte for byte: another case, port or a stray slash is another address.
    if (!broker.redirectUris().includes(redirectUri)) return accessDeniedPage("/v1/oauth/authorize");
    return { clientId, redirectUri, state: asked.get("state") };
  }

  function consented(request: AuthorizeRequest, as: Person, ticked: readonly string[]): Response {
    const owned = schwabAccountsOf(as);
    const accounts = owned.map(({ accountNumber }) => accountNumber).filter((number) => ticked.includes(number));
    if (accounts.length !== ticked.length) return trouble(400, "One of these accounts is not yours.");
    if (accounts.length === 0)
      return page(400, accountsPage(request, { as, accounts: owned, complaint: "Tick at least one account." }));
    const code = newCode();
    const client = schwabAppOf(records, request.clientId)?.name ?? null;
    rememberCode(
      records,
      { code, app: client, redirectUri: request.redirectUri, person: as, accounts, issuedAt: now() },
      now(),
    );
    return backToApp(request, { code, session: randomUUID() });
  }
}

/** The registered address as it stands, with Schwab's parameters behind it; what its query held stays as it was. */
function backToApp({ redirectUri, state }: AuthorizeRequest, said: Record<string, string>): Response {
  const parameters = Object.entries({ ...said, ...(state !== null && { state }) })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  const location = `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${parameters}`;
  return new Response(null, { status: 302, headers: { ...pageHeaders, location } });
}

const trouble = (status: number, sentence: string) => page(status, layout(troublePage(sentence)));

function page(status: number, html: string): Response {
  return new Response(html, { status, headers: pageHeaders });
}
