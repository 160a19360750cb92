// A push service and the browser behind it on this machine. The service checks what RFC 8030 and RFC 8292 demand, the browser
// decrypts by RFC 8291; what does not hold is refused, where a real browser would show nothing at all.
import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from "node:crypto";
import { z } from "zod";
import { type Answer, type Call, type ChannelStandIn, RuleBroken, startChannelServer } from "./channel-server.ts";

const origin = "https://updates.push.services.mozilla.com";
const path = "/wpush/v2/pushCanary_gAAAAABo0123456789abcdefghijklmnopqrstuvwxyz";

const badRequest: Answer = { status: 400, body: { code: 400, errno: 110 } };
const unauthorized: Answer = { status: 403, body: { code: 403, errno: 109 } };

const declarative = z.strictObject({
  web_push: z.literal(8030),
  notification: z.strictObject({
    title: z.string().min(1),
    body: z.string(),
    lang: z.string(),
    navigate: z.url(),
    silent: z.boolean(),
    actions: z
      .array(z.strictObject({ action: z.string().min(1), title: z.string().min(1), navigate: z.url() }))
      .max(2)
      .optional(),
  }),
});

export interface PushServer extends ChannelStandIn {
  /** As `PushSubscription.toJSON()` gives it, flat. */
  readonly subscription: { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
  /** What a browser that shows a notification by itself opens on a tap, message by message. */
  readonly navigations: readonly string[];
}

/** `applicationServerKey`: the one the browser subscribed with. */
export async function startPushServer(applicationServerKey: string): Promise<PushServer> {
  const browser = createECDH("prime256v1");
  const publicKey = browser.generateKeys();
  const auth = randomBytes(16);
  const navigations: string[] = [];
  const server = await startChannelServer({
    gone: { status: 410, body: { code: 410, errno: 106 } },
    fault: { status: 503, headers: {}, body: { code: 503, errno: 202 } },
    busy: (retryAfter) => ({ status: 429, headers: { "retry-after": String(retryAfter) }, body: { code: 429 } }),
    answer(call, deliver) {
      if (call.path !== path) return { status: 404, body: { code: 404, errno: 102 } };
      if (call.method !== "POST") return { status: 405 };
      const urgency = checkHeaders(call);
      checkVapid(call.headers.authorization ?? "", applicationServerKey);
      const { notification } = read(decrypt(call.body, browser, publicKey, auth));
      if (notification.silent !== (urgency === "low")) throw new RuleBroken("urgency and sound disagree", badRequest);
      const [action] = notification.actions ?? [];
      navigations.push(notification.navigate);
      deliver({
        text: notification.body,
        link: action === undefined ? null : { label: action.title, url: action.navigate },
        loud: urgency === "high",
      });
      return { status: 201, headers: { location: `${origin}/m/1` } };
    },
  });
  return {
    ...server,
    subscription: {
      endpoint: `${origin}${path}`,
      p256dh: publicKey.toString("base64url"),
      auth: auth.toString("base64url"),
    },
    navigations,
  };
}

function checkHeaders({ headers, body }: Call): string {
  if (!/^\d{1,8}$/.test(String(headers.ttl))) throw new RuleBroken("no TTL", badRequest);
  if (headers["content-encoding"] !== "aes128gcm") throw new RuleBroken("not aes128gcm", badRequest);
  if (body.length > 4096) throw new RuleBroken("more than 4096 bytes", { status: 413 });
  const urgency = String(headers.urgency);
  if (!["very-low", "low", "normal", "high"].includes(urgency)) throw new RuleBroken("no such urgency", badRequest);
  return urgency;
}

/** RFC 8292 §2 and §3.1. */
function checkVapid(authorization: string, applicationServerKey: string): void {
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  if (key !== applicationServerKey)
    throw new RuleBroken("signed with another key than the browser subscribed with", unauthorized);
  const [header = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  if (partOf(header)["alg"] !== "ES256") throw new RuleBroken("not ES256", unauthorized);
  const isSigned = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw new RuleBroken("the signature does not fit", unauthorized);
  const { aud, exp, sub } = partOf(claims);
  if (aud !== origin) throw new RuleBroken(`made out to ${String(aud)}`, unauthorized);
  const seconds = Number(exp) - Date.now() / 1000;
  if (!(seconds > 0 && seconds <= 24 * 60 * 60))
    throw new RuleBroken("lapsed, or good for more than a day", unauthorized);
  if (!/^mailto:\S+@\S+|^https:\/\/\S+/.test(String(sub))) throw new RuleBroken("nobody to turn to", unauthorized);
}

function partOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
}

/** RFC 8291 §3.4 over RFC 8188 §2: one record. */
function decrypt(body: Buffer, browser: ECDH, browserKey: Buffer, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyLength = body[20] ?? 0;
  const senderKey = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (keyLength !== 65 || record.length > body.readUInt32BE(16))
    throw new RuleBroken("the encryption's header is wrong", badRequest);
  const secret = browser.computeSecret(senderKey);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browserKey, senderKey]);
  const input = Buffer.from(hkdfSync("sha256", secret, auth, info, 32));
  const derive = (name: string, length: number) =>
    Buffer.from(hkdfSync("sha256", input, salt, `Content-Encoding: ${name}\0`, length));
  const decipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
  decipher.setAuthTag(record.subarray(-16));
  let padded: Buffer;
  try {
    padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  } catch {
    throw new RuleBroken("encrypted for somebody else", badRequest);
  }
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new RuleBroken("the last record has no delimiter", badRequest);
  return padded.subarray(0, end).toString("utf8");
}

function read(text: string): z.infer<typeof declarative> {
  const parsed = declarative.safeParse(JSON.parse(text));
  if (!parsed.success) throw new RuleBroken(z.prettifyError(parsed.error), badRequest);
  return parsed.data;
}
