import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isDiscordWebhook,
  isEmailAddress,
  isNtfyTopic,
  isSlackWebhook,
  isSmtpUrl,
  ntfyServerOf,
  pushServiceOf,
} from "../../../server/domain/channel-address.ts";

const pushHosts = [
  "fcm.googleapis.com",
  "jmt17.google.com",
  "updates.push.services.mozilla.com",
  "web.push.apple.com",
  "wns2-par02p.notify.windows.com",
];

/** Where a URL really leads, by the parser that calls it; said again here, so that both have to be wrong. */
function leadsToPushService(address: string): boolean {
  const { protocol, hostname, port, username, password } = new URL(address);
  const isKnown =
    /^(fcm\.googleapis|jmt17\.google)\.com$|\.(push\.apple|notify\.windows|push\.services\.mozilla)\.com$/;
  return protocol === "https:" && port === "" && username + password === "" && isKnown.test(hostname);
}

/** Pieces that addresses are forged of. */
const pieces = [
  ["https://", "http://", "https:", "//", "/", "\\", "@", ":", "#", "?", ".", "%2e", "%00", " ", "\t", "\n"],
  ["evil.example", "127.0.0.1", "[::1]", "169.254.169.254", "localhost", "user", "443", "8443", "push.apple.com"],
  ["ｐｕｓｈ.ａｐｐｌｅ.com", "。", "wpush/v2/abc", "x"],
  pushHosts,
].flat();
const forged = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((found) => found.join(""));
const withScheme = forged.map((text) => `https://${text}`);

describe("pushServiceOf", () => {
  it.each([
    ["https://fcm.googleapis.com/fcm/send/abc:APA91b", "Chrome"],
    ["https://jmt17.google.com/fcm/send/abc", "Chrome"],
    ["https://updates.push.services.mozilla.com/wpush/v2/gAAAA", "Firefox"],
    ["https://web.push.apple.com/QGx", "Safari"],
    ["https://wns2-par02p.notify.windows.com/w/?token=BQY%3d", "Edge"],
  ])("knows %s", (endpoint, browser) => {
    expect(pushServiceOf(endpoint)).toBe(browser);
  });

  it.each([
    "",
    "fcm.googleapis.com/fcm/send/abc",
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com@evil.example/x",
    "https://user@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://storage.googleapis.com/x",
    "https://evilpush.apple.com/x",
    "https://push.apple.com/x",
    "https://apple.com/x",
    "https://notify.windows.com.evil.example/x",
    "https://evil.example/?web.push.apple.com",
    "https://evil.example#.push.apple.com/x",
    "https://evil.example\\.push.apple.com/x",
    "https://web.push.apple.com./x",
    " https://web.push.apple.com/x",
    "https://web.push.apple.com/x\r\nHost: evil.example",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data",
    `https://web.push.apple.com/${"x".repeat(2001)}`,
  ])("refuses %s", (endpoint) => {
    expect(pushServiceOf(endpoint)).toBeNull();
  });

  it("takes nothing that leads anywhere else, however it is written", () => {
    fc.assert(
      fc.property(fc.oneof(forged, withScheme, fc.webUrl(), fc.string()), (address) => {
        if (pushServiceOf(address) !== null) expect(leadsToPushService(address)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes every endpoint of a known service", () => {
    const path = fc.stringMatching(/^[\w:-]{1,200}$/);
    fc.assert(
      fc.property(fc.constantFrom(...pushHosts), path, (host, token) => {
        expect(pushServiceOf(`https://${host}/${token}`)).not.toBeNull();
      }),
    );
  });
});

describe("ntfyServerOf", () => {
  it.each([
    ["https://ntfy.sh", "https://ntfy.sh"],
    ["https://ntfy.example.com/", "https://ntfy.example.com"],
    ["https://NTFY.Example.com:443", "https://ntfy.example.com"],
  ])("takes %s", (address, origin) => {
    expect(ntfyServerOf(address)).toBe(origin);
  });

  it.each([
    "http://ntfy.sh",
    "https://ntfy.sh:8443",
    "https://ntfy.sh/topic",
    "https://ntfy.sh?x",
    "https://user:pass@ntfy.sh",
    "https://localhost",
    "https://ntfy",
    "https://ntfy.local",
    "https://ntfy.internal",
    "https://metadata.google.internal",
    "https://router.home.arpa",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f.0.0.1",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://192.168.1.20",
    "https://ntfy.sh.",
  ])("refuses %s", (address) => {
    expect(ntfyServerOf(address)).toBeNull();
  });

  it("never takes an address without a name", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV4Extended(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        (ip) => {
          expect(ntfyServerOf(`https://${ip}`)).toBeNull();
        },
      ),
    );
  });
});

describe("webhook addresses", () => {
  const slack = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
  const discord = `https://discord.com/api/webhooks/223704706495545344/${"a_-9".repeat(17)}`;

  it("are Slack's", () => {
    expect(isSlackWebhook(slack)).toBe(true);
    for (const other of [
      slack.replace("https", "http"),
      slack.replace("slack.com", "slack.com.evil.example"),
      slack.replace("hooks", "evil.example/hooks"),
      slack.replace("/services", ":8080/services"),
      slack.replace("https://", "https://user@"),
      `${slack}/../../x`,
      `${slack}?x=1`,
      `${slack}\n`,
    ])
      expect([other, isSlackWebhook(other)]).toEqual([other, false]);
  });

  it("are Discord's", () => {
    for (const own of [
      discord,
      discord.replace("discord.com", "discordapp.com"),
      discord.replace("discord.com", "canary.discord.com"),
      discord.replace("api/", "api/v10/"),
      `${discord}?thread_id=223704706495545345`,
    ])
      expect([own, isDiscordWebhook(own)]).toEqual([own, true]);
    for (const other of [
      discord.replace("https", "http"),
      discord.replace("discord.com", "discord.com.evil.example"),
      discord.replace("discord.com", "evildiscord.com"),
      `${discord}?wait=false`,
      `${discord}/slack`,
      `${discord}\n`,
    ])
      expect([other, isDiscordWebhook(other)]).toEqual([other, false]);
  });
});

it("a topic is what ntfy takes for one", () => {
  expect(["alerts-7Fq_x", "a", "x".repeat(64)].map(isNtfyTopic)).toEqual([true, true, true]);
  expect(["", "a/b", "a b", "é", "x".repeat(65), "a\n"].map(isNtfyTopic)).toEqual(Array(6).fill(false));
});

it("an e-mail address is one plain address", () => {
  for (const own of ["a@b.example", "first.last+tag@mail.example.co.uk", "o'neil@x-y.example"])
    expect([own, isEmailAddress(own)]).toEqual([own, true]);
  for (const other of [
    "",
    "a",
    "a@b",
    "a@b.example, c@d.example",
    "A <a@b.example>",
    "a@b.example\nBcc: c@d.example",
    "a b@c.example",
    "a@-b.example",
    "a@127.0.0.1",
    "a@@b.example",
    `${"a".repeat(65)}@b.example`,
  ])
    expect([other, isEmailAddress(other)]).toEqual([other, false]);
});

it("a mail server's address has user and password or neither, and nothing behind it", () => {
  for (const own of [
    "smtps://user:pass@smtp.example.com:465",
    "smtp://user%40example.com:p%2Fw%3A@smtp.example.com",
    "smtp://127.0.0.1:25/",
    "smtp://[::1]:2525",
  ])
    expect([own, isSmtpUrl(own)]).toEqual([own, true]);
  for (const other of [
    "smtp.example.com",
    "https://smtp.example.com",
    "smtp://",
    "smtp://user@smtp.example.com",
    "smtp://user:pa#ss@smtp.example.com",
    "smtp://user:50%@smtp.example.com",
    "smtp://user:%FF@smtp.example.com",
    "smtp://smtp.example.com?tls.rejectUnauthorized=false",
  ])
    expect([other, isSmtpUrl(other)]).toEqual([other, false]);
});
