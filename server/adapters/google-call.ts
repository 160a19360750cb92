// One call to a Google API with an end to it, and a failure reduced to what may be shown: the clients' own errors carry
// requests, metadata and answers, and their messages quote earlier ones.

const codes = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

export type GoogleCode = (typeof codes)[number];

const passing: readonly GoogleCode[] = [
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "ABORTED",
  "CANCELLED",
  "UNKNOWN",
];

/** The clients' retry settings for a call that does no harm twice: `tryMs` for each try, `forMs` for all of them. */
export function repeatedFor(tryMs: number, forMs: number) {
  return {
    retryCodes: passing.map((code) => codes.indexOf(code)),
    backoffSettings: {
      initialRetryDelayMillis: 200,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 1_000,
      initialRpcTimeoutMillis: tryMs,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: tryMs,
      totalTimeoutMillis: forMs,
    },
  };
}

/** Says what was called, on what, and the status; nothing of the request or the answer. */
export class GoogleCallError extends Error {
  override name = "GoogleCallError" as const;
  readonly code: GoogleCode;

  constructor(what: string, code: GoogleCode, remedy = "") {
    super(`${what}: ${code}.${remedy === "" ? "" : ` ${remedy}`}`);
    this.code = code;
  }
}

export function isRefusal(error: unknown, ...expected: readonly GoogleCode[]): error is GoogleCallError {
  return error instanceof GoogleCallError && expected.includes(error.code);
}

export const credentialsRemedy =
  "No Google credentials work here: on Cloud Run check the service account, elsewhere run: gcloud auth application-default login";

/** The result; rejects with `refusal` of the status when the call fails, and of DEADLINE_EXCEEDED after `limitMs`. */
export async function googleCall<T>(
  limitMs: number,
  work: () => Promise<T>,
  refusal: (code: GoogleCode) => Error,
): Promise<T> {
  // Loading credentials is bounded by nothing that the clients let us set.
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(refusal("DEADLINE_EXCEEDED")), limitMs);
  const working = work().catch((error: unknown) => Promise.reject(refusal(statusOf(error) ?? "UNKNOWN")));
  try {
    return await Promise.race([working, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** The status that the API or the transport gave; null for a failure on this side, such as missing credentials. */
export function statusOf(error: unknown): GoogleCode | null {
  if (error instanceof GoogleCallError) return error.code;
  const number = error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;
  return (number === undefined ? undefined : codes[number]) ?? null;
}
