// Which channel this browser became, kept on the device. Of the subscription only a digest: whoever has it could send.
export interface KnownPush {
  readonly channel: string;
  /** SHA-256 of the endpoint, hex. */
  readonly endpoint: string;
}

const key = "push";

export function rememberPush(known: KnownPush): void {
  try {
    localStorage.setItem(key, JSON.stringify(known));
  } catch {
    // Private modes refuse storage; then the row is not marked as this browser's.
  }
}

export function recallPush(): KnownPush | null {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return isKnownPush(known) ? known : null;
  } catch {
    return null;
  }
}

export function forgetPush(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}

function isKnownPush(value: unknown): value is KnownPush {
  if (typeof value !== "object" || value === null) return false;
  return (
    "channel" in value && typeof value.channel === "string" && "endpoint" in value && typeof value.endpoint === "string"
  );
}
