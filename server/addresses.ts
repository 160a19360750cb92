// Where the page is opened, and for which domain passkeys are made there.
import type { Config } from "./config.ts";

const loopbackHosts = ["127.0.0.1", "localhost", "::1"];

/** Where people open the page: as configured, else this machine's own address, by name: passkeys need a domain. */
export function pageUrlOf({ publicUrl, host, port }: Pick<Config, "publicUrl" | "host" | "port">): string {
  const named = loopbackHosts.includes(host) ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return publicUrl ?? `http://${named}:${port}`;
}

/** What requests of our own page name as their origin. */
export function originsOf(config: Pick<Config, "publicUrl" | "port" | "storage">): ReadonlySet<string> {
  const own = [`http://127.0.0.1:${config.port}`, `http://localhost:${config.port}`, `http://[::1]:${config.port}`];
  if (config.publicUrl === null) return new Set(own);
  const { origin } = new URL(config.publicUrl);
  return new Set(config.storage === "google" ? [origin] : [...own, origin]);
}

/** The domain that passkeys are bound to (WebAuthn's relying party id). */
export function passkeyDomainOf({ publicUrl }: Pick<Config, "publicUrl">): string {
  return publicUrl === null ? "localhost" : new URL(publicUrl).hostname;
}
