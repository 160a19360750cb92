// placeholder types replaced by the calendar
export interface TradingDay { readonly kind: "trading"; readonly date: Temporal.PlainDate; readonly open: Temporal.Instant; readonly close: Temporal.Instant; readonly earlyClose: boolean; readonly occasion: string | null }
export interface ClosedDay { readonly kind: "closed"; readonly date: Temporal.PlainDate; readonly occasion: string }
export type MarketDay = TradingDay | ClosedDay;
