// Every route × everybody who may stand before it. A new route fails until it has a line here.
import { describe, expect, it } from "vitest";
import {
  accounts,
  aScene,
  callers,
  type CallerName,
  elsewhere,
  here,
  type Scene,
  strangers,
  theirs,
  traces,
} from "./access-scene.ts";

// Past the door the status is another than 401, 403 and 404: 409 where nothing waits to be finished, for example. 404: the
// connection is another's, which does not exist for them. 423: locked by /lock. The columns are `callers`, in their order.
const matrix = `
                                                              anon own  unp  oth  ren  re-  vie  vi-  ho   ho-  lock gone prog pr0  pr-  prX
GET    /livez                                                 200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET    /status                                                401  200  200  200  200  200  200  200  200  200  200  401  200  403  200  401
GET    /keepalive/status                                      401  200  200  200  200  200  200  200  200  200  200  401  200  403  200  401
POST   /keepalive/force                                       401  200  200  200  200  200  200  200  200  200  200  401  200  403  200  401
POST   /cron/morning-alert                                    401  403  403  403  403  403  403  403  403  403  403  401  200  403  200  401
POST   /cron/tick                                             401  403  403  403  403  403  403  403  403  403  403  401  200  403  200  401
POST   /api/sessions/handoff                                  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  401
POST   /api/sessions/hand-over                                401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST   /api/sessions/hand-over/passkey                        401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST   /api/sessions/match                                    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  401
POST   /api/sessions/passkey/options                          200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  401
POST   /api/sessions/passkey                                  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST   /api/sessions/proof/options                            401  200  200  403  403  403  403  403  200  200  200  401  403  403  403  401
POST   /api/sessions/proof                                    401  401  401  401  401  401  401  401  401  401  401  401  403  403  403  401
DELETE /api/sessions                                          401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
GET    /api/passkeys                                          401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
POST   /api/passkeys/options                                  401  200  403  200  200  200  200  200  403  403  200  401  403  403  403  401
POST   /api/passkeys                                          401  422  403  422  422  422  422  422  403  403  422  401  403  403  403  401
POST   /api/passkeys/:id                                      401  200  200  404  404  404  404  404  403  403  200  401  403  403  403  401
DELETE /api/passkeys/:id                                      401  200  403  404  404  404  404  404  403  403  200  401  403  403  403  401
POST   /api/lock/release                                      401  200  403  200  200  200  200  200  403  403  200  401  403  403  403  401
POST   /api/connections/:id/keepalive                         401  200  200  404  200  404  403  404  200  404  200  401  200  403  404  401
DELETE /api/connections/:id/token                             401  200  200  404  403  404  403  404  403  404  200  401  403  403  403  401
POST   /api/connections/:id/unpin                             401  200  403  404  403  404  403  404  403  404  200  401  403  403  403  401
GET    /api/connections/:id/token                             401  403  403  403  403  403  403  403  403  403  403  401  200  403  404  401
POST   /api/connections/:id/confirmations                     401  403  403  403  403  403  403  403  403  403  403  401  200  403  404  401
GET    /api/connections/:id/accounts                          401  200  200  404  403  404  403  404  403  404  200  401  403  403  403  401
GET    /api/connections/:id/balances                          401  200  200  404  403  404  403  404  403  404  200  401  403  403  403  401
GET    /api/connections/:id/positions                         401  200  200  404  403  404  403  404  403  404  200  401  403  403  403  401
GET    /api/connections                                       401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
POST   /api/connections                                       401  400  403  400  403  403  403  403  403  403  400  401  403  403  403  401
POST   /api/connections/:id/keys                              401  400  403  404  403  404  403  404  403  404  400  401  403  403  403  401
DELETE /api/connections/:id                                   401  409  403  404  403  404  403  404  403  404  409  401  403  403  403  401
POST   /api/connections/:id/authorizations                    401  201  201  404  201  404  403  404  201  404  423  401  403  403  403  401
POST   /api/connections/:id/authorizations/complete           401  409  409  404  409  404  403  404  409  404  423  401  403  403  403  401
POST   /api/connections/:id/authorizations/confirm-accounts   401  409  403  404  403  404  403  404  403  404  423  401  403  403  403  401
POST   /api/connections/:id/authorizations/cancel             401  200  200  404  200  404  403  404  200  404  200  401  403  403  403  401
POST   /api/connections/:id/shares                            401  200  403  404  403  404  403  404  403  404  200  401  403  403  403  401
DELETE /api/connections/:id/shares/:personId                  401  200  200  404  403  404  403  404  403  404  200  401  403  403  403  401
POST   /api/connections/:id/owner                             401  200  403  404  403  404  403  404  403  404  200  401  403  403  403  401
GET    /api/tokens                                            401  200  200  200  403  403  403  403  403  403  200  401  403  403  403  401
POST   /api/tokens                                            401  201  403  201  403  403  403  403  403  403  201  401  403  403  403  401
POST   /api/tokens/:name/rotate                               401  201  403  404  403  403  403  403  403  403  201  401  403  403  403  401
DELETE /api/tokens/:name                                      401  200  200  404  403  403  403  403  403  403  200  401  403  403  403  401
GET    /api/me                                                401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
POST   /api/sessions/end-all                                  401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
GET    /api/people                                            401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
POST   /api/people                                            401  201  403  201  403  403  403  403  403  403  201  401  403  403  403  401
POST   /api/people/accept                                     201  201  201  201  201  201  201  201  201  201  201  201  201  201  201  401
POST   /api/people/:id                                        401  200  403  200  403  403  403  403  403  403  200  401  403  403  403  401
DELETE /api/people/:id                                        401  200  403  200  403  403  403  403  403  403  200  401  403  403  403  401
GET    /api/channels                                          401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
GET    /api/channels/push-key                                 401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
POST   /api/channels                                          401  201  403  201  201  201  201  201  403  403  201  401  403  403  403  401
POST   /api/channels/order                                    401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
DELETE /api/channels/:id                                      401  409  403  409  409  409  409  409  403  403  409  401  403  403  403  401
POST   /api/channels/:id/test                                 401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
GET    /api/drills                                            401  200  200  200  200  200  200  200  403  403  200  401  403  403  403  401
POST   /api/drills                                            401  201  201  201  201  201  403  403  403  403  423  401  403  403  403  401
DELETE /api/drills/:id                                        401  404  404  404  404  404  404  404  403  403  404  401  403  403  403  401
GET    /drill/:id                                             404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST   /drill/:id                                             404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET    /api/journal                                           401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
GET    /api/journal/export                                    401  200  200  200  403  403  403  403  403  403  200  401  403  403  403  401
GET    /api/messages                                          401  200  200  200  200  200  200  200  200  200  200  401  403  403  403  401
GET    /api/events                                            401  200  200  200  200  200  200  200  200  200  200  401  200  403  200  401
POST   /telegram/webhook                                      401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
`;

/** Of the right shape, and signed by nobody. */
function credential(response: object): object {
  return { id: "AA", rawId: "AA", type: "public-key", response: { clientDataJSON: "AA", ...response } };
}

/** What is sent with a route whose body decides what becomes of it. */
const bodies: Readonly<Record<string, object>> = {
  "POST /api/sessions/handoff": { token: "one-time" },
  "POST /api/sessions/passkey": { credential: credential({ authenticatorData: "AA", signature: "AA" }) },
  "POST /api/sessions/proof": { credential: credential({ authenticatorData: "AA", signature: "AA" }) },
  "POST /api/passkeys": { credential: credential({ attestationObject: "AA" }) },
  "POST /api/passkeys/:id": { name: "Blue phone" },
  "POST /api/sessions/hand-over": { token: "guessed" },
  "POST /api/sessions/match": { secret: "guessed" },
  "POST /api/sessions/hand-over/passkey": {
    connection: here,
    credential: credential({ authenticatorData: "AA", signature: "AA" }),
  },
  "POST /api/people/accept": { token: "one-time" },
  "POST /api/people": { name: "Newcomer", role: "viewer" },
  "POST /api/people/:id": { role: "renewer" },
  "POST /api/connections/:id/shares": { personId: "viewer-elsewhere" },
  "POST /api/connections/:id/owner": { personId: "owner" },
  "POST /api/connections/:id/confirmations": { consumer: "bot", version: 1 },
  "POST /api/connections/:id/authorizations/complete": { verifier: "MX9ES" },
  "POST /api/connections/:id/authorizations/confirm-accounts": { accept: true },
  "POST /api/channels": { kind: "ntfy", topic: "bell" },
  "POST /api/tokens": { name: "new-bot", scopes: ["status"] },
};

/** Files, which are the same for everybody. */
const files = [
  "GET /",
  "GET /index.html",
  "GET /callback/:provider",
  "GET /callback.html",
  "GET /mini",
  "GET /mini.html",
  "GET /assets/*",
  "GET /*",
  "GET /.well-known/security.txt",
];
/** Guards that stand on a whole branch. */
const guards = ["/status", "/keepalive/*", "/api/*"].flatMap((path) => [`POST ${path}`, `DELETE ${path}`]);

const rows = matrix
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [method, path, ...cells] = line.trim().split(/\s+/);
    return { route: `${method} ${path}`, expected: cells.map(Number) };
  });

function ask({ ask: send }: Scene, route: string, connection = here, body = bodies[route]): Promise<Response> {
  const [method = "", path = ""] = route.split(" ");
  const ids: Readonly<Record<string, string>> = { personId: "viewer", name: "anna-bot" };
  const idOf: Readonly<Record<string, string>> = { connections: connection, people: "viewer", channels: "panel" };
  const id = idOf[path.split("/")[2] ?? ""] ?? "credential";
  return send(
    method,
    path.replaceAll(/:(\w+)/g, (_match, name: string) => ids[name] ?? id),
    body,
  );
}

/** Everything that can be told of an answer. */
async function whole(response: Response): Promise<unknown> {
  return { status: response.status, headers: [...response.headers], body: await response.text() };
}

/** All that the caller can read, in one text. */
async function readAll({ ask: send }: Scene): Promise<string> {
  const paths = [
    "/status",
    "/keepalive/status",
    "/api/journal",
    "/api/journal/export",
    "/api/messages",
    "/api/events?after=0",
    "/api/people",
    "/api/connections",
  ];
  const answers = await Promise.all([...paths, "/api/tokens", "/api/me"].map((path) => send("GET", path)));
  const forced = await send("POST", "/keepalive/force");
  const texts = await Promise.all([...answers, forced].map((answer) => answer.text()));
  return texts.join("\n");
}

describe("who may call what", () => {
  it("is decided for every route there is", async () => {
    const { app } = await aScene("anonymous");
    const all = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    const known = [...rows.map(({ route }) => route), ...files, ...guards];
    expect([...new Set(all)].toSorted()).toEqual(known.toSorted());
  });

  it.each(rows)("$route", async ({ route, expected }) => {
    const answers = callers.map(async (caller) => (await ask(await aScene(caller), route)).status);
    const got = await Promise.all(answers);
    expect(Object.fromEntries(callers.map((caller, index) => [caller, got[index]]))).toEqual(
      Object.fromEntries(callers.map((caller, index) => [caller, expected[index]])),
    );
  });
});

describe("what one may not see", () => {
  const onConnection = rows.map(({ route }) => route).filter((route) => route.includes("/connections/:id"));

  it.each(strangers)("answers %s to the byte as if it did not exist, and nothing is done to it", async (caller) => {
    const scene = await aScene(caller);
    const before = await scene.bench.connection(here);
    for (const route of onConnection) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const [real, unreal] = [await ask(scene, route), await ask(scene, route, "etrade-nowhere")];
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect({ route, answer: await whole(real) }).toEqual({ route, answer: await whole(unreal) });
    }
    expect(scene.bench.provider(here).calls).toEqual([]);
    expect(await scene.bench.connection(here)).toEqual(before);
  });

  it("stays unknown to another owner who names it: for a token of theirs, and by its programs' names", async () => {
    const scene = await aScene("other-owner");
    const make = (connection: string) =>
      ask(scene, "POST /api/tokens", here, { name: "spy", scopes: ["status"], connections: [connection] });
    expect(await whole(await make(here))).toEqual(await whole(await make("etrade-nowhere")));
    const revoke = (name: string) => scene.ask("DELETE", `/api/tokens/${name}`);
    expect(await whole(await revoke("anna-bot"))).toEqual(await whole(await revoke("no-such-bot")));
  });

  it.each(strangers)("leaves no trace in anything that %s can read", async (caller) => {
    const text = await readAll(await aScene(caller));
    expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
    // And it is not silence that is tested.
    expect(text).toContain(caller === "handed-over-elsewhere" ? elsewhere : theirs);
  });

  it("is all there for its owner", async () => {
    const text = await readAll(await aScene("owner"));
    expect([...traces, accounts].filter((trace) => !text.includes(trace))).toEqual([]);
    expect(text).not.toContain(`"${theirs}"`);
  });
});

describe("accounts", () => {
  const others: readonly CallerName[] = ["renewer", "viewer", "handed-over", "program"];
  it.each(others)("are named nowhere that %s can read, though they see the connection", async (caller) => {
    const text = await readAll(await aScene(caller));
    expect(text).toContain(here);
    expect(text).not.toContain(accounts);
  });

  it("are not told to a renewer by the renewal they make", async () => {
    const scene = await aScene("renewer");
    await ask(scene, "POST /api/connections/:id/authorizations");
    const done = await ask(scene, "POST /api/connections/:id/authorizations/complete");
    expect(await done.json()).toMatchObject({ outcome: "stored", accounts: [] });
  });

  it("are confirmed by the owner, so that a renewer can't make the first login", async () => {
    const scene = await aScene("renewer-elsewhere");
    const answer = await ask(scene, "POST /api/connections/:id/authorizations", theirs);
    expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({ code: "owner-first" })]);
    expect(scene.bench.provider(theirs).calls).toEqual([]);
  });
});
