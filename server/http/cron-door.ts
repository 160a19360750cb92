// The door of /cron: in the cloud Cloud Scheduler's identity token opens it and nothing else does, on a laptop the API token.
import type { Context, MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { ApiToken } from "../domain/api-token.ts";
import { allowMachine } from "./allow.ts";
import { createIdentify, type Env, identifyCaller } from "./caller.ts";
import { problem } from "./problem.ts";
import { sameOrigin } from "./same-origin.ts";
import { type CronAccess, schedulerVerifier, type TokenFault } from "./scheduler-identity.ts";

export interface CronEnv {
  Variables: Env["Variables"] & {
    /** The instant this call was scheduled for; the same in every repetition. Unset where the caller's word does not count. */
    scheduledAt?: Temporal.Instant;
  };
}

export interface CronSettings {
  readonly cron: CronAccess | "api-token" | null;
  readonly apiTokens: readonly ApiToken[];
  readonly origins: ReadonlySet<string>;
}

export function cronDoor(deps: Dependencies, settings: CronSettings): MiddlewareHandler<CronEnv> {
  const { cron } = settings;
  if (cron === "api-token")
    return every(
      identifyCaller(createIdentify(deps, settings.apiTokens)),
      sameOrigin(settings.origins),
      allowMachine("cron"),
    );

  const refuse = (c: Context, reason: keyof typeof refusals) => {
    deps.log.warn("cron-refused", { reason });
    const { status, code, detail } = refusals[reason];
    if (status === 503) c.header("Retry-After", "30");
    return problem(c, status, code, detail);
  };
  if (cron === null) return async (c) => refuse(c, "closed");

  const verify = schedulerVerifier(cron, deps.machineClock);
  return async (c, next) => {
    const token = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined) return refuse(c, "no-token");
    const fault = await verify(token);
    if (fault !== null) return refuse(c, fault);
    const scheduledAt = instantOf(c.req.header("x-cloudscheduler-scheduletime"));
    if (scheduledAt !== null) c.set("scheduledAt", scheduledAt);
    return next();
  };
}

function instantOf(text: string | undefined): Temporal.Instant | null {
  try {
    return text === undefined ? null : Temporal.Instant.from(text);
  } catch {
    return null;
  }
}

const notTheScheduler = {
  status: 401,
  code: "wrong-scheduler-token",
  detail: "This is for Cloud Scheduler. The token it sends was not accepted; the log says why.",
} as const;

const refusals: Record<
  TokenFault | "no-token" | "closed",
  { readonly status: 401 | 403 | 503; readonly code: string; readonly detail: string }
> = {
  closed: {
    status: 403,
    code: "cron-closed",
    detail: "Nobody may call this: CRON_AUDIENCE and CRON_SERVICE_ACCOUNT are not set.",
  },
  "no-token": {
    status: 401,
    code: "no-scheduler-token",
    detail: "This is for Cloud Scheduler, which sends an identity token.",
  },
  "keys-unreachable": {
    status: 503,
    code: "keys-unreachable",
    detail: "Google's public keys can't be fetched now, so the token could not be checked. Try again.",
  },
  "signature-removed": {
    status: 401,
    code: "signature-removed",
    detail:
      "Cloud Run checked this token itself and removed its signature, so it can't be checked here. /cron has to be called on a service whose invoker check is open to all; this check is its guard.",
  },
  "other-account": {
    status: 403,
    code: "not-the-scheduler",
    detail: "The token is Google's, but of another account than CRON_SERVICE_ACCOUNT.",
  },
  "unverified-email": notTheScheduler,
  malformed: notTheScheduler,
  algorithm: notTheScheduler,
  "unknown-key": notTheScheduler,
  signature: notTheScheduler,
  expired: notTheScheduler,
  "not-yet-valid": notTheScheduler,
  issuer: notTheScheduler,
  audience: notTheScheduler,
  "claim-missing": notTheScheduler,
};
