// Types only: fire drills, as the server answers and the page reads. All instants are ISO 8601 strings in UTC.

/** `GET /api/drills`: one's own, newest first */
export interface DrillsReply {
  drills: DrillView[];
}

/** Also the answer to `POST /api/drills` `{at?}` (absent or null: now; up to 24 hours ahead) and `DELETE /api/drills/:id`. */
export interface DrillView {
  id: string;
  state: "planned" | "running" | "done" | "missed" | "failed" | "cancelled";
  /** When it rings, or was to ring. */
  at: string;
  rangAt: string | null;
  endedAt: string | null;
  /** Why it was called off, in a sentence. */
  reason: string | null;
  /** In their order. */
  steps: DrillStepView[];
  /** Each try to bring the alert: what the channel is called, and what it said against it. */
  channels: { channel: string; milliseconds: number; failure: string | null }[];
  /** Who confirmed; "rehearsal" is built in, for when no trading system did. */
  confirmedBy: string | null;
  /** 0 to 100, once it ended; null before, and where it was called off. */
  score: number | null;
  /** What to mend, a sentence each. */
  advice: string[];
}

export interface DrillStepView {
  name: "alerted" | "acknowledged" | "begun" | "authorized" | "renewed" | "published" | "confirmed";
  /** Null: it did not happen. */
  at: string | null;
  /** Since the step before it. */
  seconds: number | null;
  /** Within so many it counts in full; null where it counts nothing. */
  limitSeconds: number | null;
  points: number;
  outOf: number;
}
