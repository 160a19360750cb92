// The part of the remote control that moves the practice Schwab.
import type { z } from "zod";
import { emptyCommand } from "./control-contract.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import { redirectUriCommand, rotationCommand, wordingCommand, type SchwabSnapshot } from "./schwab-control-contract.ts";
import { codeIsLive, loginDeadline } from "./schwab-token-life.ts";

/** Adds a command under /practice. */
export type AddCommand = <T>(path: string, schema: z.ZodType<T>, act: (body: T) => object) => unknown;

export function addSchwabCommands(command: AddCommand, broker: SchwabBroker): void {
  const { records } = broker;

  command("/schwab/kill-login", emptyCommand, () => {
    const alive = [...records.logins.values()].filter((login) => broker.lifeOf(login) === "alive");
    for (const login of alive) login.end = "killed";
    return { logins: alive.length };
  });
  command("/schwab/lapse-access", emptyCommand, () => {
    const active = [...records.accessTokens.values()].filter((token) => broker.accessLifeOf(token) === "active");
    for (const token of active) token.expiresAt = broker.now();
    return { tokens: active.length };
  });
  command("/schwab/rotation", rotationCommand, ({ on }) => {
    records.rotation = on;
    return { rotation: on };
  });
  command("/schwab/wording", wordingCommand, ({ wording }) => {
    records.wording = wording;
    return { wording };
  });
  command("/schwab/redirect-uri", redirectUriCommand, ({ url }) => {
    if (!broker.redirectUris().includes(url)) records.redirectUris.push(url);
    return { redirectUris: broker.redirectUris() };
  });
}

/** No secret and no whole account number is in it. */
export function schwabSnapshot(broker: SchwabBroker): SchwabSnapshot {
  const { records, now } = broker;
  return {
    rotation: records.rotation,
    wording: records.wording,
    redirectUris: broker.redirectUris(),
    codes: [...records.codes.values()].filter((code) => codeIsLive(code, now())).length,
    logins: [...records.logins.values()].map((login) => ({
      id: login.id,
      person: login.person,
      accounts: login.accounts.map((number) => number.slice(-4)),
      issuedAt: login.issuedAt.toString(),
      deadline: loginDeadline(login).toString(),
      state: broker.lifeOf(login),
      refreshes: login.refreshes,
    })),
    accessTokens: [...records.accessTokens.values()].map((token) => ({
      login: token.login,
      issuedAt: token.issuedAt.toString(),
      expiresAt: token.expiresAt.toString(),
      state: broker.accessLifeOf(token),
    })),
  };
}
