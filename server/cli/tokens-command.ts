// `prebell tokens`: what programs identify themselves with. A token is printed once, alone, so that a pipe can take it.
import { createHash } from "node:crypto";
import type { Config } from "../config.ts";
import { configuredTokens } from "../configured-tokens.ts";
import { type ApiScope, apiScopes, type ApiToken, isGood, tokenName } from "../domain/api-token.ts";
import { readDeclaredTokens, writeDeclaredToken } from "../domain/declared-token.ts";
import { firstPersonId, type Person, personCalled, presentPerson } from "../domain/person.ts";
import { actingAs } from "../use-cases/acting-as.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { makeApiToken, type MakeResult } from "../use-cases/make-api-token.ts";
import { revokeApiToken } from "../use-cases/revoke-api-token.ts";
import { rotateApiToken, usualOverlap } from "../use-cases/rotate-api-token.ts";
import { atTerminal, complain, print, refused } from "./commands.ts";
import { GivenUp, openDialogue } from "./setup-dialogue.ts";

const usage = `Usage: npm run prebell -- tokens [ACTION]

  list                        all tokens that open something
  make NAME --scopes S+S      a new one, printed once; scopes: ${apiScopes.join(", ")}
       [--connections C+C]    good for these alone; without it for all its owner may see
       [--expires-in-days N]
  rotate NAME                 a new one of the same kind; the old one stays good
       [--overlap-hours N]    so long (${usualOverlap.total("hours")} if not said)
  revoke NAME                 ends it at once
  hash NAME --scopes S+S      asks for a token and prints its entry for the variable API_TOKENS
       [--connections C+C]

  make, rotate and revoke concern the first owner's tokens; --for NAME, those of another owner`;

export interface TokenFlags {
  readonly scopes?: string | undefined;
  readonly connections?: string | undefined;
  readonly "expires-in-days"?: string | undefined;
  readonly "overlap-hours"?: string | undefined;
  readonly for?: string | undefined;
}

export async function tokensCommand(
  given: Dependencies,
  config: Config,
  [action = "list", name = ""]: readonly string[],
  flags: TokenFlags,
): Promise<number> {
  const deps = actingAs(given, atTerminal);
  const configured = configuredTokens(config, deps);
  if (action === "help") {
    print(usage);
    return 0;
  }
  if (action === "list") return list(deps, configured);
  if (action !== "make" && action !== "rotate" && action !== "revoke")
    return misused(`there is no action "${action}".\n\n${usage}`);
  if (!tokenName.test(name))
    return misused(`${action}: a name has 1 to 40 letters, digits, dots, hyphens or underscores.`);
  const people = await deps.records.people();
  const owner = flags.for === undefined ? presentPerson(people, firstPersonId) : personCalled(people, flags.for);
  if (owner === null || owner.role !== "owner") return misused("--for has to name an owner; people list shows them.");
  const concerned = { name, personId: owner.id, configured };
  switch (action) {
    case "make":
      return make(deps, concerned, owner, flags);
    case "rotate":
      return rotate(deps, concerned, flags);
    case "revoke": {
      const result = await revokeApiToken(deps, concerned);
      if (result.outcome === "refused") return refused(deps, "", result);
      print(`${name}: revoked.`);
      return 0;
    }
  }
}

/** Without data and configuration: what it prints becomes part of the latter. The token is typed, never an argument. */
export async function hashCommand(name = "", flags: TokenFlags): Promise<number> {
  const scopes = readScopes(flags.scopes);
  if (!tokenName.test(name) || scopes === null)
    return misused(`hash: a name, and --scopes of ${apiScopes.join(", ")}.`);
  const dialogue = openDialogue();
  try {
    const token = await dialogue.askSecret("The token, or nothing to end: ");
    if (token.reveal().length < 24)
      return misused("hash: a token has at least 24 characters; openssl rand -base64 32 makes one.");
    const digest = createHash("sha256").update(token.reveal()).digest("hex");
    const entry = writeDeclaredToken({ name, scopes, connections: readIds(flags.connections), digest });
    const { faults } = readDeclaredTokens(entry);
    if (faults.length > 0) return misused(faults.join("\n"));
    print(entry);
    return 0;
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    complain("Given up.");
    return 1;
  } finally {
    dialogue.close();
  }
}

interface Concerned {
  readonly name: string;
  readonly personId: string;
  readonly configured: readonly ApiToken[];
}

async function make(
  deps: Dependencies,
  { name, configured }: Concerned,
  maker: Person,
  flags: TokenFlags,
): Promise<number> {
  const scopes = readScopes(flags.scopes);
  if (scopes === null) return misused(`make: --scopes takes some of ${apiScopes.join(", ")}, joined by +.`);
  const days = readNumber(flags["expires-in-days"], 3650);
  if (days === undefined || days === 0) return misused("make: --expires-in-days takes a whole number from 1 to 3650.");
  const expiresAt = days === null ? null : deps.machineClock().add({ hours: 24 * days });
  const connections = readIds(flags.connections);
  return shown(deps, await makeApiToken(deps, { name, scopes, connections, expiresAt, maker, configured }));
}

async function rotate(deps: Dependencies, concerned: Concerned, flags: TokenFlags): Promise<number> {
  const hours = readNumber(flags["overlap-hours"], 720);
  if (hours === undefined) return misused("rotate: --overlap-hours takes a whole number from 0 to 720.");
  const overlap = hours === null ? usualOverlap : Temporal.Duration.from({ hours });
  return shown(deps, await rotateApiToken(deps, { ...concerned, overlap }));
}

function shown(deps: Dependencies, result: MakeResult): number {
  if (result.outcome === "refused") return refused(deps, "", result);
  print(result.secret.reveal());
  complain("Shown this once. Give it to the program, as the header Authorization: Bearer …");
  return 0;
}

async function list(deps: Dependencies, configured: readonly ApiToken[]): Promise<number> {
  const now = deps.machineClock();
  const people = await deps.records.people();
  const made = (await deps.records.apiTokens()).filter((token) => isGood(token, now));
  if (configured.length + made.length === 0) complain("There are none.");
  for (const { name, scopes, connections, personId, expiresAt } of [...configured, ...made]) {
    const whose = people.find(({ id }) => id === personId)?.name ?? "configuration";
    const end = expiresAt === null ? "" : ` · until ${expiresAt.toString({ smallestUnit: "minute" })}`;
    print(`${name} (${whose}): ${scopes.join("+")} · ${connections?.join("+") ?? "all connections"}${end}`);
  }
  return 0;
}

/** Null if there are none, or one that does not exist. */
function readScopes(text = ""): readonly ApiScope[] | null {
  const words = text.split(/[\s,+]+/).filter((word) => word !== "");
  const known = apiScopes.filter((scope) => words.includes(scope));
  return words.length === 0 || words.some((word) => !apiScopes.some((scope) => scope === word)) ? null : known;
}

function readIds(text: string | undefined): readonly string[] | null {
  if (text === undefined || text === "*") return null;
  return text.split(/[\s,+]+/).filter((word) => word !== "");
}

/** Null where none is given, undefined where it is no whole number up to `most`. */
function readNumber(text: string | undefined, most: number): number | null | undefined {
  if (text === undefined) return null;
  return /^\d{1,5}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

function misused(sentence: string): number {
  complain(sentence.startsWith("--") ? sentence : `tokens: ${sentence}`);
  return 2;
}
