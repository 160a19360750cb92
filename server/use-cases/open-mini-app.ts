// The Mini App was opened: who that is by Telegram's word, what they may renew, and a link for each into the system browser.
import { isLocked, mayOn } from "../domain/access.ts";
import type { EntryRefusal } from "../domain/entry.ts";
import { type InitData, initDataLife, isFreshlyOpened } from "../domain/init-data.ts";
import { type Person, personOfChat } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import { seeingOnly } from "./acting-as.ts";
import type { Dependencies } from "./dependencies.ts";
import { mintHandOver } from "./hand-over.ts";
import { noteEntry } from "./note-entry.ts";
import { type ConnectionOverview, readOverview } from "./overview.ts";

type Needs = Pick<
  Dependencies,
  | "clock"
  | "machineClock"
  | "random"
  | "sessions"
  | "records"
  | "outbox"
  | "providers"
  | "readInitData"
  | "log"
  | "nudge"
>;

export interface OpenedMiniApp {
  readonly person: Person;
  /** Null where a lock forbids it. */
  readonly handOvers: readonly { readonly overview: ConnectionOverview; readonly secret: Secret | null }[];
}

/** Null if Telegram does not vouch for it, or not for this moment, or for nobody we know. `device`: for the note of it. */
export async function openMiniApp(deps: Needs, initData: string, device: string | null): Promise<OpenedMiniApp | null> {
  const data = deps.readInitData?.(initData) ?? null;
  if (data === null) return refused(deps, "not-from-telegram");
  const people = await deps.records.people();
  const person = personOfChat(people, data.userId);
  if (person === null) return refused(deps, "unknown-person");
  if (!isFreshlyOpened(data, deps.machineClock())) return refusedTo(deps, person, data, "stale", device);
  const isFirst = await deps.sessions.addOneTime({
    purpose: "init-data",
    digest: deps.random.digest(data.hash),
    facts: {},
    // A moment longer than it could be taken for fresh.
    expiresAt: data.openedAt.add(initDataLife).add({ seconds: 1 }),
  });
  if (!isFirst) return refusedTo(deps, person, data, "opened-twice", device);

  const theirs = (await deps.records.connections()).filter((each) => mayOn(person, each, "renew"));
  const locked = new Set(theirs.filter((each) => isLocked(people, each, person.id)).map(({ id }) => id));
  const { connections } = await readOverview(seeingOnly(deps, new Set(theirs.map(({ id }) => id))));
  const handOvers = await Promise.all(
    connections.map(async (overview) => ({
      overview,
      secret: locked.has(overview.connection.id) ? null : await mintHandOver(deps, person.id, overview.connection.id),
    })),
  );
  deps.log.info("mini-app-opened", { count: handOvers.length });
  return { person, handOvers };
}

/** Anybody may open the Mini App of a bot: whoever nobody knows is nobody's news. */
function refused(deps: Needs, reason: string): null {
  deps.log.info("mini-app-refused", { reason });
  return null;
}

/** Told to the person once for each opening, however often it is tried. */
async function refusedTo(
  deps: Needs,
  person: Person,
  data: InitData,
  outcome: EntryRefusal,
  device: string | null,
): Promise<null> {
  const isNews = await deps.sessions.addOneTime({
    purpose: "init-data",
    digest: deps.random.digest(`refused ${data.hash}`),
    facts: {},
    expiresAt: deps.machineClock().add({ hours: 24 }),
  });
  if (isNews) await noteEntry(deps, person, { door: "telegram", outcome, device });
  return refused(deps, outcome);
}
