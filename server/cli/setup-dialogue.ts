// Questions at a terminal or through a pipe, answered line by line; secrets are typed unseen.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Secret } from "../domain/secret.ts";

/** The person ended the dialogue: Ctrl-C, Ctrl-D, or a pipe that ran dry. */
export class GivenUp extends Error {
  override name = "GivenUp" as const;
}

/** Every method rejects with `GivenUp` when no answer will come. */
export interface Dialogue {
  ask(prompt: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(prompt: string): Promise<Secret>;
  confirm(prompt: string): Promise<boolean>;
  close(): void;
}

export function openDialogue(): Dialogue {
  let isMuted = false;
  const visible = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isMuted) process.stderr.write(chunk);
      done();
    },
  });
  const terminal = createInterface({
    input: process.stdin,
    output: visible,
    terminal: process.stdin.isTTY,
    // What was typed unseen must not come back at the press of a key.
    historySize: 0,
  });
  // A pipe may bring all answers at once, before they are asked for.
  const lines: string[] = [];
  let waiting: PromiseWithResolvers<string> | null = null;
  let isOver = false;
  terminal.on("line", (line) => {
    if (waiting === null) lines.push(line);
    else waiting.resolve(line);
    waiting = null;
  });
  terminal.once("close", () => {
    isOver = true;
    waiting?.reject(new GivenUp());
  });

  async function ask(prompt: string): Promise<string> {
    const early = lines.shift();
    terminal.setPrompt(prompt);
    if (early === undefined && isOver) throw new GivenUp();
    terminal.prompt();
    if (early !== undefined) return early.trim();
    waiting = Promise.withResolvers<string>();
    return (await waiting.promise).trim();
  }

  return {
    ask,
    async askSecret(prompt) {
      process.stderr.write(prompt);
      isMuted = true;
      try {
        return new Secret(await ask(""));
      } finally {
        isMuted = false;
        process.stderr.write("\n");
      }
    },
    confirm: async (prompt) => /^y(es)?$/i.test(await ask(`${prompt} [y/N] `)),
    close: () => terminal.close(),
  };
}

/** Nobody is there: whatever was not given beforehand can't be asked. */
export const noDialogue: Dialogue = {
  ask: nobodyAnswers,
  askSecret: nobodyAnswers,
  confirm: () => Promise.resolve(true),
  close: () => {},
};

function nobodyAnswers(): Promise<never> {
  return Promise.reject(new GivenUp());
}
