// What the simulated owner does, and what befalls them, day by day. The same every time: nothing here is random.
import type { Environment } from "../../server/domain/connection.ts";
import { clockChanges, newYork, type SimulatedDay, slots } from "./simulation-calendar.ts";
import { environments } from "./simulation.ts";

export type Deed =
  | {
      readonly deed: "renew";
      readonly environments: readonly Environment[];
      readonly wrongCodeFirst: boolean;
      /** The broker is under maintenance: nothing can come of it. */
      readonly inVain: boolean;
    }
  | { readonly deed: "kill-token"; readonly environment: Environment }
  | { readonly deed: "begin-maintenance" }
  | { readonly deed: "end-maintenance" };

/** Times are on the wall in New York, and never those of a tick. */
export type DayScript = {
  readonly deeds: readonly (Deed & { readonly time: string })[];
  readonly asleep: { readonly from: string; readonly to: string } | null;
};

const renew = (time: string, options: { only?: Environment; wrongCodeFirst?: boolean; inVain?: boolean } = {}) => {
  const { only, wrongCodeFirst = false, inVain = false } = options;
  return { time, deed: "renew", environments: only ? [only] : environments, wrongCodeFirst, inVain } as const;
};
const kill = (time: string, environment: Environment) => ({ time, deed: "kill-token", environment }) as const;
const maintenance = (from: string, to: string) =>
  [
    { time: from, deed: "begin-maintenance" },
    { time: to, deed: "end-maintenance" },
  ] as const;
const script = (deeds: DayScript["deeds"], asleep: DayScript["asleep"] = null): DayScript => ({ deeds, asleep });

// Thirteen mornings, so that each falls on every day of the week in turn.
const mornings: readonly DayScript[] = [
  script([renew("08:40:20")]),
  script([renew("09:05:20")]),
  script([renew("00:05:20")]),
  script([renew("09:20:20")]),
  script([renew("08:33:20", { only: "prod" }), renew("09:41:20", { only: "sandbox" })]),
  script([renew("08:40:20"), kill("11:10:20", "prod"), renew("12:20:20", { only: "prod" })]),
  script([renew("08:36:20", { wrongCodeFirst: true })]),
  script([]),
  script([renew("08:45:20")], { from: "10:20", to: "13:20" }),
  script([renew("00:10:20"), kill("07:00:20", "sandbox"), renew("08:52:20", { only: "sandbox" })]),
  script([...maintenance("08:50:20", "09:48:20"), renew("09:17:20", { inVain: true }), renew("09:52:20")]),
  script([renew("08:35:20"), ...maintenance("09:25:20", "10:04:20")]),
  // The evening's token is as dead at midnight as the morning's.
  script([renew("07:55:20"), renew("23:50:20", { only: "prod" })]),
];

/** Now and then somebody tries it on a weekend or a holiday, and on the nights of a clock change always. */
const closedDay = (day: SimulatedDay, index: number): DayScript => {
  if (clockChanges.includes(day.date)) return script([renew("00:10:20"), renew("23:48:20", { only: "sandbox" })]);
  if (isEveOfClockChange(day)) return script([renew("23:47:20")]);
  return script(index % 5 === 0 ? [renew("20:02:20")] : []);
};

export function scriptOf(day: SimulatedDay, index: number, tradingDaysBefore: number): DayScript {
  if (!day.isTrading) return closedDay(day, index);
  return mornings[tradingDaysBefore % mornings.length] ?? script([]);
}

function isEveOfClockChange(day: SimulatedDay): boolean {
  return clockChanges.includes(Temporal.PlainDate.from(day.date).add({ days: 1 }).toString());
}

/** When the program's clockwork strikes: closely while it matters, sparsely otherwise; never while it sleeps. */
export function ticksOf(day: SimulatedDay, { asleep }: DayScript): readonly Temporal.Instant[] {
  const at = (time: string) => newYork(day.date, time);
  const ticks = [
    ...every(90, at("00:00"), at("07:30")),
    ...every(90, at("17:00"), at("23:00")),
    ...["00:00:01", "23:55", "23:59:59"].map(at),
    ...(day.isTrading ? every(10, at("08:00"), at("17:00")) : []),
    ...slots.map(({ time }) => at(time)),
    // Where the chat failed at a slot, it is tried again within seconds.
    ...["08:30:10", "09:00:10", "09:15:10", "09:30:10"].map(at),
    ...["08:29:59", "08:30:01", "08:59:59", "09:00:01", "09:14:59", "09:15:01", "09:29:59", "09:30:01"].map(at),
    // By exact time, so that the hour that comes twice is walked through twice.
    ...(clockChanges.includes(day.date) ? every(5, at("00:30"), at("04:00")) : []),
  ];
  const sleeping = (tick: Temporal.Instant) =>
    asleep !== null &&
    Temporal.Instant.compare(tick, at(asleep.from)) > 0 &&
    Temporal.Instant.compare(tick, at(asleep.to)) < 0;
  const distinct = new Map(ticks.map((tick) => [tick.epochMilliseconds, tick]));
  return [...distinct.values()].filter((tick) => !sleeping(tick)).toSorted((a, b) => Temporal.Instant.compare(a, b));
}

function every(minutes: number, from: Temporal.Instant, to: Temporal.Instant): readonly Temporal.Instant[] {
  const steps = Math.floor(to.since(from).total("minutes") / minutes);
  return Array.from({ length: steps + 1 }, (_, index) => from.add({ minutes: index * minutes }));
}
