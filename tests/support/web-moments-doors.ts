// Moments between Telegram and the renewal, for the screenshots.
import type { HandOverReply, MiniAppReply, PasskeyRequestOptions, StatusView } from "../../server/http/contract.ts";
import type { Moment } from "./web-moments.ts";
import { problem, type WebStub } from "./web-stub.ts";

const launch = (theme: object = {}) =>
  `/mini#tgWebAppData=signed&tgWebAppThemeParams=${encodeURIComponent(JSON.stringify(theme))}`;

const needed: StatusView = {
  word: "needs-authorization",
  reason: "expired",
  evidence: "Expired. Only a login at E*TRADE brings a new token.",
  evidenceAt: "2026-06-10T04:00:00.000Z",
  expiresAt: null,
  action: "renew",
};
const active: StatusView = { ...needed, word: "active", reason: null, action: "none" };

const opened: MiniAppReply = {
  person: "Anna",
  connections: [
    { id: "etrade-sandbox", label: "E*TRADE sandbox", status: active, handOver: "https://page/#go=b" },
    { id: "etrade-prod", label: "E*TRADE production", status: needed, handOver: "https://page/#go=a" },
  ],
  validSeconds: 120,
};

const handed: Omit<HandOverReply, "proof"> = {
  person: "Anna",
  connection: { id: "etrade-prod", label: "E*TRADE production" },
};

/** The page in Telegram, as the server answers it. */
function mini(answer: { status: number; body: unknown }, theme?: object): Moment {
  return {
    scenario: "signed-out",
    path: "/mini",
    async act(page, stub) {
      stub.answers.set("/telegram/open", answer);
      // Another fragment alone would load nothing.
      await page.goto("about:blank");
      await page.goto(stub.url + launch(theme));
      await page.getByRole("heading").waitFor();
    },
  };
}

/** After the tap on Continue. */
function handOver(answer: (stub: WebStub) => void): Moment {
  return {
    scenario: "signed-out",
    path: "/#go=one-time",
    async act(page, stub) {
      answer(stub);
      await page.getByRole("button", { name: "Continue" }).click();
    },
  };
}

const refusal =
  "This link was used already or is older than two minutes. Open it again from the chat: tap Renew in the reminder.";

export const doorMoments: Record<string, Moment> = {
  mini: mini({ status: 200, body: opened }),
  "mini-themed": mini({ status: 200, body: opened }, { bg_color: "#17212b", text_color: "#f5f5f5" }),
  "mini-locked": mini({
    status: 200,
    body: { ...opened, connections: opened.connections.map((each) => ({ ...each, handOver: null })) },
  }),
  "mini-refused": mini({
    status: 401,
    body: problem(
      401,
      "Telegram does not vouch for this opening, or no longer. Close this and open it again from the chat.",
    ),
  }),
  "mini-elsewhere": { scenario: "signed-out", path: "/mini", act: async () => {} },
  "hand-over": { scenario: "signed-out", path: "/#go=one-time", act: async () => {} },
  "hand-over-number": handOver(({ answers }) => {
    const proof = { by: "number", number: 47, secret: "of-this-page", validSeconds: 120 } as const;
    answers.set("/hand-over", { status: 200, body: { ...handed, proof } satisfies HandOverReply });
    answers.set("/match", { status: 200, body: { enteredFor: null } });
  }),
  "hand-over-passkey": handOver(({ answers }) => {
    const options: PasskeyRequestOptions = {
      rpId: "127.0.0.1",
      challenge: "AAAA",
      timeout: 60_000,
      allowCredentials: [],
      userVerification: "required",
    };
    answers.set("/hand-over", {
      status: 200,
      body: { ...handed, proof: { by: "passkey", options } } satisfies HandOverReply,
    });
  }),
  "hand-over-over": handOver(({ answers }) => {
    answers.set("/hand-over", { status: 401, body: problem(401, refusal) });
  }),
};
