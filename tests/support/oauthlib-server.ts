// Runs oauthlib_server.py, and plays the person at its authorize page.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pythonWithOauthlib } from "./oauthlib-python.ts";
import { clearAfterwards } from "./program-leftovers.ts";
import { eventually } from "./wait.ts";

export interface OauthlibServer {
  readonly url: string;
  /** Presses Accept; resolves with the code. */
  accept(authorizeUrl: string): Promise<string>;
  /** As if two hours had passed without a call. */
  idle(): Promise<void>;
}

/** `keys`: consumer secrets by consumer key. */
export async function startOauthlibServer(keys: Readonly<Record<string, string>>): Promise<OauthlibServer> {
  const python = pythonWithOauthlib();
  if (python === null) throw new Error("No Python with oauthlib here: node tests/support/install-system-packages.ts");
  const pairs = Object.entries(keys).map(([key, secret]) => `${key}=${secret}`);
  const child = spawn(python, [join(import.meta.dirname, "oauthlib_server.py"), ...pairs], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  });
  clearAfterwards(() => void child.kill("SIGKILL"));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const port = await eventually("the server's port", () => /^(\d+)\n/.exec(printed)?.[1]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    accept: get,
    async idle() {
      await get(`${url}/idle`);
    },
  };
}

async function get(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
  return response.text();
}
