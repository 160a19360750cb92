// Our own share of a renewal: the wall time of "the code came back" less the same two broker calls made bare.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { interleaved, timed } from "./measure.ts";
import { type Served, startOurs } from "./servers.ts";
import { absoluteRow, type Row } from "./table.ts";

const renewals = 15;
const pageHeaders = { "content-type": "application/json", "x-prebell": "1", "sec-fetch-site": "same-origin" };

export async function ownShareOfRenewal(): Promise<Row> {
  const broker = await startInstantBroker();
  const ours = await startOurs(broker.url);
  const post = poster(ours, await signIn(ours));
  const path = "/api/connections/etrade-prod/authorizations";
  const renew = async () => {
    await post(path, { restart: true });
    return timed(() => post(`${path}/complete`, { verifier: "MX9ES" }));
  };
  const callBroker = async (brokerPath: string) => (await fetch(broker.url + brokerPath)).text();
  await renew();
  await post(`${path}/confirm-accounts`, { accept: true });
  const { ours: whole, bare: waiting } = await interleaved(renewals, renew, () =>
    timed(async () => {
      await callBroker("/oauth/access_token");
      await callBroker("/v1/accounts/list");
    }),
  );
  await ours.stop();
  broker.close();
  const row = absoluteRow("our own share of a renewal", whole - waiting, "ms", 25);
  return { ...row, ours: `${whole.toFixed(1)} ms`, bare: `${waiting.toFixed(1)} ms (broker)` };
}

/** A broker that believes everything and answers at once. */
async function startInstantBroker(): Promise<{ url: string; close(): void }> {
  let issued = 0;
  const accounts = { AccountListResponse: { Accounts: { Account: [anAccount] } } };
  const server = createServer((request, response) => {
    const isToken = request.url?.startsWith("/oauth/") ?? false;
    const pair = `oauth_token=token${(issued += 1)}&oauth_token_secret=secret&oauth_callback_confirmed=true`;
    response.writeHead(200, { "content-type": isToken ? "application/x-www-form-urlencoded" : "application/json" });
    response.end(isToken ? pair : JSON.stringify(accounts));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port, not on a pipe
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const anAccount = {
  accountId: "83405188",
  accountIdKey: "key-1",
  accountMode: "CASH",
  accountDesc: "Brokerage",
  accountName: "",
  accountType: "INDIVIDUAL",
  institutionType: "BROKERAGE",
  accountStatus: "ACTIVE",
  closedDate: 0,
};

async function signIn(ours: Served): Promise<string> {
  const token = /#signin=(\S+)/.exec(ours.output())?.[1];
  const answer = await fetch(`${ours.url}/api/sessions/handoff`, {
    method: "POST",
    headers: pageHeaders,
    body: JSON.stringify({ token }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`The sign-in link was refused with ${answer.status}.`);
  return cookie;
}

function poster(ours: Served, cookie: string) {
  return async (path: string, body: object): Promise<void> => {
    const headers = { ...pageHeaders, cookie };
    const answer = await fetch(ours.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path} was answered with ${answer.status}: ${text}`);
  };
}
