// `prebell connections`: those with keys of their own. Keys are asked for unseen, or read from files or a pipe; an argument
// would stand in the shell's history and in the list of processes.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { BrokerKeys } from "../domain/broker-keys.ts";
import type { Environment, ProviderId } from "../domain/connection.ts";
import { firstPersonId, type Person } from "../domain/person.ts";
import type { Refusal } from "../domain/refusal.ts";
import { refusalSentence } from "../domain/refusal.ts";
import { Secret } from "../domain/secret.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import { addConnection, type KeysRefused } from "../use-cases/add-connection.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { removeConnection } from "../use-cases/remove-connection.ts";
import { replaceKeys } from "../use-cases/replace-keys.ts";
import { complain, labelOf, print } from "./commands.ts";
import { type Dialogue, GivenUp, openDialogue } from "./setup-dialogue.ts";

const usage = `Usage: npm run prebell -- connections ACTION

  list                    every connection: its keys' end, whose it is
  add                     one more, with keys of its own; asks for what is not named:
       --broker etrade|schwab  --sandbox (E*TRADE's)  --name Anna  --owner PERSON
       --redirect URL (Schwab: as registered with the app; else the configured one)
  keys CONNECTION         new keys for a connection that was added
       --redirect URL
  remove CONNECTION       revoke, and destroy its keys and tokens; --yes asks nothing

  Keys are typed unseen. For scripts: --key-file PATH --secret-file PATH, or key and secret
  as two lines of standard input. Never as arguments.`;

const options = {
  broker: { type: "string" },
  sandbox: { type: "boolean", default: false },
  name: { type: "string" },
  owner: { type: "string" },
  redirect: { type: "string" },
  "key-file": { type: "string" },
  "secret-file": { type: "string" },
  yes: { type: "boolean", default: false },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];

/** Resolves with the exit code. */
export async function connectionsCommand(deps: Dependencies, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [action, id] = positionals;
  const wanted = action === "keys" || action === "remove" ? 2 : 1;
  if (positionals.length > wanted) {
    complain(`Too many words. Keys are never given as arguments: what stood there should be replaced.\n\n${usage}`);
    return 2;
  }
  if (action === "list") return list(deps);
  if (action !== "add" && !((action === "keys" || action === "remove") && id !== undefined)) {
    complain(usage);
    return 2;
  }
  const dialogue = openDialogue();
  try {
    if (action === "add") return await add(deps, dialogue, values);
    return await (action === "keys"
      ? replace(deps, dialogue, id ?? "", values)
      : remove(deps, dialogue, id ?? "", values));
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    complain("\nGiven up; nothing was changed.");
    return 1;
  } finally {
    dialogue.close();
  }
}

async function list(deps: Dependencies): Promise<number> {
  const [connections, people] = await Promise.all([deps.records.connections(), deps.records.people()]);
  for (const connection of connections.filter(({ removedAt }) => removedAt === null)) {
    const { id, keys, ownerId } = connection;
    const owner = people.find((person) => person.id === ownerId)?.name ?? ownerId;
    const where =
      keys === null
        ? deps.providers.has(id)
          ? "keys in the configuration"
          : "no keys configured"
        : `key ${keys.masked}${deps.providers.has(id) ? "" : ", which can't be read: doctor says why"}`;
    print(`${connectionLabel(connection)} (${id})\n  ${where}; belongs to ${owner}`);
  }
  return 0;
}

async function add(deps: Dependencies, dialogue: Dialogue, flags: Flags): Promise<number> {
  const owner = ownerOf(await deps.records.people(), flags.owner);
  if (owner === null) return misused(`--owner: there is no person "${flags.owner}" with the role owner.`);
  const provider = brokerIn(flags.broker ?? (await dialogue.ask("Broker (etrade or schwab): ")));
  if (provider === null) return misused("The broker is etrade or schwab.");
  const environment: Environment = flags.sandbox ? "sandbox" : "prod";
  const name = flags.name ?? (await dialogue.ask('Name, to tell it from others, such as "Anna": '));
  const keys = await keysFor(dialogue, flags);
  const result = await addConnection(deps, { provider, environment, name: name.trim(), ownerId: owner.id, keys });
  if (result.outcome !== "added") return refusedWith(result, providerName({ id: "", provider, environment }));
  const { id } = result.connection;
  print(`${connectionLabel(result.connection)} is added as ${id}.`);
  complain(provenWords(result.proven, provider));
  complain(`Now log in for it: npm run prebell -- renew ${id}`);
  return 0;
}

async function replace(deps: Dependencies, dialogue: Dialogue, id: string, flags: Flags): Promise<number> {
  const result = await replaceKeys(deps, id, await keysFor(dialogue, flags));
  if (result.outcome !== "replaced") return refusedWith(result, brokerName(deps, id));
  print(`${connectionLabel(result.connection)}: the keys are replaced.`);
  complain(provenWords(result.proven, result.connection.provider));
  if (!result.tokenKept) complain(`The token belonged to the old key and is over: npm run prebell -- renew ${id}`);
  return 0;
}

async function remove(deps: Dependencies, dialogue: Dialogue, id: string, flags: Flags): Promise<number> {
  const label = labelOf(deps, id);
  const sure =
    flags.yes || (await dialogue.confirm(`Remove ${label}, with its keys and tokens? That can't be undone.`));
  if (!sure) {
    complain("Nothing was changed.");
    return 1;
  }
  const result = await removeConnection(deps, id);
  if (result.outcome === "refused") return refusedWith(result, brokerName(deps, id));
  print(`${label}: removed.${result.token === null ? "" : ` ${result.token}`}`);
  return 0;
}

async function keysFor(dialogue: Dialogue, flags: Flags): Promise<BrokerKeys> {
  const read = (path: string | undefined, prompt: string) =>
    path === undefined ? dialogue.askSecret(prompt) : new Secret(readFileSync(path, "utf8").trim());
  const consumerKey = await read(flags["key-file"], "Consumer key (not shown): ");
  const consumerSecret = await read(flags["secret-file"], "Consumer secret (not shown): ");
  return { consumerKey, consumerSecret, redirectUri: flags.redirect ?? null };
}

function ownerOf(people: readonly Person[], named: string | undefined): Person | null {
  const owners = people.filter(({ role, removedAt }) => role === "owner" && removedAt === null);
  return (
    owners.find(({ id, name }) => (named === undefined ? id === firstPersonId : name === named || id === named)) ?? null
  );
}

function brokerIn(word: string): ProviderId | null {
  return word === "etrade" || word === "schwab" ? word : null;
}

function brokerName(deps: Dependencies, id: string): string {
  const provider = deps.providers.get(id);
  return provider === undefined ? "The broker" : providerName(provider.identity);
}

function provenWords(proven: boolean, provider: ProviderId): string {
  const broker = providerName({ id: "", provider, environment: "prod" });
  return proven ? `${broker} takes the keys.` : `${broker} looks at keys only at a login: the first one will tell.`;
}

function refusedWith(result: Refusal | KeysRefused, broker: string): number {
  complain(result.outcome === "refused" ? refusalSentence(result, broker) : result.sentence);
  return 1;
}

function misused(sentence: string): number {
  complain(sentence);
  return 2;
}
