// The real program as a child process in a data folder of its own; whatever is left of it goes when the test or file ends.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import { createPracticeControl, type PracticeControl } from "../../server/practice/practice-control.ts";
import type { Person } from "../../server/practice/practice-records.ts";
import { fileState } from "../../server/practice/practice-state.ts";
import { type Answer, type Client, createClient, good } from "./program-client.ts";
import { clearAfterwards } from "./program-leftovers.ts";
import { freePort } from "./program-ports.ts";
import { type Run, startRun } from "./program-run.ts";
import { eventually } from "./wait.ts";

export interface ProgramSettings {
  /** On top of an otherwise empty environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
  readonly port?: number;
  readonly practicePort?: number;
  /** The practice clock at the start; null leaves it at the time of day. Quiet by default: a trading day, after the close. */
  readonly at?: string | null;
  /** Does not wait for the sign-in link: for programs that must not come up. */
  readonly expectFailure?: boolean;
}

/** Wednesday 10 June 2026, 17:00 in New York: no reminder is due, and a token lives seven hours more. */
export const quietEvening = "2026-06-10T21:00:00Z";

export interface Program {
  readonly url: string;
  /** Where people open its page unless PUBLIC_URL says otherwise: by name, which passkeys need. */
  readonly pageUrl: string;
  readonly dataDir: string;
  readonly port: number;
  readonly practicePort: number;
  readonly control: PracticeControl;
  /** Every answer this program gave to a client made here. */
  readonly answers: readonly { method: string; path: string; answer: Answer }[];
  /** The one-time link printed last. */
  link(): string;
  /** Spends the printed link; a client with the cookie and the headers of our own page. */
  signIn(): Promise<Client>;
  machine(token: string): Client;
  /** Someone without cookie or token. */
  stranger(headers?: Record<string, string>): Client;
  /** From the tap to the stored token, confirming the accounts where the program asks. */
  renew(client: Client, connectionId: string, as?: Person): Promise<CompletionReply>;
  /** SIGKILL: the end without a last word. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends it if it runs and starts it anew on the same data and ports. */
  restart(): Promise<void>;
  /** Resolves with the exit code once it ended by itself. */
  exitCode(): Promise<number | null>;
  /** All that was written to standard output and error, over all its runs. */
  output(): string;
  stdout(): string;
  stderr(): string;
}

const root = join(import.meta.dirname, "../..");
export const sameOriginHeaders = {
  "x-prebell": "1",
  "content-type": "application/json",
  "sec-fetch-site": "same-origin",
};

/** Resolves when the sign-in link is printed; rejects with the output if the program ends before. */
export async function startProgram(settings: ProgramSettings = {}): Promise<Program> {
  if (!existsSync(join(root, "web/dist/index.html")))
    execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "web"], { cwd: root });
  const port = settings.port ?? (await freePort());
  const practicePort = settings.practicePort ?? (await freePort());
  const dataDir = settings.dataDir ?? mkdtempSync(join(tmpdir(), "prebell-e2e-"));
  if (settings.at !== null && !existsSync(join(dataDir, "practice-broker.json")))
    setPracticeClock(dataDir, settings.at ?? quietEvening);
  const environment = {
    PATH: process.env["PATH"] ?? "",
    PORT: String(port),
    PRACTICE_PORT: String(practicePort),
    DATA_DIR: dataDir,
    ...settings.env,
  };
  const runs: [Run, ...Run[]] = [startRun(dataDir, environment)];
  const run = () => runs.at(-1) ?? runs[0];
  const stdout = () => runs.map((each) => each.stdout()).join("");
  const stderr = () => runs.map((each) => each.stderr()).join("");
  const output = () => stdout() + stderr();
  const link = () => /^http\S+#signin=\S+$/m.exec(run().stdout())?.[0] ?? null;
  const untilReady = () =>
    eventually("the sign-in link", () => {
      if (run().isOver()) throw new Error(`The program ended instead of starting:\n${output()}`);
      return link();
    });

  clearAfterwards(async () => {
    await run().end("SIGKILL");
    if (settings.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  if (settings.expectFailure !== true) await untilReady();

  const url = `http://127.0.0.1:${port}`;
  const control = createPracticeControl(`http://127.0.0.1:${practicePort}`);
  const answers: { method: string; path: string; answer: Answer }[] = [];
  const client = (headers: Record<string, string>) =>
    createClient(url, headers, (method, path, answer) => answers.push({ method, path, answer }));
  return {
    url,
    pageUrl: `http://localhost:${port}`,
    dataDir,
    port,
    practicePort,
    control,
    answers,
    link: () => link() ?? "",
    async signIn() {
      const token = new URL(link() ?? url).hash.replace("#signin=", "");
      const answer = await client(sameOriginHeaders).post("/api/sessions/handoff", { token });
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
      if (cookie === undefined) throw new Error(`The sign-in link was refused with ${answer.status}: ${answer.text}`);
      return client({ ...sameOriginHeaders, cookie });
    },
    machine: (token) => client({ authorization: `Bearer ${token}`, "content-type": "application/json" }),
    stranger: (headers = {}) => client(headers),
    async renew(by, connectionId, as) {
      const path = `/api/connections/${connectionId}/authorizations`;
      const { authorizeUrl } = await good<AuthorizationReply>(by.post(path));
      const choice = as === undefined ? {} : { as };
      const brought = connectionId.startsWith("schwab-")
        ? { callbackUrl: await control.schwab.accept(authorizeUrl, choice) }
        : { verifier: await control.accept(authorizeUrl, choice) };
      const completed = await good<CompletionReply>(by.post(`${path}/complete`, brought));
      if (completed.outcome !== "confirm-accounts") return completed;
      return good<CompletionReply>(by.post(`${path}/confirm-accounts`, { accept: true }));
    },
    async kill() {
      await run().end("SIGKILL");
    },
    stop: () => run().end("SIGTERM"),
    async restart() {
      await run().end("SIGKILL");
      runs.push(startRun(dataDir, environment));
      await untilReady();
    },
    exitCode: () => run().ended,
    output,
    stdout,
    stderr,
  };
}

/** Notes the time in the practice broker's memory, so that the program lives in it from its first instant. */
function setPracticeClock(dataDir: string, at: string): void {
  const state = fileState(join(dataDir, "practice-broker.json"));
  state.records.clockOffset = Temporal.Instant.from(at).since(Temporal.Now.instant(), { largestUnit: "hours" });
  state.save();
}
