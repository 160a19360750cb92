// Asks this device for a passkey, or for a new one, by the browser's own WebAuthn. A part of the page that only a tap fetches.
import type {
  EnteredReply,
  PasskeyCreationOptions,
  PasskeyProof,
  PasskeyRequestOptions,
  PasskeyView,
} from "../../server/http/contract.ts";
import { ApiError, changeOnce } from "./api.ts";
import { ceremonyTrouble } from "./wording-ceremony.ts";

export function signIn(): Promise<unknown> {
  return assert("/api/sessions/passkey");
}

/** After it this session counts as proven for two minutes. */
export function prove(): Promise<unknown> {
  return assert("/api/sessions/proof");
}

/** Counts as a proof as well. `begin`: `change`, where a proof may be asked for first. */
export async function add(begin: typeof changeOnce = changeOnce): Promise<PasskeyView> {
  requireSupport();
  const options = await begin<PasskeyCreationOptions>("POST", "/api/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return changeOnce("POST", "/api/passkeys", {
    credential: await made(() => navigator.credentials.create({ publicKey })),
  });
}

/** Who is there, for a renewal that Telegram handed over: a sign-in for that alone. */
export async function proveHandOver({ options }: PasskeyProof, connection: string): Promise<EnteredReply> {
  requireSupport();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await made(() => navigator.credentials.get({ publicKey }));
  return changeOnce("POST", "/api/sessions/hand-over/passkey", { connection, credential });
}

async function assert(door: string): Promise<unknown> {
  requireSupport();
  const options = await changeOnce<PasskeyRequestOptions>("POST", `${door}/options`);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return changeOnce("POST", door, { credential: await made(() => navigator.credentials.get({ publicKey })) });
}

function requireSupport(): void {
  // A page that is opened by a number has no name that a passkey could belong to.
  if (/^[\d.]+$|^\[/.test(location.hostname)) throw trouble("SecurityError");
  if (typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== "function") throw trouble("unsupported");
}

/** What the browser made of it, as JSON. */
async function made(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential.toJSON();
  } catch (cause) {
    throw trouble(cause instanceof DOMException ? cause.name : "", cause);
  }
  throw trouble("");
}

function trouble(fault: string, cause?: unknown): ApiError {
  const isLoopback = /^127\.|^\[::1\]$/.test(location.hostname);
  const address = isLoopback ? `${location.protocol}//localhost:${location.port}` : null;
  return new ApiError(-1, ceremonyTrouble(fault, address), { cause });
}
