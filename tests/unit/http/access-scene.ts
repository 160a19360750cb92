// Everybody who may stand before a route, around one connection: "anna" owns it, the rest see more or less of it.
import { join } from "node:path";
import type { Connection } from "../../../server/domain/connection.ts";
import { apiScopes, type ApiToken } from "../../../server/domain/api-token.ts";
import type { MessageDraft, Notice } from "../../../server/domain/notice.ts";
import type { Person } from "../../../server/domain/person.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { WebSession } from "../../../server/domain/web-session.ts";
import { createApp } from "../../../server/http/app.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aConnection, anApiToken, aPerson, aSession, aToken, at } from "../../support/builders.ts";
import { aWorkbench, pin, type Workbench } from "../use-cases/workbench.ts";

export const here = "etrade-prod-anna";
/** Another one of the same owner. */
export const elsewhere = "etrade-sandbox-anna";
/** The other owner's. */
export const theirs = "etrade-prod";
const origin = "https://prebell.example.com";

/** What nobody may read who does not see `here`: its id, its consumer, and what was said of it. */
export const traces = [here, "nest-egg", "opening-bell-bot"];
/** What only its owner may read. */
export const accounts = "••5188";

export const callers = [
  "anonymous",
  "owner",
  "owner-unproven",
  "other-owner",
  "renewer",
  "renewer-elsewhere",
  "viewer",
  "viewer-elsewhere",
  "handed-over",
  "handed-over-elsewhere",
  "locked-owner",
  "removed",
  "program",
  "program-without-scope",
  "program-elsewhere",
  "program-revoked",
] as const;
export type CallerName = (typeof callers)[number];

/** Those for whom `here` does not exist. */
export const strangers = [
  "other-owner",
  "renewer-elsewhere",
  "viewer-elsewhere",
  "handed-over-elsewhere",
  "program-elsewhere",
] as const satisfies readonly CallerName[];

const passkey = {
  id: "credential",
  publicKey: "cose",
  counter: 0,
  transports: [],
  backedUp: true,
  name: "Phone",
  createdAt: at("2026-03-09T12:00:00Z"),
  lastUsedAt: null,
};

function people(caller: CallerName): Person[] {
  const anna = aPerson({ id: "anna", name: "Anna", passkeys: [passkey] });
  const lockedAt = at("2026-03-10T12:00:00Z");
  return [
    aPerson({ passkeys: [{ ...passkey, id: "another" }] }),
    caller === "locked-owner" ? { ...anna, lockedAt } : anna,
    aPerson({ id: "renewer", name: "Rita", role: "renewer" }),
    aPerson({ id: "renewer-elsewhere", name: "Rob", role: "renewer" }),
    aPerson({ id: "viewer", name: "Vera", role: "viewer" }),
    aPerson({ id: "viewer-elsewhere", name: "Vic", role: "viewer" }),
    aPerson({ id: "removed", name: "Gone", role: "renewer", removedAt: lockedAt }),
  ];
}

function connections(): Connection[] {
  const common = { token: aToken(), pin, revision: 0 };
  return [
    aConnection({ id: here, ...common, ownerId: "anna", sharedWith: ["renewer", "viewer", "removed"] }),
    aConnection({ id: elsewhere, ...common, environment: "sandbox", ownerId: "anna" }),
    aConnection({ id: theirs, ...common, pin: null, sharedWith: ["renewer-elsewhere", "viewer-elsewhere"] }),
  ];
}

const tokens: readonly ApiToken[] = [
  { ...anApiToken("program", apiScopes), name: "anna-bot", connections: [here], personId: "anna" },
  { ...anApiToken("program-without-scope", []), name: "idle-bot", connections: [here], personId: "anna" },
  { ...anApiToken("program-elsewhere", apiScopes), name: "other-bot", connections: [theirs], personId: "owner" },
  {
    ...anApiToken("program-revoked", apiScopes),
    name: "old-bot",
    personId: "anna",
    expiresAt: at("2026-03-10T12:00:00Z"),
  },
];

/** Signed in and proven by a passkey this moment. */
function session(name: CallerName, personId: string, onlyFor: string | null = null): WebSession {
  return aSession({
    id: `session of ${name}`,
    digest: `digest(${name})`,
    personId,
    door: onlyFor === null ? "passkey" : "telegram",
    onlyFor,
    provenAt: at("2026-03-10T12:29:30Z"),
  });
}

function sessions(): WebSession[] {
  return [
    session("owner", "anna"),
    { ...session("owner-unproven", "anna"), provenAt: null },
    session("locked-owner", "anna"),
    session("other-owner", "owner"),
    session("renewer", "renewer"),
    session("renewer-elsewhere", "renewer-elsewhere"),
    session("viewer", "viewer"),
    session("viewer-elsewhere", "viewer-elsewhere"),
    session("handed-over", "anna", here),
    session("handed-over-elsewhere", "anna", elsewhere),
    session("removed", "removed"),
  ];
}

export interface Scene {
  readonly bench: Workbench;
  readonly app: ReturnType<typeof createApp>;
  readonly ask: (method: string, path: string, body?: object) => Promise<Response>;
}

export async function aScene(caller: CallerName): Promise<Scene> {
  const bench = aWorkbench({ ids: [here, elsewhere, theirs] });
  const { records, sessions: store } = bench.deps;
  // oxlint-disable no-await-in-loop -- one record after the other
  for (const person of people(caller)) await records.commit({ person });
  for (const connection of connections()) await bench.have(connection);
  for (const apiToken of tokens) await records.commit({ apiToken });
  for (const each of sessions()) await store.putSession(each);
  for (const purpose of ["link", "invitation"] as const)
    await store.addOneTime({
      purpose,
      digest: "digest(one-time)",
      facts: purpose === "link" ? { personId: "anna" } : { name: "New", role: "viewer" },
      expiresAt: bench.now.add({ minutes: 10 }),
    });
  // oxlint-enable no-await-in-loop
  await leaveTraces(bench);
  const app = createApp(
    bench.deps,
    appSettings(origin, {
      cron: "api-token",
      // Small, and there without a build: no page is looked at here.
      webRoot: join(import.meta.dirname, "../../../web"),
      telegram: { webhookSecret: new Secret("webhook"), receive: async () => "not-an-update" },
    }),
  );
  const ask = async (method: string, path: string, body?: object) =>
    app.request(path, {
      method,
      headers: headersOf(caller),
      ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
    });
  return { bench, app, ask };
}

function headersOf(caller: CallerName): Record<string, string> {
  const page = { "content-type": "application/json", "x-prebell": "1", origin, "sec-fetch-site": "same-origin" };
  if (caller === "anonymous") return page;
  if (caller.startsWith("program")) return { "content-type": "application/json", authorization: `Bearer ${caller}` };
  return { ...page, cookie: `__session=${caller}` };
}

const mismatch: Notice = {
  kind: "account-mismatch",
  connection: here,
  offered: [accounts],
  pinned: [accounts],
  revoked: true,
};

/** In every place that is read back: journal, messages, events, confirmations, an authorization under way. */
async function leaveTraces({ deps, now }: Workbench): Promise<void> {
  const { records } = deps;
  const text = `nest-egg ${accounts}`;
  const everybody = (await records.people()).map(({ id }) => id);
  await records.commit({
    journal: [
      { at: now, kind: "accounts-pinned", connectionId: here, text },
      { at: now, kind: "connection-shared", connectionId: here, text: "nest-egg" },
    ],
    messages: everybody.flatMap((to): MessageDraft[] => [
      { to, claims: [], at: now, notice: mismatch },
      { to, claims: [], at: now, notice: { kind: "renewed", connection: here, version: 1 } },
    ]),
    events: [
      {
        id: "event-1",
        type: "token.renewed",
        at: now,
        connectionId: here,
        provider: "etrade",
        environment: "prod",
        secretVersion: 1,
        issuedAt: null,
        expiresAt: null,
      },
    ],
  });
  await records.confirm(
    { connectionId: here, consumer: "opening-bell-bot", version: 1, at: now },
    { at: now, kind: "consumer-confirmed", connectionId: here, text: "nest-egg" },
  );
}
