import { beforeEach, describe, expect, it } from "vitest";
import { helpReply, keepAliveReply, statusReply } from "../../../server/bot/replies.ts";
import { failed } from "../../../server/domain/broker-answer.ts";
import { readOverview } from "../../../server/use-cases/overview.ts";
import { aConnection, at } from "../../support/builders.ts";
import { aWorkbench, identityOf, type Workbench } from "../use-cases/workbench.ts";

const pageUrl = "https://prebell.example";
const sandbox = "etrade-sandbox";
const [prodIdentity, sandboxIdentity] = [identityOf("etrade-prod"), identityOf(sandbox)];

let bench: Workbench;

beforeEach(async () => {
  bench = aWorkbench({ ids: ["etrade-prod", sandbox] });
  await bench.have(aConnection());
});

const say = async (now: string) => {
  bench.now = at(now);
  return statusReply(await readOverview(bench.deps), pageUrl);
};

describe("/status", () => {
  it("tells of each connection its state, what that rests on, and the time left", async () => {
    await bench.have({
      ...aConnection(),
      ...sandboxIdentity,
      lastFailure: { ...failed("maintenance", 500), at: at("2026-03-10T13:05:00Z"), call: "accounts-list" },
    });
    expect(await say("2026-03-10T13:10:30Z")).toBe(
      [
        "E*TRADE production: ✅ active",
        "E*TRADE answered the account list · 08:30 ET",
        "14 h 49 min left, until Wed 00:00 ET",
        "",
        "E*TRADE sandbox: ❔ unknown",
        "E*TRADE is under maintenance. The token is untouched · 09:05 ET",
        "14 h 49 min left, until Wed 00:00 ET",
        "",
        "https://prebell.example",
      ].join("\n"),
    );
  });

  it("names the page as the place to renew where somebody is needed", async () => {
    expect(await say("2026-03-11T12:30:00Z")).toBe(
      [
        "E*TRADE production: 🔔 needs you",
        "Expired. Only a login at E*TRADE brings a new token · 00:00 ET",
        "",
        "E*TRADE sandbox: 🔔 needs you",
        "Never authorized yet.",
        "",
        "Renew: https://prebell.example",
      ].join("\n"),
    );
  });

  it("says the day of what was not today, and the date of what was long ago", async () => {
    expect(await say("2026-03-12T12:30:00Z")).toContain("brings a new token · Wed 00:00 ET");
    expect(await say("2026-03-30T12:30:00Z")).toContain("brings a new token · 11 Mar 00:00 ET");
  });

  it("counts whole days for tokens that live long", async () => {
    const [first] = (await readOverview(bench.deps)).connections;
    if (first?.status.word !== "active") throw new Error("It has to be active.");
    const status = { ...first.status, expiresAt: at("2026-03-13T16:31:59Z") };
    const overview = { ...(await readOverview(bench.deps)), connections: [{ ...first, status }] };
    expect(statusReply({ ...overview, now: at("2026-03-10T13:30:00Z") }, pageUrl)).toContain(
      "3 d 3 h left, until Fri 12:31 ET",
    );
  });
});

describe("/keepalive", () => {
  it("tells each connection's outcome on a line", () => {
    expect(
      keepAliveReply([
        [prodIdentity, "ok"],
        [sandboxIdentity, "ended"],
      ]),
    ).toBe(
      "E*TRADE production: ✅ verified by the account list.\nE*TRADE sandbox: 🔔 the token is dead. It needs you.",
    );
  });
});

describe("/help", () => {
  it("lists the commands and leads to the page", () => {
    const lines = helpReply(pageUrl).split("\n");
    expect(lines.filter((line) => line.startsWith("/")).map((line) => line.split(" ")[0])).toEqual([
      "/status",
      "/renew",
      "/snooze",
      "/keepalive",
      "/lock",
      "/help",
    ]);
    expect(lines.at(-1)).toBe(pageUrl);
  });
});
