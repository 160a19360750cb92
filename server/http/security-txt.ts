// /.well-known/security.txt (RFC 9116): whom to tell of a weakness.
import { Hono } from "hono";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Env } from "./caller.ts";
import { dynamicHeaders } from "./headers.ts";
import { problem } from "./problem.ts";

/** RFC 9116 §2.5.5: less than a year; the file is made anew at every request. */
const goodFor = Temporal.Duration.from({ hours: 180 * 24 });

/** `contact`: mailto: or https; null where the operator named none, and then there is no file. */
export function securityTxtRoutes(
  { machineClock }: Pick<Dependencies, "machineClock">,
  contact: string | null,
): Hono<Env> {
  return new Hono<Env>().get("/.well-known/security.txt", (c) => {
    if (contact === null)
      return problem(c, 404, "no-such-route", "Nobody was named to be told. SECURITY_CONTACT does it.");
    const expires = machineClock().add(goodFor).toString({ smallestUnit: "second" });
    const text = `Contact: ${contact}\nExpires: ${expires}\nPreferred-Languages: en\n`;
    return c.text(text, 200, { ...dynamicHeaders, "Content-Type": "text/plain; charset=utf-8" });
  });
}
