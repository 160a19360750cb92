// What is true now, and the keep-alive health of every connection.
import { type Context, Hono } from "hono";
import { mayOn } from "../domain/access.ts";
import { actOf } from "../domain/api-token.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { keepAliveConnection } from "../use-cases/keep-alive-connection.ts";
import { readOverview } from "../use-cases/overview.ts";
import { allow } from "./allow.ts";
import type { Env } from "./caller.ts";
import { chatView } from "./channel-views.ts";
import type { KeepAliveReply, KeepAliveStatusReply, StatusReply } from "./contract.ts";
import { iso, keepAliveView, statusReply, type ViewSettings } from "./views.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

export function statusRoutes(settings: ViewSettings): Hono<Env> {
  const reply = createStatusReply(settings);
  return new Hono<Env>()
    .get("/status", allow("status"), async (c) =>
      c.body(await reply(c.var.deps, await viewerOf(c)), 200, { "content-type": "application/json" }),
    )
    .get("/keepalive/status", allow("status"), async (c) => c.json(await keepAliveStatus(c.var.deps, new Map())))
    .post("/keepalive/force", allow("keepalive"), async (c) => {
      const deps = c.var.deps;
      const outcomes = await Promise.all(
        renewable(c).map(async (id) => {
          const outcome = await keepAliveConnection(deps, id, { force: true });
          return [id, outcome === "not-due" ? "nothing-to-keep-alive" : outcome] as const;
        }),
      );
      return c.json(await keepAliveStatus(deps, new Map(outcomes)));
    });
}

/** The connections that the caller may do more to than look. */
function renewable(c: Context<Env>): string[] {
  const caller = c.var.caller;
  const all = [...c.var.visible.values()];
  const person = caller?.kind === "person" ? caller.person : caller?.maker;
  const theirs = person ? all.filter((each) => mayOn(person, each, actOf.keepalive)) : all;
  return theirs.map(({ id }) => id);
}

/** A `StatusReply` as text. Gathered anew when a record changed or the second did: nothing in it but `now` moves faster. */
function createStatusReply(settings: ViewSettings): (deps: Dependencies, viewer: Viewer) => Promise<string> {
  let known: { readonly key: string; readonly text: string } | null = null;

  return async (deps, viewer) => {
    const now = deps.clock();
    // Counted before the reading: what changes meanwhile is seen next time.
    const changes = await deps.records.changeCount();
    const key = `${changes} ${Math.floor(now.epochMilliseconds / 1000)} ${viewer.id}`;
    if (known?.key !== key) {
      const overview = await readOverview(deps);
      const chat = chatView(overview.undelivered, viewer.reader, deps.configuredChannels, settings.chat);
      const { now: _now, ...rest }: StatusReply = statusReply(overview, changes, settings, viewer, chat);
      known = { key, text: JSON.stringify(rest).slice(1) };
    }
    return `{"now":"${iso(now)}",${known.text}`;
  };
}

async function keepAliveStatus(
  deps: Dependencies,
  outcomes: ReadonlyMap<string, KeepAliveReply["outcome"]>,
): Promise<KeepAliveStatusReply> {
  const overview = await readOverview(deps);
  return {
    now: iso(overview.now),
    connections: overview.connections.map(({ connection, status, nextCheckAt }) => {
      const outcome = outcomes.get(connection.id);
      return {
        id: connection.id,
        status: status.word,
        ...keepAliveView(connection, nextCheckAt),
        ...(outcome === undefined ? {} : { outcome }),
      };
    }),
  };
}
