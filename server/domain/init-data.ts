// Pure. What a Mini App is opened with (core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app): who opened
// it and when, and the text that Telegram signed. Whether the signature holds is decided elsewhere.

export interface InitData {
  /** Every field but the hash, sorted, a line each: what the hash vouches for. */
  readonly signed: string;
  /** Hex. */
  readonly hash: string;
  /** Also the id of that person's private chat with the bot. */
  readonly userId: string;
  readonly openedAt: Temporal.Instant;
}

const maxCharacters = 4096;

/** A reload in the web view takes seconds; what is older was lying around somewhere. */
export const initDataLife = Temporal.Duration.from({ minutes: 5 });
/** How far Telegram's clock may be ahead of ours. */
const clockTolerance = Temporal.Duration.from({ seconds: 30 });

/** Null for whatever Telegram would not write. */
export function readInitData(text: string): InitData | null {
  if (text.length > maxCharacters) return null;
  const fields = [...new URLSearchParams(text)];
  const byName = new Map(fields);
  // Of two fields with one name somebody else may believe the other; a line break would let one pass for two.
  if (byName.size < fields.length || fields.some((field) => /[\r\n]/.test(field.join("")))) return null;
  const hash = byName.get("hash") ?? "";
  const seconds = byName.get("auth_date") ?? "";
  const userId = userIdIn(byName.get("user") ?? "");
  if (!/^[0-9a-f]{64}$/.test(hash) || !/^[1-9]\d{8,10}$/.test(seconds) || userId === null) return null;
  const lines = fields.filter(([name]) => name !== "hash").map(([name, value]) => `${name}=${value}`);
  const openedAt = Temporal.Instant.fromEpochMilliseconds(Number(seconds) * 1000);
  return { signed: lines.toSorted().join("\n"), hash, userId, openedAt };
}

function userIdIn(text: string): string | null {
  try {
    const user: unknown = JSON.parse(text);
    if (typeof user !== "object" || user === null || !("id" in user)) return null;
    return Number.isSafeInteger(user.id) && Number(user.id) > 0 ? String(user.id) : null;
  } catch {
    return null;
  }
}

export function isFreshlyOpened({ openedAt }: InitData, now: Temporal.Instant): boolean {
  const age = now.since(openedAt).total("seconds");
  return age >= -clockTolerance.total("seconds") && age <= initDataLife.total("seconds");
}
