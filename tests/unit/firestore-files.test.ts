import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { keptHours, purgeField } from "../../server/adapters/firestore-layout.ts";

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

describe("firestore.indexes.json", () => {
  const { indexes, fieldOverrides }: { indexes: unknown; fieldOverrides: unknown } = JSON.parse(
    file("firestore.indexes.json"),
  );

  it("gives every collection that is not kept for good a time to live, and no other", () => {
    const purged = Object.entries(keptHours).flatMap(([name, hours]) => (hours === null ? [] : [name]));
    expect(fieldOverrides).toEqual(
      purged.toSorted().map((collectionGroup) => ({ collectionGroup, fieldPath: purgeField, ttl: true, indexes: [] })),
    );
  });

  it("asks for no index, since no query needs one", () => {
    expect(indexes).toEqual([]);
  });
});

describe("firestore.rules", () => {
  it("let no client read or write anything", () => {
    const rules = file("firestore.rules");
    expect(rules.match(/allow .*/g)).toEqual(["allow read, write: if false;"]);
    expect(rules.match(/match .*/g)).toEqual(["match /databases/{database}/documents {", "match /{document=**} {"]);
  });
});
