// What time it is at the broker, by the Date header of whatever it answers.

const timeoutMs = 10_000;

/** Null where nobody answers, or names no time. */
export async function readBrokerClock(url: string | URL, userAgent: string): Promise<Temporal.Instant | null> {
  try {
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      headers: { "user-agent": userAgent },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    return Number.isNaN(date) ? null : Temporal.Instant.fromEpochMilliseconds(date);
  } catch {
    // The answer to the question is that there is none; why, the broker's other calls tell.
    return null;
  }
}
