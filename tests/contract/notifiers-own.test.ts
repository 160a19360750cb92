// What one channel has that the others do not.
import { describe, expect, it } from "vitest";
import { emailNotifier } from "../../server/adapters/email-notifier.ts";
import { vapidKeysFrom } from "../../server/adapters/vapid-keys.ts";
import { webPushNotifier } from "../../server/adapters/web-push-notifier.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { ChatMessage } from "../../server/ports.ts";
import { startMailServer } from "../support/mail-server.ts";
import { startPushServer } from "../support/push-server.ts";
import { startSlackServer } from "../support/slack-server.ts";
import { refusalOf } from "./notifier.contract.ts";
import { discord, mail, ntfy, push, slack, vapid } from "./open-notifiers.ts";

const renew: ChatMessage = {
  text: "🔔 Renewal required.",
  action: { label: "Renew", url: "https://prebell.example/go" },
  silent: false,
};

describe("emailNotifier", () => {
  it("writes the first line into the subject, and answers nobody's vacation notice", async () => {
    const { server, notifier } = await mail();
    await notifier.send({ ...renew, text: "Renewal required.\r\nBcc: stranger@example.com" });
    const [headers] = server.headers;
    expect(headers?.get("subject")).toBe("Renewal required.");
    expect(headers?.get("to")).toBe("owner@example.com");
    expect(headers?.has("bcc")).toBe(false);
    expect(headers?.get("auto-submitted")).toBe("auto-generated");
  });

  it("keeps password and message to itself where the server offers no encryption", async () => {
    const server = await startMailServer({ startTls: false });
    const notifier = emailNotifier({ url: new Secret(server.url), from: server.from }, server.mailbox);
    const error = await refusalOf(notifier.send(renew));
    expect(error.message).toBe("The mail server offers no encryption that holds; SMTP_URL has to name one that does.");
    expect(server.faults).toEqual([]);
    expect(server.delivered).toEqual([]);
  });

  it("does not trust a server whose certificate nobody vouches for", async () => {
    const server = await startMailServer({ forged: true });
    const notifier = emailNotifier({ url: new Secret(server.url), from: server.from }, server.mailbox);
    const error = await refusalOf(notifier.send(renew));
    expect(error.permanent).toBe(false);
    expect(server.faults).toEqual([]);
    expect(server.delivered).toEqual([]);
  });

  it("writes to a relay on this machine in the clear and without a password", async () => {
    const server = await startMailServer({ startTls: false, open: true });
    const url = new Secret(`smtp://127.0.0.1:${server.port}`);
    await emailNotifier({ url, from: server.from }, server.mailbox).send(renew);
    expect(server.delivered).toHaveLength(1);
  });

  it("says that the login is wrong", async () => {
    const server = await startMailServer();
    const url = new Secret(server.url.replace("4711", "4712"));
    const notifier = emailNotifier({ url, from: server.from }, server.mailbox);
    for (const error of await Promise.all([notifier.send(renew), notifier.check()].map(refusalOf))) {
      expect(error.message).toBe("The mail server refused the login with 535; check user and password in SMTP_URL.");
      expect(error.permanent).toBe(true);
    }
  });

  it("says that the recipient is refused for good", async () => {
    const { server } = await mail();
    const notifier = emailNotifier({ url: new Secret(server.url), from: server.from }, "nobody@example.com");
    const error = await refusalOf(notifier.send(renew));
    expect(error.message).toBe(
      "The mail server refused sender or recipient with 550; check the address and SMTP_FROM.",
    );
    expect(error.permanent).toBe(true);
  });
});

describe("webPushNotifier", () => {
  it("opens the page on a tap where the message leads nowhere", async () => {
    const { server, notifier } = await push();
    await notifier.send(renew);
    await notifier.send({ ...renew, action: null });
    expect(server.navigations).toEqual(["https://prebell.example/go", "https://prebell.example"]);
  });

  it("asks for a new subscription where the browser subscribed with another key", async () => {
    const { server, notifier } = await push({ keys: vapidKeysFrom("a5".repeat(32)) });
    const error = await refusalOf(notifier.send(renew));
    expect(error.permanent).toBe(true);
    expect(error.message).toBe("Web Push refused with 403; switch notifications off and on again on that device.");
    expect(server.faults).toEqual(["signed with another key than the browser subscribed with"]);
  });

  it("sends nothing to an address that is no push service's, or with keys that are none", async () => {
    const server = await startPushServer(vapid.publicKey);
    const settings = { ...vapid, subject: "mailto:a@b.example", pageUrl: "https://b.example", apiRoot: server.url };
    const { endpoint, p256dh, auth } = server.subscription;
    const foreign = { endpoint: "https://169.254.169.254/latest", p256dh, auth };
    const damaged = { endpoint, p256dh: `B${"A".repeat(86)}`, auth };
    for (const given of [foreign, damaged]) {
      const subscription = {
        endpoint: new Secret(given.endpoint),
        p256dh: new Secret(given.p256dh),
        auth: new Secret(given.auth),
      };
      const notifier = webPushNotifier(settings, subscription);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const errors = [await refusalOf(notifier.send(renew)), await refusalOf(notifier.check())];
      expect(errors.map(({ permanent }) => permanent)).toEqual([true, true]);
    }
    expect(server.faults).toEqual([]);
    expect(server.delivered).toEqual([]);
  });
});

describe("ntfyNotifier", () => {
  it("blames neither topic nor token where the server wants to be left alone", async () => {
    const { server, notifier } = await ntfy();
    server.troubleNext({ retryAfter: 60 });
    const { message, permanent } = await refusalOf(notifier.send(renew));
    expect([message, permanent]).toEqual(["ntfy refused with 429; it is tried again later.", false]);
  });

  it("says that the token is wrong", async () => {
    const { notifier } = await ntfy({ token: "tk_wrong" });
    const errors = [await refusalOf(notifier.send(renew)), await refusalOf(notifier.check())];
    for (const { message, permanent } of errors)
      expect([message, permanent]).toEqual(["ntfy refused with 401; check NTFY_TOKEN.", true]);
  });

  it("can't tell by the token alone whether it may write", async () => {
    const { notifier } = await ntfy({ topic: "somebody-elses" });
    expect(await notifier.check()).toBe(
      "ntfy knows the token; whether it may write to the topic shows with the first message.",
    );
    expect((await refusalOf(notifier.send(renew))).permanent).toBe(true);
  });

  it("does not take the page of a stranger's server for a confirmation", async () => {
    const slackServer = await startSlackServer();
    const { notifier } = await ntfy({ url: slackServer.url });
    expect((await refusalOf(notifier.send(renew))).message).toMatch(/^ntfy refused with 404/);
  });

  it("does not call this machine for a server that a person named", async () => {
    const literal = await ntfy({ trusted: false });
    const byName = await ntfy({ trusted: false, url: literal.server.url.replace("127.0.0.1", "localhost") });
    for (const { notifier } of [literal, byName])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await refusalOf(notifier.send(renew))).message).toMatch(/^ntfy can't be reached/);
    expect(literal.server.delivered).toEqual([]);
    expect(literal.server.faults).toEqual([]);
  });
});

describe("slackNotifier", () => {
  it("calls everybody in the channel for a loud message, since a webhook rings nobody by itself", async () => {
    const { server, notifier } = await slack();
    await notifier.send({ ...renew, action: null });
    await notifier.send({ ...renew, action: null, silent: true });
    expect(server.delivered.map(({ loud }) => loud)).toEqual([true, false]);
  });

  it("finds a dead webhook by looking", async () => {
    const { server, notifier } = await slack();
    server.troubleNext("gone");
    const error = await refusalOf(notifier.check());
    expect([error.message, error.permanent]).toEqual([
      "Slack refused with 404; the webhook is gone or wrong: make a new one in Slack.",
      true,
    ]);
  });
});

describe("discordNotifier", () => {
  it("changes a message where it stands, and takes it away, twice if asked", async () => {
    const { server, notifier } = await discord();
    const reference = (await notifier.send(renew)) ?? "";
    await notifier.edit?.(reference, { text: "✅ *Renewed*.", action: null, silent: true });
    expect([...server.messages.values()]).toEqual([{ text: "✅ *Renewed*.", link: null, loud: true }]);
    await notifier.remove?.(reference);
    await notifier.remove?.(reference);
    expect(server.messages.size).toBe(0);
    expect(server.faults).toEqual([]);
    const edit = notifier.edit?.(reference, renew) ?? Promise.resolve();
    expect((await refusalOf(edit)).permanent).toBe(true);
  });

  it("finds a dead webhook by looking", async () => {
    const { server, notifier } = await discord();
    server.troubleNext("gone");
    expect((await refusalOf(notifier.check())).permanent).toBe(true);
  });
});
