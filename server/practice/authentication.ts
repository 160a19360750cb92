// Who is calling, proven or refused: the checks of RFC 5849 §3.2 with E*TRADE's words for each refusal.
import type { Environment } from "../domain/connection.ts";
import { readAuthorizationHeader, rejected } from "./authorization-header.ts";
import { createNonces, timestampToleranceSeconds } from "./nonces.ts";
import { type AppName, etradeAppOf } from "./practice-apps.ts";
import type { PracticeKeys } from "./practice-keys.ts";
import type { PracticeRecords } from "./practice-records.ts";
import type { ReceivedCall } from "./received-call.ts";
import { hmacSha1, queryParameters, sameText, signatureBaseString } from "./signature.ts";

export interface Expected {
  /** Which token signs beside the consumer key. */
  readonly token: "none" | "request" | "access";
  /** What the call carries beyond the parameters of every call. */
  readonly also: readonly ("oauth_callback" | "oauth_verifier" | "oauth_token")[];
  /** Null where the consumer key decides. */
  readonly environment: Environment | null;
}

export type Authentication =
  | {
      readonly ok: true;
      readonly environment: Environment;
      readonly app: AppName;
      readonly token: string;
      readonly verifier: string;
    }
  | { readonly ok: false; readonly status: 400 | 401 | 405; readonly problem: string };

type Refusal = Authentication & { ok: false };
type Parameters = ReadonlyMap<string, string>;

const always = ["oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp"];

/** The refusal of a call whose parameters came anywhere but in the header. */
export const parametersOutsideHeader = "parameters_outside_header";

const refused = (status: 400 | 401 | 405, problem: string): Refusal => ({ ok: false, status, problem });

export function createAuthentication(keys: PracticeKeys, records: PracticeRecords) {
  const nonces = createNonces(records.nonces);

  /** `now` is the clock that timestamps are held against. Uses up the nonce only if everything else is right. */
  return function authenticate(call: ReceivedCall, expected: Expected, now: Temporal.Instant): Authentication {
    if (call.method !== "GET") return refused(405, "Request method not supported");
    const query = queryParameters(call.query);
    if (query === null) return refused(400, "parameter_rejected");
    if (call.hasBody || query.some(([name]) => name.startsWith("oauth_"))) return refused(400, parametersOutsideHeader);

    const reading = readAuthorizationHeader(call.authorization ?? "");
    if (!reading.ok) return refused(400, reading.problem);
    const sent = reading.parameters;
    const malformed = malformedParameter(sent, expected);
    if (malformed !== null) return malformed;
    const value = (name: string) => sent.get(name) ?? "";

    const consumerKey = value("oauth_consumer_key");
    const app = etradeAppOf(keys, records, consumerKey);
    if (app === null) return refused(401, "consumer_key_unknown");
    const { environment } = app;
    if (expected.environment !== null && expected.environment !== environment) return refused(401, "token_rejected");

    const timestamp = Number(value("oauth_timestamp"));
    const nowSeconds = Math.floor(now.epochMilliseconds / 1000);
    const [from, to] = [nowSeconds - timestampToleranceSeconds, nowSeconds + timestampToleranceSeconds];
    if (timestamp < from || timestamp > to)
      return refused(401, `timestamp_refused,oauth_acceptable_timestamps=${from}-${to}`);

    const token = value("oauth_token");
    const tokenSecret = expected.token === "none" ? "" : secretOf(expected.token, token, app);
    if (tokenSecret === null) return refused(401, "token_rejected");

    const signed = [...sent].filter(([name]) => name !== "oauth_signature");
    const base = signatureBaseString(call.method, call.baseUri, [...signed, ...query]);
    const signature = hmacSha1(base, app.consumerSecret, tokenSecret);
    if (!sameText(signature, value("oauth_signature"))) return refused(401, "signature_invalid");

    if (!nonces.accept({ timestamp, consumerKey, token, nonce: value("oauth_nonce") }, nowSeconds))
      return refused(401, "nonce_used");
    return { ok: true, environment, app: app.name, token, verifier: value("oauth_verifier") };
  };

  function secretOf(
    kind: "request" | "access",
    token: string,
    { environment, name }: { readonly environment: Environment; readonly name: AppName },
  ): string | null {
    const record = (kind === "request" ? records.requestTokens : records.accessTokens).get(token);
    return record === undefined || record.environment !== environment || record.app !== name ? null : record.secret;
  }
}

function malformedParameter(sent: Parameters, expected: Expected): Refusal | null {
  const required = [...always, ...expected.also];
  const absent = required.filter((name) => (sent.get(name) ?? "") === "");
  if (absent.length > 0) return refused(400, `parameter_absent,oauth_parameters_absent=${absent.join("&")}`);
  const unexpected = [...sent.keys()].find((name) => !required.includes(name) && name !== "oauth_version");
  if (unexpected !== undefined) return refused(400, rejected(unexpected).problem);
  if (sent.get("oauth_signature_method") !== "HMAC-SHA1") return refused(400, "signature_method_rejected");
  if ((sent.get("oauth_version") ?? "1.0") !== "1.0")
    return refused(400, "version_rejected,oauth_acceptable_versions=1.0-1.0");
  // E*TRADE: always "oob", even where a callback is registered.
  if (expected.also.includes("oauth_callback") && sent.get("oauth_callback") !== "oob")
    return refused(400, "callback_rejected,oauth_acceptable_callback=oob");
  if (!/^\d{1,12}$/.test(sent.get("oauth_timestamp") ?? "")) return refused(400, rejected("oauth_timestamp").problem);
  return null;
}
