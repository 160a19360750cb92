// Reads a JSON body of a known shape, or answers what is wrong with it.
import type { Context } from "hono";
import type { z } from "zod";
import { problem } from "./problem.ts";

/** The parsed body, or the 400 to return. An empty body counts as `{}`. */
export async function readBody<T extends z.ZodType>(c: Context, shape: T): Promise<z.infer<T> | Response> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch {
    return problem(c, 400, "not-json", "The body is not JSON.");
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "The body" : `"${issue.path.join(".")}"`;
  return problem(c, 400, "bad-body", `${where}: ${issue?.message ?? "is not as documented"}.`);
}
