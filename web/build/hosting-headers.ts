// node web/build/hosting-headers.ts: writes the headers of firebase.json anew, from the server's own and the built pages.
// No two rules name the same header for one address: which of them would win is documented nowhere.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  dynamicHeaders,
  fileHeaders,
  type Headers,
  immutableHeaders,
  pageHeaders,
  securityHeaders,
  strictTransport,
} from "../../server/http/headers.ts";
import { pageHeaders as brokerPage } from "../../server/practice/authorize-page.ts";

/** The part of firebase.json that is read here. */
export interface Hosting {
  readonly public: string;
  readonly ignore: readonly string[];
  readonly rewrites: readonly Rewrite[];
  readonly headers: readonly HeaderRule[];
}

export interface Rewrite {
  readonly source: string;
  readonly destination?: string;
  readonly run?: { readonly serviceId: string; readonly region: string };
}

export interface HeaderRule {
  readonly source: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

/** The one page that the server makes itself: a fire drill's login. */
const drillHeaders: Headers = {
  ...dynamicHeaders,
  "Content-Security-Policy": `${brokerPage["content-security-policy"]}; form-action 'self'`,
};

const root = join(import.meta.dirname, "../..");

export function readHosting(): Hosting {
  return readFirebase().hosting;
}

/** What the headers of firebase.json have to be for the page that lies in `dist`. */
export function hostingHeaders(dist: string, rewrites: readonly Rewrite[]): HeaderRule[] {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".br"))
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length).replaceAll("\\", "/"))
    .toSorted();
  const page = (name: string) => pageHeaders(readFileSync(join(dist, name), "utf8"));
  const ofFile = (path: string): Headers => {
    if (path === "/404.html") return dynamicHeaders;
    if (path.endsWith(".html")) return page(path);
    return path.startsWith("/assets/") ? immutableHeaders : fileHeaders;
  };
  return [
    rule("**", { ...securityHeaders, ...strictTransport }),
    rule("/", page("index.html")),
    // By its full name: a file that is missing must not be remembered as missing for a year.
    ...files.map((path) => rule(path, ofFile(path))),
    ...rewrites.map(({ source, destination }) =>
      rule(source, destination ? ofFile(destination) : source.startsWith("/drill/") ? drillHeaders : dynamicHeaders),
    ),
  ];
}

function rule(source: string, headers: Headers): HeaderRule {
  return { source, headers: Object.entries(headers).map(([key, value]) => ({ key, value })) };
}

function readFirebase(): { hosting: Hosting } {
  const config: { hosting: Hosting } = JSON.parse(readFileSync(join(root, "firebase.json"), "utf8"));
  return config;
}

if (import.meta.main) {
  const firebase = readFirebase();
  const headers = hostingHeaders(join(root, firebase.hosting.public), firebase.hosting.rewrites);
  const text = JSON.stringify({ ...firebase, hosting: { ...firebase.hosting, headers } }, null, 2);
  writeFileSync(join(root, "firebase.json"), `${text}\n`);
}
