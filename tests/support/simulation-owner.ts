// The simulated owner's hands: taps Renew, accepts at the broker, brings the code back.
import { completeAuthorization } from "../../server/use-cases/complete-authorization.ts";
import { confirmAccounts } from "../../server/use-cases/confirm-accounts.ts";
import { createStartAuthorization } from "../../server/use-cases/start-authorization.ts";
import type { Simulation } from "./simulation.ts";

const sessionId = "the owner's phone";
// O is in no code of the practice broker.
const wrongCode = "WRONG";

/** How it ended: "stored as version 7", or "refused: " and why. */
export async function renewAsOwner(
  { deps, control, clock }: Simulation,
  connectionId: string,
  wrongCodeFirst: boolean,
): Promise<string> {
  const started = await createStartAuthorization()(deps, { connectionId, sessionId, restart: false });
  if (started.outcome === "refused") return `refused: ${started.code}`;
  clock.advance(Temporal.Duration.from({ seconds: 12 }));
  const verifier = await control.accept(started.pending.authorizeUrl);
  const bring = (code: string) => completeAuthorization(deps, { connectionId, sessionId, answer: { verifier: code } });
  if (wrongCodeFirst) {
    const refused = await bring(wrongCode);
    if (refused.outcome !== "refused" || refused.code !== "verifier-rejected" || refused.triesLeft !== 2)
      return `the wrong code was answered with ${JSON.stringify(refused)}`;
  }
  let result: Awaited<ReturnType<typeof confirmAccounts>> = await bring(verifier);
  // Only the first time: later logins open the accounts that are pinned by then.
  if (result.outcome === "confirm-accounts")
    result = await confirmAccounts(deps, { connectionId, sessionId, accept: true });
  if (result.outcome === "refused") return `refused: ${result.code}`;
  return result.outcome === "stored" ? `stored as version ${result.version}` : result.outcome;
}
