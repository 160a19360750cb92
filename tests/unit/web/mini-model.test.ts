import { describe, expect, it } from "vitest";
import { readLaunch, readTheme } from "../../../web/src/mini-model.ts";
import { type Listeners, tellTelegram } from "../../../web/src/telegram-bridge.ts";

describe("what Telegram opens the page with", () => {
  it("is read from the fragment, whole and as it was signed", () => {
    const initData = "query_id=AAH&user=%7B%22id%22%3A1%7D&auth_date=1773145800&hash=ab";
    const fragment = new URLSearchParams({ tgWebAppData: initData, tgWebAppVersion: "9.1" });
    expect(readLaunch(`#${fragment.toString()}`)).toEqual({ initData, theme: null });
  });

  it.each(["", "#", "#signin=abc", "#tgWebAppData="])("is nothing in %j", (hash) => {
    expect(readLaunch(hash)).toBeNull();
  });
});

describe("Telegram's colours", () => {
  it.each([
    ["#17212b", "#f5f5f5", true],
    ["#ffffff", "#000000", false],
    ["#FFFFFF", "#767676", false],
  ])("%s under %s are worn", (bg, text, dark) => {
    expect(readTheme(JSON.stringify({ bg_color: bg, text_color: text }))).toEqual({ bg, text, dark });
  });

  it.each([
    ["can't be read on each other", { bg_color: "#ffffff", text_color: "#777777" }],
    ["are no colours", { bg_color: "red", text_color: "#000000" }],
    ["would bring more than a colour", { bg_color: "#ffffff;--x:1", text_color: "#000000" }],
    ["are missing", { bg_color: "#ffffff" }],
  ])("that %s are not", (_what, params) => {
    expect(readTheme(JSON.stringify(params))).toBeNull();
  });

  it.each([null, "", "{", "null", "[]", "7"])("in %j are not", (json) => {
    expect(readTheme(json)).toBeNull();
  });
});

describe("what the page tells Telegram", () => {
  const event = { type: "web_app_open_link", url: "https://page/#go=x" } as const;
  const message = JSON.stringify({ eventType: event.type, eventData: { url: event.url } });

  it("reaches its phone apps, its older desktop apps, and of all pages around it only its web version", () => {
    const heard: unknown[] = [];
    const hear = (...words: unknown[]) => void heard.push(words);
    tellTelegram(event, { TelegramWebviewProxy: { postEvent: hear }, parent: { postMessage: hear } });
    tellTelegram(event, { external: { notify: hear } });
    tellTelegram(event, { external: {}, parent: { postMessage: hear } });
    expect(heard).toEqual([
      [event.type, JSON.stringify({ url: event.url })],
      [message],
      [message, "https://web.telegram.org"],
    ]);
  });

  it("goes nowhere where no Telegram is", () => {
    const alone: Listeners & { parent?: Listeners["parent"] } = {
      external: {},
      get parent() {
        return Object.assign(this, { postMessage: () => expect.unreachable() });
      },
    };
    expect(() => tellTelegram(event, alone)).not.toThrow();
  });
});
