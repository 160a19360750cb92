// A workbench with people on it, their browsers, and passkeys in software.
import type { AssertedCredential, CreatedCredential } from "../../../server/domain/passkey.ts";
import type { Person } from "../../../server/domain/person.ts";
import type { AssertedPasskey, CreatedPasskey } from "../../../server/http/contract.ts";
import { beginEnrolment, type Enrolment, finishEnrolment } from "../../../server/use-cases/enrol-passkey.ts";
import { createLink, findSession, type SignedIn, spendLink } from "../../../server/use-cases/sign-in.ts";
import { beginPasskeySignIn, finishPasskeySignIn } from "../../../server/use-cases/sign-in-by-passkey.ts";
import { aPerson } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { createSoftPasskey, type Deviation, type SoftPasskey } from "../../support/soft-passkey.ts";
import { aWorkbench, pageOrigin, type Workbench } from "./workbench.ts";

export interface PasskeyBench extends Workbench {
  person(id?: string): Promise<Person>;
  /** As recorded now, whatever was changed since. */
  change(change: Partial<Person>, id?: string): Promise<void>;
  signInByLink(id?: string): Promise<SignedIn>;
  enrol(by: SignedIn, passkey: SoftPasskey, deviation?: Deviation): Promise<Enrolment>;
  /** A passkey enrolled from a fresh link. */
  enrolled(id?: string): Promise<SoftPasskey>;
  /** The cookie; null if it was refused. */
  signIn(passkey: SoftPasskey, deviation?: Deviation): Promise<string | null>;
  session(cookie: string | null): Promise<SignedIn>;
  /** Why passkeys were refused, as the log says. */
  refusals(): unknown[];
  /** Every line of that kind, newest first. */
  journalled(kind: string): Promise<string[]>;
}

export async function aPasskeyBench(people: readonly Person[] = [aPerson()]): Promise<PasskeyBench> {
  const bench = aWorkbench({ stores: inMemoryStores(people) });
  const { deps, stores } = bench;

  const more: Omit<PasskeyBench, keyof Workbench> = {
    async person(id = "owner") {
      const found = (await stores.records.people()).find((person) => person.id === id);
      if (found === undefined) throw new Error(`There is no ${id}.`);
      return found;
    },
    async change(change, id) {
      await stores.records.commit({ person: { ...(await all.person(id)), ...change } });
    },
    async signInByLink(id = "owner") {
      const opened = await spendLink(deps, (await createLink(deps, id)).reveal());
      return all.session(opened?.secret.reveal() ?? null);
    },
    async enrol(by, passkey, deviation) {
      const created = createdOf(passkey.register(await beginEnrolment(deps, by), deviation));
      return finishEnrolment(deps, by, created, { name: null, device: "Chrome on Android" });
    },
    async enrolled(id) {
      const passkey = createSoftPasskey(pageOrigin);
      const enrolment = await all.enrol(await all.signInByLink(id), passkey);
      if (enrolment.outcome === "refused") throw new Error(`The passkey was refused: ${enrolment.reason}`);
      return passkey;
    },
    async signIn(passkey, deviation) {
      const asserted = assertedOf(passkey.assert(await beginPasskeySignIn(deps), deviation));
      return (await finishPasskeySignIn(deps, asserted))?.reveal() ?? null;
    },
    async session(cookie) {
      const found = cookie === null ? null : await findSession(deps, cookie);
      if (found === null) throw new Error("This cookie opens nothing.");
      return found;
    },
    refusals: () => bench.logged.filter(({ event }) => event === "passkey-refused").map(({ fields }) => fields.reason),
    async journalled(kind) {
      return (await stores.records.journal(100)).filter((entry) => entry.kind === kind).map(({ text }) => text);
    },
  };
  // Not a copy: the test moves `now`, and the dependencies read it.
  const all = Object.assign(bench, more);
  return all;
}

export function createdOf({ id, rawId, response }: CreatedPasskey): CreatedCredential {
  return { id, rawId, ...response, transports: response.transports ?? [] };
}

export function assertedOf({ id, rawId, response }: AssertedPasskey): AssertedCredential {
  return { id, rawId, ...response, userHandle: response.userHandle ?? null };
}
