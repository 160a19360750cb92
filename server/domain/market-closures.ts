// Pure. What no rule foretells about the New York Stock Exchange, one line per date.
// Sources: NYSE Group's yearly calendar notices; NYSE "Special Closings"; the open exchange_calendars project (XNYS).
// Left out on purpose: late opens and halts within a day (such as 11 September 2002), which move no reminder.

/** The day these lists were last compared with their sources, the newest of which was then of July 2026. */
export const closuresReviewedOn = Temporal.PlainDate.from("2026-11-20");

/** The last year NYSE itself has announced (notice of 23 December 2025); later years rest on the rules alone. */
export const announcedThroughYear = 2028;

/** Whole days without trading. */
export const oneOffClosures: ReadonlyMap<string, string> = new Map([
  ["2001-09-11", "Attacks of September 11"],
  ["2001-09-12", "Attacks of September 11"],
  ["2001-09-13", "Attacks of September 11"],
  ["2001-09-14", "Attacks of September 11"],
  ["2004-06-11", "National Day of Mourning for Ronald Reagan"],
  ["2007-01-02", "National Day of Mourning for Gerald Ford"],
  ["2012-10-29", "Hurricane Sandy"],
  ["2012-10-30", "Hurricane Sandy"],
  ["2018-12-05", "National Day of Mourning for George H. W. Bush"],
  ["2025-01-09", "National Day of Mourning for Jimmy Carter"],
]);

/** Days that closed at 13:00 without a rule. The Fridays after Christmas of 2008, 2014 and 2025 did not. */
export const oneOffEarlyCloses: ReadonlyMap<string, string> = new Map([
  ["1999-12-31", "New Year's Eve of 1999"],
  ["2003-12-26", "Day after Christmas"],
]);
