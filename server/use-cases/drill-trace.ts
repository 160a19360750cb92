// What is known of a fire drill by now, put together from what the loop leaves behind anyway: its message, its authorizations,
// its token, its event, its confirmations. So a step can't be claimed that did not happen.
import { channelLabel } from "../domain/channel.ts";
import { type Drill, drillConnectionId, type DrillTrace } from "../domain/drill.ts";
import { presentPerson } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "records" | "outbox" | "configuredChannels">;

/** Newer than a drill's alert are at most the messages of its quarter of an hour. */
const messagesBack = 50;

/** The newest drill as far as it has come; null if there never was one. */
export async function newestDrill(deps: Needs): Promise<Drill | null> {
  const [newest] = await deps.records.drills(1);
  return newest === undefined ? null : broughtUp(deps, newest);
}

/** A running drill with its trace; any other as it is. */
export async function broughtUp(deps: Needs, drill: Drill): Promise<Drill> {
  return drill.state === "running" ? { ...drill, ...(await traceOf(deps, drill)) } : drill;
}

export async function traceOf(deps: Needs, drill: Drill): Promise<DrillTrace> {
  const { rangAt } = drill;
  if (rangAt === null) return drill;
  const [connection, pendings, messages, confirmations, people] = await Promise.all([
    deps.records.connection(drillConnectionId),
    deps.records.pendingAuthorizations(deps.clock(), drillConnectionId),
    deps.outbox.messages(messagesBack),
    deps.records.confirmations(),
    deps.records.people(),
  ]);
  const isOfIt = (at: Temporal.Instant) => Temporal.Instant.compare(at, rangAt) >= 0;
  const alert = messages.find(({ notice }) => notice.kind === "drill" && notice.drill === drill.id);
  const token = connection?.token ?? null;
  const begunAt = earliest([
    ...pendings.map(({ startedAt }) => startedAt).filter(isOfIt),
    ...(token === null ? [] : [token.startedAt]),
  ]);
  const confirmation = confirmations
    .filter(({ connectionId, version }) => connectionId === drillConnectionId && version === token?.version)
    .toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))[0];
  const reader = presentPerson(people, drill.personId);
  const channels = reader === null ? [] : channelsOf(reader, deps.configuredChannels);
  const labelOf = (id: string) => {
    const channel = channels.find((each) => each.id === id);
    return channel === undefined ? "a channel that is gone" : channelLabel(channel);
  };
  return {
    steps: {
      alertedAt: alert?.sentAt ?? null,
      acknowledgedAt: earliest([drill.steps.acknowledgedAt, begunAt]),
      begunAt,
      authorizedAt: token?.issuedAt ?? null,
      renewedAt: token?.storedAt ?? null,
      publishedAt: token === null ? null : await deps.outbox.announcedAt(drillConnectionId, token.version),
      confirmedAt: confirmation?.at ?? null,
    },
    tries: (alert?.passage.tries ?? []).map((each) => ({ ...each, channel: labelOf(each.channel) })),
    confirmedBy: confirmation?.consumer ?? null,
  };
}

function earliest(instants: readonly (Temporal.Instant | null)[]): Temporal.Instant | null {
  return instants.filter((at) => at !== null).toSorted((a, b) => Temporal.Instant.compare(a, b))[0] ?? null;
}
