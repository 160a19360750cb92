// What the doctor finds at one link of the chain.

export interface Finding {
  readonly subject: string;
  readonly verdict: "ok" | "warning" | "fault";
  readonly sentence: string;
  /** What helps; null where nothing has to. */
  readonly remedy: string | null;
}

export function found(
  subject: string,
  verdict: Finding["verdict"],
  sentence: string,
  remedy: string | null = null,
): Finding {
  return { subject, verdict, sentence, remedy };
}

/** What was found, or that looking failed: one broken link must not hide the others. */
export async function lookedAt(subject: string, looking: Promise<Finding>, remedy: string): Promise<Finding> {
  try {
    return await looking;
  } catch (error) {
    return found(subject, "fault", error instanceof Error ? error.message : "It can't be reached.", remedy);
  }
}

/** "3 min ago", in the unit that fits. */
export function ago(at: Temporal.Instant, now: Temporal.Instant): string {
  const { hours, minutes } = now.since(at, { largestUnit: "hours", smallestUnit: "minutes" });
  if (hours >= 48) return `${Math.floor(hours / 24)} days ago`;
  if (hours > 0) return `${hours} h ${minutes} min ago`;
  return minutes > 0 ? `${minutes} min ago` : "less than a minute ago";
}
