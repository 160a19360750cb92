// The apps that a broker's developer portal gave keys to: the public pair of each, and those registered through the control.
import { randomBytes } from "node:crypto";
import type { Environment } from "../domain/connection.ts";
import { practiceSchwab, type PracticeKeys } from "./practice-keys.ts";
import type { PracticeRecords } from "./practice-records.ts";
import type { SchwabRecords } from "./schwab-records.ts";
import { sameText } from "./signature.ts";

export interface EtradeApp {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly environment: Environment;
}

export interface SchwabApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Whose a token is: null for the public pair, else the consumer key. Tokens of one app are nothing to another. */
export type AppName = string | null;

export function etradeAppOf(
  keys: PracticeKeys,
  { apps }: PracticeRecords,
  consumerKey: string,
): (EtradeApp & { readonly name: AppName }) | null {
  for (const environment of ["prod", "sandbox"] as const)
    if (keys[environment].consumerKey === consumerKey) return { ...keys[environment], environment, name: null };
  const app = apps.find((each) => each.consumerKey === consumerKey);
  return app === undefined ? null : { ...app, name: app.consumerKey };
}

/** A key and a secret in the shape of E*TRADE's. */
export function registerEtradeApp({ apps }: PracticeRecords, environment: Environment): EtradeApp {
  const [consumerKey, consumerSecret] = [randomBytes(16).toString("hex"), randomBytes(32).toString("hex")];
  const app = { consumerKey, consumerSecret, environment };
  apps.push(app);
  return app;
}

/** The app of that client id; undefined if there is none. */
export function schwabAppOf({ apps }: SchwabRecords, clientId: string): { readonly name: AppName } | undefined {
  if (clientId === practiceSchwab.clientId) return { name: null };
  return apps.some((app) => app.clientId === clientId) ? { name: clientId } : undefined;
}

/** The app whose id and secret these are, as HTTP Basic has them; undefined if there is none. */
export function schwabAppBy({ apps }: SchwabRecords, credentials: string): { readonly name: AppName } | undefined {
  const app = [practiceSchwab, ...apps].find(({ clientId, clientSecret }) =>
    sameText(credentials, `${clientId}:${clientSecret}`),
  );
  return app === undefined ? undefined : { name: app === practiceSchwab ? null : app.clientId };
}

/** An id and a secret in the shape of Schwab's. */
export function registerSchwabApp({ apps }: SchwabRecords): SchwabApp {
  const [clientId, clientSecret] = [lettersAndDigits(32), lettersAndDigits(16)];
  apps.push({ clientId, clientSecret });
  return { clientId, clientSecret };
}

function lettersAndDigits(length: number): string {
  return randomBytes(4 * length)
    .toString("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, length);
}
