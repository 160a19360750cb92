// `prebell renew`: the ceremony in a terminal. The broker's page opens wherever there is a browser; what it ends with, a code or
// the address it came out at, is typed or pasted here.
import { createInterface, type Interface } from "node:readline/promises";
import type { ProviderId } from "../domain/connection.ts";
import type { Refusal } from "../domain/refusal.ts";
import { completeAuthorization } from "../use-cases/complete-authorization.ts";
import { confirmAccounts } from "../use-cases/confirm-accounts.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { SettleResult } from "../use-cases/settle-candidate.ts";
import { createStartAuthorization } from "../use-cases/start-authorization.ts";
import { complain, labelOf, print, refused } from "./commands.ts";

interface CeremonyWords {
  readonly invitation: string;
  readonly hint: string | null;
  readonly prompt: string;
}

const ceremonies: Readonly<Record<ProviderId, CeremonyWords>> = {
  etrade: {
    invitation: "Log in at the broker and accept (the link lives five minutes)",
    hint: null,
    prompt: "Code: ",
  },
  schwab: {
    invitation: "Log in at Schwab, tick every account and press Done (the link lives ten minutes)",
    hint: "The browser then comes out at the app's callback address, where often no page is: that is right. Copy the whole address and paste it here at once; what is in it lives 30 seconds. If Prebell's own page opens there, renew on that page instead.",
    prompt: "Address: ",
  },
};

interface TerminalRequest {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly personId: null;
}

export async function renewCommand(deps: Dependencies, connectionId: string): Promise<number> {
  const request: TerminalRequest = { connectionId, sessionId: `terminal-${deps.random.id()}`, personId: null };
  const started = await createStartAuthorization()(deps, { ...request, restart: false });
  if (started.outcome === "refused") return refused(deps, connectionId, started);
  const provider = deps.providers.get(connectionId);
  const words = ceremonies[provider?.identity.provider ?? "etrade"];
  if (provider?.policy.newLoginEndsEarlier)
    complain("A new login ends the one before it, for every program that uses it.");
  print(`${words.invitation}:\n\n${started.pending.authorizeUrl}\n`);
  if (words.hint !== null) complain(words.hint);

  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // End of input (a pipe ran dry, Ctrl-D) counts as giving up; whatever is waiting lapses by itself.
  const ended = new AbortController();
  terminal.once("close", () => ended.abort());
  try {
    const result = await bringCode(deps, terminal, ended.signal, words.prompt, request);
    if (result.outcome === "refused") return refused(deps, connectionId, result);
    const final =
      result.outcome === "confirm-accounts"
        ? await askAboutAccounts(deps, terminal, ended.signal, request, result.accounts)
        : result;
    return say(deps, connectionId, final);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    complain("Given up. Nothing stored has changed.");
    return 1;
  } finally {
    terminal.close();
  }
}

async function bringCode(
  deps: Dependencies,
  terminal: Interface,
  signal: AbortSignal,
  prompt: string,
  request: TerminalRequest,
): Promise<SettleResult> {
  for (;;) {
    const verifier = await terminal.question(prompt, { signal });
    const result = await completeAuthorization(deps, { ...request, answer: { verifier } });
    if (result.outcome !== "refused" || !mayTryAgain(result)) return result;
    refused(deps, request.connectionId, result);
  }
}

function mayTryAgain(refusal: Refusal): boolean {
  return (
    refusal.code === "verifier-malformed" ||
    refusal.code === "broker-unavailable" ||
    (refusal.code === "verifier-rejected" && (refusal.triesLeft ?? 0) > 0)
  );
}

async function askAboutAccounts(
  deps: Dependencies,
  terminal: Interface,
  signal: AbortSignal,
  request: TerminalRequest,
  accounts: readonly string[],
) {
  print(`This login opens:\n${accounts.map((account) => `  ${account}`).join("\n")}`);
  const answer = await terminal.question("Pin the connection to these accounts? [y/N] ", { signal });
  return confirmAccounts(deps, { ...request, accept: /^y(es)?$/i.test(answer.trim()) });
}

function say(
  deps: Dependencies,
  connectionId: string,
  result: SettleResult | { readonly outcome: "discarded" },
): number {
  const label = labelOf(deps, connectionId);
  switch (result.outcome) {
    case "refused":
      return refused(deps, connectionId, result);
    case "stored":
      print(`${label}: renewed; version ${result.version} is verified and stored.`);
      return 0;
    case "verifying":
      print(
        `${label}: the new token is safe here, but the broker does not answer the proving call. Prebell repeats it.`,
      );
      return 1;
    case "discarded":
    case "confirm-accounts":
      print(`${label}: the new token was discarded; nothing was stored.`);
      return 1;
  }
}
