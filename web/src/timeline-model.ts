// Pure. What happens in the market's day to one connection, placed between midnight and midnight New York.
import type { ConnectionView, MarketView } from "../../server/http/contract.ts";
import { placeInMarketDay } from "./time-model.ts";

export interface Mark {
  kind: "kept-alive" | "keep-alive" | "reminder" | "open" | "close" | "expiry";
  at: string;
  /** 0 to 1. */
  place: number;
}

/** In order of time. Marks outside the day are left out. */
export function marksOf({ keepAlive, nextReminderAt, status, token }: ConnectionView, market: MarketView): Mark[] {
  const moments: [Mark["kind"], string | null][] = [
    ["open", market.today?.open ?? null],
    ["close", market.today?.close ?? null],
    ["kept-alive", token?.accessExpiresAt ? token.refreshedAt : keepAlive.lastCallAt],
    ["keep-alive", keepAlive.nextCallAt],
    ["reminder", nextReminderAt],
    ["expiry", status.expiresAt],
  ];
  return moments
    .flatMap(([kind, at]) => {
      const place = at === null ? null : placeInMarketDay(at, market.date);
      return at === null || place === null ? [] : [{ kind, at, place }];
    })
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
