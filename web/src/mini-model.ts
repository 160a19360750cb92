// Pure. What Telegram hands to the page it opens, in the fragment of its address.
import type { StatusView } from "../../server/http/contract.ts";

export interface Launch {
  /** Whoever holds it is taken for that person for five minutes: it is posted once and kept nowhere. */
  initData: string;
  theme: Theme | null;
}

export interface Theme {
  bg: string;
  text: string;
  dark: boolean;
}

/** Null where the page was not opened by Telegram. */
export function readLaunch(hash: string): Launch | null {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const initData = given.get("tgWebAppData");
  return initData ? { initData, theme: readTheme(given.get("tgWebAppThemeParams")) } : null;
}

/** WCAG 1.4.3. */
const leastContrast = 4.5;

/** The person's own colours; null where they are not colours, or could not be read on each other. */
export function readTheme(json: string | null): Theme | null {
  const params = parse(json);
  const [bg, text] = [params["bg_color"], params["text_color"]];
  if (!isColour(bg) || !isColour(text)) return null;
  const [back, front] = [luminance(bg), luminance(text)];
  const contrast = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
  return contrast < leastContrast ? null : { bg, text, dark: back < front };
}

function parse(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isColour(value: unknown): value is string {
  return typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Whether a login is the one thing that helps. */
export function needsLogin({ action }: StatusView): boolean {
  return action === "renew" || action === "finish-authorization";
}
