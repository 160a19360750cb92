import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { createLimiter } from "../../../server/http/limit-failures.ts";
import type { Env } from "../../../server/http/caller.ts";
import { at } from "../../support/builders.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

let bench: Workbench;
let app: Hono<Env>;
let looked: number;

beforeEach(() => {
  bench = aWorkbench();
  bench.now = at("2026-03-10T12:30:00Z");
  looked = 0;
  const limiter = createLimiter(bench.deps);
  app = new Hono<Env>()
    .use("/link", limiter.limit("link"))
    .use(
      "/passkey",
      limiter.limit("passkey", async (c) => c.req.query("credential") === "known"),
    )
    .post("/:door", (c) => {
      looked += 1;
      return c.text("", c.req.query("secret") === "right" ? 200 : 401);
    });
});

const knock = async (path: string) => (await app.request(path, { method: "POST" })).status;

async function knocks(path: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (let time = 1; time <= times; time += 1) statuses.push(await knock(path));
  return statuses;
}

describe("brute force at a door", () => {
  it("is looked at twenty times in ten minutes, then refused with the time to wait", async () => {
    expect(await knocks("/link?secret=guess", 20)).toEqual(Array(20).fill(401));
    const refused = await app.request("/link?secret=guess", { method: "POST" });
    expect([refused.status, refused.headers.get("retry-after"), looked]).toEqual([429, "600", 20]);
    bench.now = bench.now.add({ minutes: 10 });
    expect(await knock("/link?secret=right")).toBe(200);
  });

  it("is told the operator once, however long it goes on", async () => {
    await knocks("/link?secret=guess", 60);
    expect(bench.logged.filter(({ event }) => event === "door-shut")).toHaveLength(1);
  });

  it("does not count who has the key", async () => {
    expect(new Set(await knocks("/link?secret=right", 50))).toEqual(new Set([200]));
  });

  it("at one door leaves the passkey door open", async () => {
    await knocks("/link?secret=guess", 30);
    expect(await knock("/passkey?secret=right")).toBe(200);
  });

  it("at the passkey door does not keep out whose passkey is known", async () => {
    await knocks("/passkey?secret=guess", 60);
    expect(await knock("/passkey?secret=right")).toBe(429);
    expect(await knock("/passkey?secret=right&credential=known")).toBe(200);
  });
});
