import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import type { Connection } from "../../../server/domain/connection.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import type { Provider } from "../../../server/ports.ts";
import { examineKey, examineToken } from "../../../server/use-cases/examine-broker.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import type { Finding } from "../../../server/use-cases/finding.ts";
import { aConnection, aToken } from "../../support/builders.ts";
import { aScriptedProvider } from "./scripted-provider.ts";
import { aWorkbench, morning } from "./workbench.ts";

const identity = { id: "schwab-prod", provider: "schwab", environment: "prod" } as const;

type Examine = (deps: Dependencies, provider: Provider) => Promise<Finding>;

async function examined(connection: Partial<Connection> | null, examine: Examine) {
  const bench = aWorkbench();
  const scripted = aScriptedProvider(identity);
  const provider: Provider = {
    ...scripted,
    policy: schwabPolicy(),
    revoke: null,
    renewal: { kind: "refresh", refresh: async () => failed("unreachable") },
  };
  const deps = { ...bench.deps, providers: new Map([[identity.id, provider]]) };
  if (connection !== null) await bench.have({ ...aConnection(connection), ...identity });
  return { finding: await examine(deps, provider), calls: scripted.calls };
}

const days = (count: number, ahead: Temporal.Duration | null) =>
  aToken({
    issuedAt: morning.subtract({ hours: 24 * count }),
    accessExpiresAt: ahead === null ? morning : morning.add(ahead),
  });
const fresh = Temporal.Duration.from({ minutes: 20 });

describe("the doctor on the key of an app that is looked at only at logins", () => {
  it("says that it was not tried where nobody has logged in", async () => {
    const { finding, calls } = await examined(null, examineKey);
    expect(finding).toMatchObject({ verdict: "warning", sentence: expect.stringContaining("Not tried yet") });
    expect(calls).toEqual([]);
  });

  it("says when it was taken", async () => {
    const { finding } = await examined({ token: days(1, fresh) }, examineKey);
    expect(finding).toMatchObject({ verdict: "ok", sentence: expect.stringContaining("version 1 was issued") });
  });

  it("says that it was refused since", async () => {
    const { failure } = failed("consumer-key-rejected", 401);
    const lastFailure = { at: morning, call: "accounts-list", failure } as const;
    const { finding } = await examined({ token: days(1, fresh), lastFailure }, examineKey);
    expect(finding).toMatchObject({ verdict: "fault", sentence: expect.stringContaining("SCHWAB_CLIENT_ID") });
  });
});

describe("the doctor on a token with two clocks", () => {
  it.each([
    ["is fine with days to go", 4, fresh, "ok", "account list came back", 1],
    ["asks for a renewal when less than two are left", 6, fresh, "warning", "in 24 h", 1],
    ["takes a lapsed access token for nothing bad, and calls nobody with it", 4, null, "ok", "lapsed", 0],
    ["warns of the login's end behind a lapsed access token too", 6, null, "warning", "in 24 h", 0],
  ] as const)("%s", async (_what, age, ahead, verdict, words, count) => {
    const { finding, calls } = await examined({ token: days(age, ahead) }, examineToken);
    expect(finding).toMatchObject({ verdict, sentence: expect.stringContaining(words) });
    expect(calls).toHaveLength(count);
  });
});
