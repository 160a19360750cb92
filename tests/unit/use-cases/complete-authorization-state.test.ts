import { describe, expect, it } from "vitest";
import type { GivenAnswer } from "../../../server/domain/verifier.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";
import { aScriptedProvider } from "./scripted-provider.ts";
import { aWorkbench, session } from "./workbench.ts";

const id = "schwab-prod";
const code = "C0.abc.def@";
const address = (query: string) => `https://127.0.0.1/?code=C0.abc.def%40&session=1${query}`;

/** A renewal that waits for the address, whose state is "request-1". */
async function aWaitingRenewal() {
  const bench = aWorkbench({ ids: [] });
  const provider = aScriptedProvider({ id, provider: "schwab", environment: "prod" });
  const deps = { ...bench.deps, providers: new Map([[id, provider]]) };
  const start = createStartAuthorization();
  await start(deps, { connectionId: id, sessionId: session, restart: false });
  const bring = (answer: GivenAnswer, sessionId = session) =>
    completeAuthorization(deps, { connectionId: id, sessionId, answer });
  const exchanges = () => provider.calls.filter((call) => call.startsWith("exchange"));
  return { bring, exchanges };
}

describe("the address that completeAuthorization is given", () => {
  it.each([
    ["a pasted one", { verifier: address("&state=request-1") }],
    ["the one our page was called with", { callbackUrl: address("&state=request-1") }],
    ["the code alone", { verifier: "C0.abc.def%40" }],
  ])("is exchanged: %s", async (_what, answer) => {
    const { bring, exchanges } = await aWaitingRenewal();
    expect(await bring(answer)).not.toMatchObject({ outcome: "refused" });
    expect(exchanges()).toEqual([`exchange request-1 ${code}`]);
  });

  it.each([
    ["another state", { callbackUrl: address("&state=another") }],
    ["no state", { callbackUrl: address("") }],
    ["an empty state", { callbackUrl: address("&state=") }],
    ["no state, pasted", { verifier: address("") }],
  ])("is refused, and nothing exchanged, with %s", async (_what, answer) => {
    const { bring, exchanges } = await aWaitingRenewal();
    expect(await bring(answer)).toMatchObject({ code: "callback-mismatch" });
    expect(exchanges()).toEqual([]);
  });

  it.each([
    ["with the right state", { verifier: address("&state=request-1") }],
    ["as the code alone", { verifier: code }],
  ])("is nobody else's, %s", async (_what, answer) => {
    const { bring, exchanges } = await aWaitingRenewal();
    expect(await bring(answer, "another phone")).toMatchObject({ code: "authorization-elsewhere" });
    expect(exchanges()).toEqual([]);
  });
});
