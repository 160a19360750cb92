// firebase.json, by which Firebase Hosting answers for the files and passes the rest on, fits the server and the built page.
import { existsSync, readdirSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import { hostingHeaders, readHosting } from "../../../web/build/hosting-headers.ts";

const hosting = readHosting();
const dist = join(import.meta.dirname, "../../..", hosting.public);
const routes =
  "/ /callback/etrade /status /keepalive/status /livez /api/journal /api/connections/etrade-prod/token /nothing-here";
const addresses = [
  ...routes.split(" "),
  ...readdirSync(dist, { recursive: true, encoding: "utf8" }).map((name) => `/${name}`),
];
const matches = (address: string, source: string) => matchesGlob(address, source.replace(/^(?!\/)/, "/"));

describe("firebase.json", () => {
  it("has the server's own headers and the hashes of the page as it is built now", () => {
    expect(existsSync(join(dist, "index.html"))).toBe(true);
    expect(hosting.headers, "firebase.json is out of date: npm run hosting writes it anew").toEqual(
      hostingHeaders(dist, hosting.rewrites),
    );
  });

  it("says each header at most once for every address, because nothing says which of two rules would win", () => {
    const twice = addresses.flatMap((address) => {
      const keys = hosting.headers
        .filter(({ source }) => matches(address, source))
        .flatMap(({ headers }) => headers.map(({ key }) => key));
      return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${address} ${key}`);
    });
    expect(twice).toEqual([]);
  });

  it.each(["/cron/tick", "/cron/morning-alert", "/cron", "/telegram/webhook", "/nothing-here", "/"])(
    "passes nothing on that comes for %s",
    (address) => {
      expect(hosting.rewrites.filter(({ source }) => matches(address, source))).toEqual([]);
    },
  );

  it.each([
    "/status",
    "/keepalive/status",
    "/keepalive/force",
    "/api/connections/etrade-prod/keepalive",
    "/drill/an-id",
    "/livez",
  ])("passes on what comes for %s", (address) => {
    const [found] = hosting.rewrites.filter(({ source }) => matches(address, source));
    expect(found?.run).toEqual({ serviceId: "prebell", region: expect.stringMatching(/^[a-z]+-[a-z]+\d+$/) });
  });

  it("keeps nothing in caches but what is named after its content", () => {
    const kept = hosting.headers
      .filter(({ headers }) => headers.some(({ value }) => value.includes("immutable")))
      .map(({ source }) => source);
    expect(kept.length).toBeGreaterThan(1);
    for (const source of kept) expect(source).toMatch(/^\/assets\/[\w-]+-[\w-]{8}\.js$/);
  });
});
