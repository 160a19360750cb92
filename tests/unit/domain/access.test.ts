import { describe, expect, it } from "vitest";
import { isLocked, mayOn, roleOn } from "../../../server/domain/access.ts";
import { aPerson, at } from "../../support/builders.ts";

const owner = aPerson();
const otherOwner = aPerson({ id: "other", name: "Other" });
const renewer = aPerson({ id: "renewer", role: "renewer" });
const viewer = aPerson({ id: "viewer", role: "viewer" });
const removed = aPerson({ id: "removed", role: "renewer", removedAt: at("2026-03-10T12:00:00Z") });
const everybody = [owner, otherOwner, renewer, viewer, removed];

const alone = { ownerId: "owner", sharedWith: [] };
const shared = { ownerId: "owner", sharedWith: ["other", "renewer", "viewer", "removed"] };

const lock = (id: string) =>
  everybody.map((each) => (each.id === id ? { ...each, lockedAt: at("2026-03-10T12:00:00Z") } : each));

describe("what somebody may do to a connection", () => {
  it.each([
    ["its owner", owner, shared, "owner"],
    ["another owner it is shared with, who is no owner of it", otherOwner, shared, "renewer"],
    ["a renewer it is shared with", renewer, shared, "renewer"],
    ["a viewer it is shared with", viewer, shared, "viewer"],
    ["somebody who was removed", removed, shared, null],
    ["another owner", otherOwner, alone, null],
    ["a renewer", renewer, alone, null],
  ])("%s", (_who, person, connection, role) => {
    expect(roleOn(person, connection)).toBe(role);
  });

  it("is nothing for an owner who was removed", () => {
    expect(mayOn({ ...owner, removedAt: at("2026-03-10T12:00:00Z") }, shared, "see")).toBe(false);
  });
});

describe("a lock", () => {
  it.each([
    ["of its owner holds whoever renews", "owner", "renewer", true],
    ["of its owner holds where nobody in particular renews", "owner", null, true],
    ["of who renews holds whosever it is", "renewer", "renewer", true],
    ["of somebody else holds nobody up", "viewer", "renewer", false],
  ])("%s", (_what, locked, personId, expected) => {
    expect(isLocked(lock(locked), shared, personId)).toBe(expected);
  });
});
