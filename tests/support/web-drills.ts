// Fire drills for the page's pictures and tests: one that runs, one that closed its loop, one that nobody answered.
import type { DrillStepView, DrillView } from "../../server/http/contract-drills.ts";

type Took = Readonly<Partial<Record<DrillStepView["name"], number>>>;

const limits: Took = { alerted: 30, begun: 300, renewed: 60, published: 10, confirmed: 30 };
const names = ["alerted", "acknowledged", "begun", "authorized", "renewed", "published", "confirmed"] as const;
const rangAt = "2026-11-20T17:58:00Z";

function steps(took: Took): DrillStepView[] {
  return names.map((name) => {
    const seconds = took[name] ?? null;
    const limitSeconds = limits[name] ?? null;
    const points = limitSeconds === null || seconds === null ? 0 : seconds <= limitSeconds ? 20 : 10;
    const at = seconds === null ? null : new Date(Date.parse(rangAt) + seconds * 1000).toISOString();
    return { name, at, seconds, limitSeconds, points, outOf: limitSeconds === null ? 0 : 20 };
  });
}

const base = { at: rangAt, rangAt, endedAt: null, reason: null, channels: [], confirmedBy: null, advice: [] };

export const drillsShown = {
  running: {
    ...base,
    id: "drill-3",
    state: "running",
    steps: steps({ alerted: 1.2, acknowledged: 8.4, begun: 14 }),
    channels: [{ channel: "Telegram chat ••789", milliseconds: 412, failure: null }],
    score: null,
  },
  done: {
    ...base,
    id: "drill-2",
    state: "done",
    endedAt: "2026-11-20T18:00:30Z",
    steps: steps({
      alerted: 41,
      acknowledged: 8.4,
      begun: 96,
      authorized: 55,
      renewed: 2.4,
      published: 0.3,
      confirmed: 61,
    }),
    channels: [
      {
        channel: "Telegram chat ••789",
        milliseconds: 10_020,
        failure: "Telegram can't be reached. It is tried again.",
      },
      { channel: "e-mail a••@example.com", milliseconds: 1312, failure: null },
    ],
    confirmedBy: "rehearsal",
    score: 80,
    advice: [
      "The alert took 41 s; 30 s is the aim.",
      "No trading system confirmed within 60 seconds, so a built-in one took its place. Let yours POST the version of the event to /api/connections/drill/confirmations.",
    ],
  },
  missed: {
    ...base,
    id: "drill-1",
    at: "2026-11-12T21:00:00Z",
    rangAt: "2026-11-12T21:00:00Z",
    state: "missed",
    endedAt: "2026-11-12T21:15:00Z",
    steps: steps({ alerted: 1.2 }),
    score: 20,
    advice: ["Nobody began within 15 minutes."],
  },
} satisfies Record<string, DrillView>;
