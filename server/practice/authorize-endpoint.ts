// The page where the person accepts. GET only shows; the person's POST is what acts.
import { Hono } from "hono";
import { z } from "zod";
import { garbagePage, rateLimitPage } from "./answers.ts";
import {
  codePage,
  consentPage,
  declinedPage,
  layout,
  overPage,
  type Page,
  pageHeaders,
  troublePage,
} from "./authorize-page.ts";
import type { SpoilingFault } from "./fault.ts";
import type { PracticeBroker } from "./practice-broker.ts";
import { etradeAppOf } from "./practice-apps.ts";
import { people, type RequestToken } from "./practice-records.ts";
import type { PracticeContext, PracticeEnv } from "./received-call.ts";
import { newVerifier } from "./token-issue.ts";
import { isLive } from "./token-life.ts";

const formSchema = z.object({
  key: z.string(),
  token: z.string(),
  decision: z.enum(["accept", "decline"]),
  as: z.enum(people).default("yourself"),
});

export function createAuthorizeEndpoint(broker: PracticeBroker): Hono<PracticeEnv> {
  const { records, keys } = broker;
  const app = new Hono<PracticeEnv>();
  const page: MakePage = (status, shown) =>
    new Response(layout(shown, broker.options.banner), { status, headers: pageHeaders });
  const spoil = (fault: SpoilingFault) => spoiledPage(fault, page);

  app.get("/", (c) => {
    const [key, token] = [c.req.query("key") ?? "", c.req.query("token") ?? ""];
    return answer(c, key, () => {
      const request = pendingRequest(key, token);
      if (request === null) return page(410, overPage());
      if (request.verifier !== null) return page(200, codePage(request.verifier, callbackFor(request)));
      const { offerOtherAccounts } = broker.options;
      return page(200, consentPage({ key, token, environment: request.environment, offerOtherAccounts }));
    });
  });

  app.post("/", async (c) => {
    const form = formSchema.safeParse(await c.req.parseBody());
    return answer(c, form.data?.key ?? "", () => {
      if (!form.success) return page(400, troublePage("This form is incomplete. Start again in Prebell."));
      const { key, token, decision, as } = form.data;
      if (as !== "yourself" && !broker.options.offerOtherAccounts)
        return page(400, troublePage("Nobody else can log in at this practice broker."));
      const request = pendingRequest(key, token);
      if (request === null) return page(410, overPage());
      if (decision === "decline") {
        records.requestTokens.delete(token);
        return page(200, declinedPage());
      }
      return accepted(request, as);
    });
  });

  return app;

  function accepted(request: RequestToken, as: RequestToken["person"]): Response {
    // Pressed twice, the first answer stands: the code on the person's screen has to stay the right one.
    if (request.verifier === null) {
      request.person = as;
      request.verifier = newVerifier();
    }
    const callback = callbackFor(request);
    if (callback === null) return page(200, codePage(request.verifier, null));
    return new Response(null, { status: 303, headers: { ...pageHeaders, location: callback } });
  }

  function answer(c: PracticeContext, key: string, act: () => Response): Promise<Response> {
    const environment = etradeAppOf(keys, records, key)?.environment ?? null;
    return broker.calls.answer(c, { place: "authorize", path: "/authorize", environment, act, spoil });
  }

  function pendingRequest(key: string, token: string): RequestToken | null {
    const request = records.requestTokens.get(token);
    const client = etradeAppOf(keys, records, key);
    if (request === undefined || client === null) return null;
    if (request.environment !== client.environment || request.app !== client.name) return null;
    return isLive(request, broker.now()) ? request : null;
  }

  /** The registered callback with the verifier and nothing else added; what its query held stays as it was. */
  function callbackFor(request: RequestToken): string | null {
    const registered = request.app === null ? records.callbacks[request.environment] : null;
    if (registered === null || request.verifier === null) return null;
    const url = new URL(registered);
    url.search += `${url.search === "" ? "?" : "&"}oauth_verifier=${request.verifier}`;
    return url.href;
  }
}

type MakePage = (status: number, shown: Page) => Response;

function spoiledPage(fault: SpoilingFault, page: MakePage): Response {
  switch (fault) {
    case "error-500":
      return page(500, troublePage("The requested service is not currently available, please try after sometime."));
    case "maintenance":
      return page(500, troublePage("Currently undergoing maintenance"));
    case "rate-limit":
      return rateLimitPage();
    case "reject-key":
      return page(401, troublePage("oauth_problem=consumer_key_rejected"));
    case "html-garbage":
      return garbagePage();
  }
}
