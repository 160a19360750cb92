// Notifier where no chat is set up: the terminal, and the page's Messages panel, which shows every delivered text.
import type { Notifier } from "../ports.ts";

/** `print`: writes a block of text to the terminal. */
export function panelNotifier(print: (text: string) => void): Notifier {
  return {
    channel: "panel",
    async send({ text, action }) {
      print(action === null ? text : `${text}\n${action.label}: ${action.url}`);
      return null;
    },
    async check() {
      return "No chat is set up; messages appear on the page and in the terminal.";
    },
  };
}
