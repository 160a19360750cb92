// Pure. Which addresses a channel may have. Whoever names one makes this program call it, so what is allowed is listed.

/** The services that browsers subscribe at, by the end of their host name. */
const pushServices = [
  { name: "Chrome", hosts: ["fcm.googleapis.com", "jmt17.google.com"], domains: [] },
  { name: "Firefox", hosts: [], domains: ["push.services.mozilla.com"] },
  { name: "Safari", hosts: [], domains: ["push.apple.com"] },
  { name: "Edge", hosts: [], domains: ["notify.windows.com"] },
] as const;

export type PushService = (typeof pushServices)[number]["name"];

/** The browsers whose push service the endpoint belongs to; null for every other address. */
export function pushServiceOf(endpoint: string): PushService | null {
  const url = plainHttps(endpoint);
  if (url === null || url.pathname === "/") return null;
  const { hostname } = url;
  const service = pushServices.find(
    ({ hosts, domains }) =>
      hosts.some((host) => hostname === host) || domains.some((domain) => hostname.endsWith(`.${domain}`)),
  );
  return service?.name ?? null;
}

export function isSlackWebhook(address: string): boolean {
  return /^https:\/\/hooks\.slack\.com\/services\/[A-Z0-9]{5,20}\/[A-Z0-9]{5,20}\/[A-Za-z0-9]{16,64}$/.test(address);
}

/** With the thread to write into, if it names one. */
export function isDiscordWebhook(address: string): boolean {
  return /^https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{15,22}\/[\w-]{40,120}(?:\?thread_id=\d{15,22})?$/.test(
    address,
  );
}

/** The server's origin; null if a person may not name it. Where its name leads to is seen only when it is called. */
export function ntfyServerOf(address: string): string | null {
  const url = plainHttps(address);
  if (url === null || url.pathname !== "/" || url.search !== "" || url.hash !== "") return null;
  const isName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])$/.test(url.hostname);
  const isLocal = /\.(?:localhost|local|internal|lan|home|corp|intranet|home\.arpa)$/.test(url.hostname);
  return isName && !isLocal ? url.origin : null;
}

/** As ntfy's own rule has it. */
export function isNtfyTopic(topic: string): boolean {
  return /^[-_A-Za-z0-9]{1,64}$/.test(topic);
}

/** One plain address without a name or a comment around it. */
export function isEmailAddress(address: string): boolean {
  return (
    address.length <= 254 &&
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(
      address,
    )
  );
}

/** A mail server, with user and password where it wants them, and nothing else: a query could loosen how it is called. */
export function isSmtpUrl(address: string): boolean {
  if (!/^smtps?:\/\/[\x21-\x7e]+$/i.test(address) || !URL.canParse(address)) return false;
  const { hostname, pathname, search, hash, username, password } = new URL(address);
  const isBare = ["", "/"].includes(pathname) && search === "" && hash === "";
  return (
    isBare &&
    isDecodable(username) &&
    isDecodable(password) &&
    hostname !== "" &&
    (username === "") === (password === "")
  );
}

/** The address, if it is https on the usual port and holds neither user nor password. */
function plainHttps(address: string): URL | null {
  // What the URL parser forgives (spaces, tabs, backslashes), others read differently.
  if (!/^https:\/\/[\x21-\x7e]{1,2000}$/.test(address) || address.includes("\\") || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "" ? url : null;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // A stray percent sign.
    return false;
  }
}
