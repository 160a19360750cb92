// The stand-in refuses what Firestore refuses: a test that passes against it has to mean something.
import { Timestamp, type Query } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { openFirestore } from "../../server/adapters/firestore-database.ts";
import { openCloud } from "../support/firestore.ts";

const codes = { invalid: 3, notFound: 5, exists: 6, precondition: 9, aborted: 10 };
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "accepted",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : String(error)),
  );

async function ids(query: Query): Promise<string> {
  return (await query.get()).docs.map(({ id }) => id).join("");
}

describe("the Firestore on this machine", () => {
  it("refuses each query that needs an index which is not committed", async () => {
    const { db } = await openCloud();
    const things = db.collection("things");
    const outcomes = await Promise.all(
      [
        things.where("a", "==", 1).where("b", "==", 2),
        things.where("a", ">", 1).orderBy("a", "desc"),
        things.where("a", "==", 1).orderBy("b"),
        things.where("a", "==", 1).where("b", "<", 2),
        things.orderBy("a").orderBy("b"),
        things.orderBy("__name__", "desc"),
        db.collection("sessions").where("purgeAt", "<", Timestamp.now()),
      ].map((query) => refusal(query.get())),
    );
    const needy = codes.precondition;
    expect(outcomes).toEqual(["accepted", "accepted", needy, needy, needy, needy, needy]);
  });

  it("finds and orders as Firestore does: by type, by bytes, without documents that lack the field", async () => {
    const { db } = await openCloud();
    const things = db.collection("things");
    const values = { a: 10, b: 9, c: "9", d: null, e: Timestamp.fromMillis(5), f: "é", g: "z" };
    for (const [id, value] of Object.entries(values)) await things.doc(id).set({ value });
    await things.doc("none").set({ other: 1 });
    expect(await ids(things.orderBy("value"))).toBe("dbaecgf");
    expect(await ids(things.orderBy("value", "desc").limit(2))).toBe("fg");
    expect(await ids(things.where("value", ">", 9))).toBe("a");
    expect(await ids(things.orderBy("value").startAfter("9").endAt("z"))).toBe("g");
    expect((await things.where("value", "==", 10).select("other").get()).docs[0]?.data()).toEqual({});
  });

  it("aborts a transaction whose reading somebody else has overtaken, missing documents included", async () => {
    const { db } = await openCloud();
    const thing = db.doc("things/one");
    let attempts = 0;
    const seen = await db.runTransaction(async (transaction) => {
      attempts += 1;
      const { exists } = await transaction.get(thing);
      if (attempts === 1) await thing.set({ by: "another" });
      transaction.set(thing, { by: "us" });
      return exists;
    });
    expect([attempts, seen]).toEqual([2, true]);
    const once = db.runTransaction(
      async (transaction) => {
        await transaction.get(db.collection("things"));
        await db.doc("things/two").set({});
        transaction.set(thing, {});
      },
      { maxAttempts: 1 },
    );
    expect(await refusal(once)).toBe(codes.aborted);
  });

  it("takes a transaction's commit once", async () => {
    const { server, db } = await openCloud();
    server.failNext("Commit", { loseAnswer: "UNAVAILABLE" });
    const thing = db.doc("things/one");
    let attempts = 0;
    await db.runTransaction(async (transaction) => {
      attempts += 1;
      await transaction.get(thing);
      transaction.set(thing, { attempts });
    });
    expect((await thing.get()).data()).toEqual({ attempts: 2 });
  });

  it("holds writers to their preconditions, and all writes of a commit to one fate", async () => {
    const { db } = await openCloud();
    const thing = db.doc("things/one");
    const { writeTime } = await thing.create({ a: 1 });
    expect(await refusal(thing.create({ a: 2 }))).toBe(codes.exists);
    expect(await refusal(db.doc("things/none").update({ a: 2 }))).toBe(codes.notFound);
    await thing.update({ b: 2 });
    expect(await refusal(thing.update({ a: 3 }, { lastUpdateTime: writeTime }))).toBe(codes.precondition);
    const batch = db.batch().set(db.doc("things/two"), {}).create(thing, {});
    expect(await refusal(batch.commit())).toBe(codes.exists);
    expect((await db.collection("things").get()).docs.map((document) => document.data())).toEqual([{ a: 1, b: 2 }]);
  });

  it("refuses names, sizes and numbers of writes beyond Firestore's limits", async () => {
    const { db } = await openCloud();
    expect(await refusal(db.doc(`things/${"x".repeat(1501)}`).set({}))).toBe(codes.invalid);
    expect(await refusal(db.doc("things/__mine__").set({}))).toBe(codes.invalid);
    expect(await refusal(db.doc("things/one").set({ text: "x".repeat(1_048_576) }))).toBe(codes.invalid);
    const batch = db.batch();
    for (let index = 0; index <= 500; index += 1) batch.set(db.doc(`things/${index}`), {});
    expect(await refusal(batch.commit())).toBe(codes.invalid);
    expect(await refusal(db.doc("things/one").set({ list: [[1]] }))).toBe(codes.invalid);
  });

  it("knows one database in each project, and keeps projects apart", async () => {
    const { server, db } = await openCloud();
    await db.doc("things/one").set({});
    const other = openFirestore({ project: "other-project", emulatorHost: server.host });
    expect((await other.collection("things").get()).size).toBe(0);
    await other.terminate();
  });
});
