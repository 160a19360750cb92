import { describe, expect, it } from "vitest";
import { openBroker, type Trading } from "./trader.ts";

async function press(broker: Trading, url: string, decision: "accept" | "decline", as?: string) {
  const link = new URL(url);
  const body = new URLSearchParams([...link.searchParams, ["decision", decision]]);
  if (as !== undefined) body.set("as", as);
  const response = await fetch(broker.urls.authorizeUrl, { method: "POST", body, redirect: "manual" });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

const show = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const codeIn = (text: string) => /<code id="code">(.*?)<\/code>/.exec(text)?.[1] ?? null;

describe("the authorize page", () => {
  it("says that nothing is real and asks, on a phone and in the dark too", async () => {
    const broker = await openBroker();
    const { status, headers, text } = await show(broker.authorizeUrl(await broker.requestToken()));
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    for (const part of [
      "Practice broker — nothing here is real",
      'lang="en"',
      "width=device-width",
      "color-scheme: light dark",
      ">Accept</button>",
      ">Decline</button>",
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/E\*TRADE|Log in as/i);
  });

  it("changes nothing however often it is only looked at", async () => {
    const broker = await openBroker();
    const request = await broker.requestToken();
    const before = (await show(broker.authorizeUrl(request))).text;
    await fetch(broker.authorizeUrl(request), { method: "HEAD" });
    expect((await show(`${broker.authorizeUrl(request)}&decision=accept`)).text).toBe(before);
    expect((await broker.exchange(request, "ABCDE")).problem).toBe("token_rejected");
  });

  it("shows a code of five capitals and digits after Accept, and the same one each time after", async () => {
    const broker = await openBroker();
    const url = broker.authorizeUrl(await broker.requestToken());
    const accepted = await press(broker, url, "accept");
    const code = codeIn(accepted.text);
    expect([accepted.status, accepted.location]).toEqual([200, null]);
    expect(code).toMatch(/^[A-Z0-9]{5}$/);
    expect(accepted.text).toContain("Go back to Prebell and paste it");
    expect([codeIn((await show(url)).text), codeIn((await press(broker, url, "accept")).text)]).toEqual([code, code]);
  });

  it("is over after Decline", async () => {
    const broker = await openBroker();
    const request = await broker.requestToken();
    expect((await press(broker, broker.authorizeUrl(request), "decline")).text).toContain("Declined");
    expect((await show(broker.authorizeUrl(request))).status).toBe(410);
  });

  it("is over after the exchange, after five minutes and for a token it never gave", async () => {
    const broker = await openBroker();
    const [spent, old] = [await broker.requestToken(), await broker.requestToken()];
    await broker.exchange(spent, await broker.control.accept(broker.authorizeUrl(spent)));
    const unknown = broker.authorizeUrl({ ...spent, token: "never" });
    for (const url of [broker.authorizeUrl(spent), unknown, broker.urls.authorizeUrl]) {
      const { status, text } = await show(url);
      expect(status).toBe(410);
      expect(text).toContain("This link is over, start again in Prebell");
    }
    broker.clock.advance(Temporal.Duration.from({ minutes: 5 }));
    expect((await press(broker, broker.authorizeUrl(old), "accept")).status).toBe(410);
  });

  it("does not recognise a token whose + was not encoded, or another key's token", async () => {
    const broker = await openBroker();
    const request = await broker.requestToken();
    const damaged = `${broker.urls.authorizeUrl}?key=${request.consumerKey}&token=${request.token}`;
    const otherKey = broker.authorizeUrl({ ...request, consumerKey: broker.keyOf("sandbox").consumerKey });
    expect([(await show(damaged)).status, (await show(otherKey)).status]).toEqual([410, 410]);
  });

  it("refuses a form it did not write", async () => {
    const broker = await openBroker();
    const url = broker.authorizeUrl(await broker.requestToken());
    const [noDecision, notOffered] = [
      await fetch(broker.urls.authorizeUrl, { method: "POST", body: new URL(url).searchParams }),
      await press(broker, url, "accept", "somebody else"),
    ];
    expect([noDecision.status, notOffered.status]).toEqual([400, 400]);
    expect((await show(url)).text).toContain(">Accept</button>");
  });

  it("offers to log in as somebody else where that is switched on", async () => {
    const broker = await openBroker({ options: { offerOtherAccounts: true } });
    const { text } = await show(broker.authorizeUrl(await broker.requestToken()));
    expect(text).toContain("Log in as:");
    expect(text).toContain(">somebody else</option>");
  });

  it("writes nothing from the address into the page unescaped", async () => {
    const broker = await openBroker({
      keys: {
        prod: { consumerKey: `<b>"'&`, consumerSecret: "s", lifetimeDays: 1 },
        sandbox: { consumerKey: "k", consumerSecret: "s", lifetimeDays: 1 },
      },
    });
    const credentials = { consumerKey: `<b>"'&`, consumerSecret: "s" };
    const answer = await broker.get(`${broker.urls.oauthUrl}/request_token`, credentials, { oauth_callback: "oob" });
    const token = new URLSearchParams(answer.text).get("oauth_token") ?? "";
    const { text } = await show(broker.authorizeUrl({ ...credentials, token }));
    expect(text).toContain('value="&#60;b&#62;&#34;&#39;&#38;"');
    expect(text).not.toContain("<b>");
  });
});

describe("a registered callback", () => {
  it.each([
    ["https://prebell.example/callback/etrade", "https://prebell.example/callback/etrade?oauth_verifier="],
    ["https://prebell.example/?myapp=a%20b+c", "https://prebell.example/?myapp=a%20b+c&oauth_verifier="],
  ])("gets the browser with the verifier and nothing else: %s", async (registered, start) => {
    const broker = await openBroker();
    await broker.control.callback("prod", registered);
    const request = await broker.requestToken();
    const { status, location } = await press(broker, broker.authorizeUrl(request), "accept");
    expect(status).toBe(303);
    expect(location?.slice(0, -5)).toBe(start);
    expect((await broker.exchange(request, location?.slice(-5) ?? "")).status).toBe(200);
  });

  it("leaves the code on the page, with a way back, for whoever presses the link again", async () => {
    const broker = await openBroker();
    await broker.control.callback("prod", "https://prebell.example/callback/etrade");
    const url = broker.authorizeUrl(await broker.requestToken());
    const code = await broker.control.accept(url);
    const { text } = await show(url);
    expect(codeIn(text)).toBe(code);
    expect(text).toContain(`href="https://prebell.example/callback/etrade?oauth_verifier=${code}"`);
  });

  it("belongs to one key and can be withdrawn", async () => {
    const broker = await openBroker();
    await broker.control.callback("prod", "https://prebell.example/callback/etrade");
    const sandbox = await press(broker, broker.authorizeUrl(await broker.requestToken("sandbox")), "accept");
    await broker.control.callback("prod", null);
    const prod = await press(broker, broker.authorizeUrl(await broker.requestToken()), "accept");
    expect([sandbox.status, prod.status]).toEqual([200, 200]);
  });
});
