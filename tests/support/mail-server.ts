// A mail server on this machine with one mailbox: smtp-server does the talking, with STARTTLS and a password, and what a
// message has to have (RFC 5322, RFC 2045, RFC 3834) is checked here.
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { SMTPServer } from "smtp-server";
import type { ChannelStandIn, ChannelTrouble, Delivered } from "./channel-server.ts";
import { type LoopbackCertificate, makeLoopbackCertificate } from "./loopback-certificate.ts";
import { clearAfterwards } from "./program-leftovers.ts";

const user = "alerts@prebell.example";
const password = "smtp/Canary:Password 4711";
const mailbox = "owner@example.com";

export interface MailServer extends Omit<ChannelStandIn, "url"> {
  /** With user and password. Written so that it does not count as loopback: nothing may go in the clear. */
  readonly url: string;
  readonly password: string;
  readonly from: string;
  readonly mailbox: string;
  /** Header lines of each message, unfolded, by lower-case name. */
  readonly headers: readonly ReadonlyMap<string, string>[];
  readonly port: number;
}

/**
 * `startTls`: whether it offers encryption; `forged`: by a certificate that nobody vouches for; `open`: whether it takes mail
 * from anybody, as a relay on one's own machine.
 */
export async function startMailServer({ startTls = true, forged = false, open = false } = {}): Promise<MailServer> {
  const delivered: Delivered[] = [];
  const headers: ReadonlyMap<string, string>[] = [];
  const faults: string[] = [];
  const troubles: ChannelTrouble[] = [];
  const sockets = new Set<Socket>();
  const { certificate, privateKey } = forged ? makeLoopbackCertificate() : trustedCertificate();

  const server = new SMTPServer({
    cert: certificate,
    key: privateKey,
    disabledCommands: startTls ? [] : ["STARTTLS"],
    authMethods: ["PLAIN", "LOGIN"],
    authOptional: open,
    logger: false,
    closeTimeout: 1,
    onAuth(auth, session, done) {
      if (!session.secure) faults.push("the password came in the clear");
      if (auth.username === user && auth.password === password) return done(null, { user });
      done(smtpError(535, "5.7.8 Authentication credentials invalid"));
    },
    onMailFrom(_sender, _session, done) {
      const trouble = troubles.shift();
      if (trouble === "hold") return;
      if (trouble === "drop") return void [...sockets].map((socket) => socket.destroy());
      if (trouble === "fault") return done(smtpError(451, "4.3.0 Local error in processing"));
      if (trouble === "gone") return done(smtpError(550, "5.1.1 No such mailbox"));
      if (trouble !== undefined) return done(smtpError(421, "4.7.0 Try again later"));
      done();
    },
    onRcptTo({ address }, _session, done) {
      done(address === mailbox ? null : smtpError(550, `5.1.1 <${address}>: no such mailbox`));
    },
    async onData(stream, _session, done) {
      const message = parse((await buffer(stream)).toString("latin1"));
      const fault = faultOf(message);
      if (fault !== null) {
        faults.push(fault);
        return done(smtpError(554, `5.6.0 ${fault}`));
      }
      headers.push(message.headers);
      delivered.push(reading(message));
      done();
    },
  });
  server.on("error", () => {
    // A client that breaks off is part of the tests.
  });
  server.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  clearAfterwards(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("The mail server listens on no port.");
  const { port } = address;
  return {
    url: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@[::ffff:127.0.0.1]:${port}`,
    password,
    from: `Prebell <${user}>`,
    mailbox,
    port,
    delivered,
    headers,
    faults,
    troubleNext: (trouble) => void troubles.push(trouble),
  };
}

let made: LoopbackCertificate | null = null;

/** One for all; this process trusts it, as an operator's own authority is trusted by NODE_EXTRA_CA_CERTS. */
function trustedCertificate(): LoopbackCertificate {
  if (made === null) {
    made = makeLoopbackCertificate();
    setDefaultCACertificates([...getCACertificates("default"), made.certificate]);
  }
  return made;
}

function smtpError(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

interface Parsed {
  readonly headers: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
  /** As it came, encoded. */
  readonly body: string;
}

function parse(raw: string): Parsed {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replace(/\r\n(?=[ \t])/g, "");
  const headers = head.split("\r\n").map((line) => {
    const [name = "", ...value] = line.split(":");
    return [name.toLowerCase(), value.join(":").trim()] as const;
  });
  return { headers: new Map(headers), lines: raw.split("\r\n"), body: raw.slice(end + 4) };
}

function faultOf({ headers, lines }: Parsed): string | null {
  const missing = ["from", "to", "subject", "date", "message-id", "mime-version"].find((name) => !headers.has(name));
  if (missing !== undefined) return `no ${missing}`;
  if (!/^<[^@<>\s]+@[^@<>\s]+>$/.test(headers.get("message-id") ?? "")) return "no proper Message-ID";
  if (!/^text\/plain; charset=utf-8/i.test(headers.get("content-type") ?? "")) return "not plain text in UTF-8";
  if (!/^(quoted-printable|7bit)$/.test(headers.get("content-transfer-encoding") ?? ""))
    return "neither quoted nor plain";
  if (headers.get("auto-submitted") !== "auto-generated") return "does not say that a program sent it";
  if ([...headers.keys()].some((name) => name.startsWith("list-"))) return "claims to be from a list";
  if (lines.some((line) => Buffer.byteLength(line, "latin1") > 998)) return "a line of more than 998 bytes";
  return lines.some((line) => /[^\x20-\x7e\t]/.test(line)) ? "something other than printable ASCII" : null;
}

function reading({ headers, body }: Parsed): Delivered {
  const isQuoted = headers.get("content-transfer-encoding") === "quoted-printable";
  const encoded = isQuoted
    ? body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_found, hex: string) => byteOf(hex))
    : body;
  const text = Buffer.from(encoded, "latin1").toString("utf8").replaceAll("\r\n", "\n").replace(/\n$/, "");
  const foot = /\n\n([^\n]+): (https?:\S+)$/.exec(text);
  return {
    text: foot === null ? text : text.slice(0, foot.index),
    link: foot === null ? null : { label: foot[1] ?? "", url: foot[2] ?? "" },
    loud: headers.get("importance") === "High",
  };
}

function byteOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
