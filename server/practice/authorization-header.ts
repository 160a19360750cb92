// Pure. Reads an OAuth Authorization header (RFC 5849 §3.5.1) and accepts nothing the RFC does not.
import { percentEncode } from "./signature.ts";

export type HeaderReading =
  | { readonly ok: true; readonly parameters: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string };

// E*TRADE's own samples leave oauth_token unquoted, so both forms are read.
const parameterPattern = /\s*([A-Za-z_]+)=(?:"([^"]*)"|([^",\s]*))\s*(,|$)/y;

/** The header's parameters, decoded, without the realm. */
export function readAuthorizationHeader(header: string): HeaderReading {
  const scheme = /^OAuth\s+/i.exec(header);
  if (scheme === null) return { ok: false, problem: "parameter_absent,oauth_parameters_absent=oauth_consumer_key" };
  const parameters = new Map<string, string>();
  const text = header.slice(scheme[0].length);
  parameterPattern.lastIndex = 0;
  while (parameterPattern.lastIndex < text.length) {
    const match = parameterPattern.exec(text);
    const name = match?.[1];
    if (match === null || name === undefined) return { ok: false, problem: "parameter_rejected" };
    if (name !== "realm") {
      const value = strictlyDecoded(match[2] ?? match[3] ?? "");
      if (value === null || parameters.has(name)) return rejected(name);
      parameters.set(name, value);
    }
    const endsWithComma = match[4] === "," && parameterPattern.lastIndex >= text.length;
    if (endsWithComma) return { ok: false, problem: "parameter_rejected" };
  }
  return { ok: true, parameters };
}

export function rejected(name: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `parameter_rejected,oauth_parameters_rejected=${name}` };
}

// A raw `+`, `/` or `=` would be read differently by the next server; only RFC 5849 §3.6 encoding passes.
function strictlyDecoded(raw: string): string | null {
  try {
    const decoded = decodeURIComponent(raw);
    return percentEncode(decoded) === raw ? decoded : null;
  } catch {
    return null;
  }
}
