// Pure. A text cut to what a channel takes.

const mark = "…";
const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The text if its weight is within the limit; else its beginning up to a letter's end, at a line's or word's end if one is
 * near, and "…". `weigh`: what a part costs, by default its UTF-16 length; the whole must cost no more than its parts.
 */
export function shortened(
  text: string,
  limit: number,
  weigh: (part: string) => number = (part) => part.length,
): string {
  if (weigh(text) <= limit) return text;
  const room = limit - weigh(mark);
  let weight = 0;
  let end = 0;
  for (const { segment, index } of letters.segment(text)) {
    weight += weigh(segment);
    if (weight > room) break;
    end = index + segment.length;
  }
  const cut = text.slice(0, end);
  const gap = /\s+\S*$/.exec(cut)?.index ?? 0;
  // A single endless word is cut where it is.
  const kept = gap > end * 0.8 ? cut.slice(0, gap) : cut;
  return room < 0 ? "" : `${kept.trimEnd()}${mark}`;
}

/** What the text costs in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
