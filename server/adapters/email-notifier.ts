// Notifier over SMTP: plain text, nothing in it that calls home. nodemailer is loaded at the first message; its errors quote
// the conversation with the server, so none of them leaves this file.
import type { Transporter } from "nodemailer";
import type { Secret } from "../domain/secret.ts";
import { shortened } from "../domain/shortened.ts";
import { type ChatMessage, DeliveryError, type Notifier } from "../ports.ts";
import { channelTimeoutMs } from "./channel-request.ts";

export interface SmtpSettings {
  /** `smtps://user:password@host:465` or `smtp://…:587`; the password is in it. */
  readonly url: Secret;
  /** What the messages come from, as one address or `Name <address>`. */
  readonly from: string;
  readonly timeoutMs?: number;
}

/** What phones show of a subject, and half of what a header's line may hold (RFC 5322 §2.1.1). */
const longestSubject = 120;

export function emailNotifier(settings: SmtpSettings, address: string): Notifier {
  const { from, timeoutMs = channelTimeoutMs } = settings;

  async function withServer(work: (server: Transporter, signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const { createTransport } = await import("nodemailer");
    const server = createTransport(smtpOptions(settings));
    // The library's own limits are for each step; a server that answers slowly enough meets them all.
    const signal = AbortSignal.timeout(timeoutMs);
    const tooLate = Promise.withResolvers<never>();
    signal.addEventListener("abort", tooLate.reject, { once: true });
    try {
      await Promise.race([work(server, signal), tooLate.promise]);
    } catch (error) {
      throw signal.aborted
        ? new DeliveryError("The mail server did not answer in time; it is tried again.")
        : deliveryError(error);
    }
  }

  return {
    channel: "email",
    async send(message) {
      await withServer((server, signal) => server.sendMail({ ...mail(message, from, address), signal }));
      return null;
    },
    async check() {
      await withServer((server) => server.verify());
      return "The mail server takes messages; whether they reach the inbox shows with the first one.";
    },
  };
}

function mail({ text, action, silent }: ChatMessage, from: string, to: string) {
  const [subject = ""] = text.split(/[\r\n]/);
  return {
    from,
    to,
    subject: shortened(subject, longestSubject),
    text: action === null ? text : `${text}\n\n${action.label}: ${action.url}`,
    textEncoding: "quoted-printable" as const,
    // X-Priority and Importance: phones that follow them ring for the one and keep quiet for the other.
    priority: silent ? ("low" as const) : ("high" as const),
    // No vacation notice shall answer (RFC 3834 §5).
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Only what the address itself says; its query could switch the certificate's check off. */
export function smtpOptions({ url, timeoutMs = channelTimeoutMs }: SmtpSettings) {
  const { protocol, hostname, port, username, password } = new URL(url.reveal());
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "smtps:";
  const loopback = ["127.0.0.1", "localhost", "::1"].includes(host);
  return {
    host,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    // Over the network nothing goes in the clear; within this machine there is nobody to hide from, nor to be proven.
    requireTLS: !secure && !loopback,
    tls: { rejectUnauthorized: !loopback },
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  };
}

/** Keeps the kind of failure and the server's code; never its words, which may quote ours. */
function deliveryError(error: unknown): DeliveryError {
  const kind = error instanceof Error && "code" in error ? String(error.code) : "";
  const code = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  // RFC 5321 §4.2.1: of 5yz the client must not repeat the same request, of 4yz it should.
  const permanent = code >= 500;
  const status = code > 0 ? ` with ${code}` : "";
  if (kind === "EAUTH" || kind === "ENOAUTH")
    return new DeliveryError(`The mail server refused the login${status}; check user and password in SMTP_URL.`, {
      permanent: permanent || kind === "ENOAUTH",
    });
  if (kind === "ETLS")
    return new DeliveryError("The mail server offers no encryption that holds; SMTP_URL has to name one that does.");
  if (kind === "EENVELOPE" && permanent)
    return new DeliveryError(`The mail server refused sender or recipient${status}; check the address and SMTP_FROM.`, {
      permanent,
    });
  if (code > 0)
    return new DeliveryError(
      `The mail server refused the e-mail${status}; ${permanent ? "check SMTP_URL and SMTP_FROM." : "it is tried again."}`,
      { permanent },
    );
  return new DeliveryError("The mail server can't be reached; check host and port in SMTP_URL.");
}
