import { describe, expect, it } from "vitest";
import { botCommands, commandOf } from "../../../server/bot/commands.ts";

describe("what was written is a command", () => {
  it.each([
    ["/status", "status"],
    ["/status@prebell_bot", "status"],
    ["/status@whatever_it_is_called please", "status"],
    ["  /KeepAlive now", "keepalive"],
    ["/start from-a-link", "start"],
    ["/help\nme", "help"],
  ])("%j", (text, command) => {
    expect(commandOf(text)).toBe(command);
  });
});

describe("what was written is none", () => {
  it.each(["status", "/statusses", "/renewed", "/", "", "MX9ES", "/constructor", "see /status"])("%j", (text) => {
    expect(commandOf(text)).toBeNull();
  });
});

it("Telegram takes the list: short lowercase names, descriptions of one line", () => {
  for (const { command, description } of botCommands) {
    expect(command).toMatch(/^[a-z0-9_]{1,32}$/);
    expect(description).toMatch(/^.{1,256}$/);
    expect(commandOf(`/${command}`)).toBe(command);
  }
});
