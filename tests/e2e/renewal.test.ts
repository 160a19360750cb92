// A renewal from the tap to the green page, and every way it goes wrong before the broker has issued anything.
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply } from "../../server/http/contract.ts";
import { type Ceremony, ceremony } from "../support/program-ceremony.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";

let program: Program;
let client: Client;
let prod: Ceremony;
let before: number | null;

beforeAll(async () => {
  program = await startProgram();
  client = await program.signIn();
  prod = ceremony(program, client, "etrade-prod");
  before = (await program.renew(client, "etrade-prod")).version;
});

afterEach(async () => {
  await program.control.clear();
  await prod.cancel();
  before = await prod.version();
});

const linkOf = async (tap: ReturnType<Ceremony["tap"]>) => (await good<AuthorizationReply>(tap)).authorizeUrl;

const exchanges = async () => (await program.control.state()).calls["/oauth/access_token"];

/** The old token opens its accounts this very moment, and it is still the stored one. */
async function expectUntouched(): Promise<void> {
  expect([verdict(await prod.proof()), await prod.version()]).toEqual(["200 ok", before]);
}

describe("a renewal", () => {
  it("ends with the next version, proven, stored and announced", async () => {
    const verifier = await prod.approve();
    const completed = await good<CompletionReply>(prod.complete(verifier));
    expect(completed).toMatchObject({
      outcome: "stored",
      status: { word: "active", evidence: "E*TRADE answered the account list.", expiresAt: "2026-06-11T04:00:00.000Z" },
      version: (before ?? 0) + 1,
      accounts: ["••5145 Brokerage", "••2718 Brokerage", "••1828 Roth IRA"],
    });
    const { token, authorization } = await client.connection("etrade-prod");
    expect([token?.version, authorization?.stage]).toEqual([completed.version, "completed"]);
    expect(token?.announcedAt).not.toBeNull();
    expect(
      (await program.control.state()).tokens.map(({ state }) => state).filter((state) => state === "active"),
    ).toHaveLength(1);
  });

  it("takes the code in small letters, with the spaces and dashes of a paste", async () => {
    const verifier = await prod.approve();
    const pasted = ` ${verifier.slice(0, 2).toLowerCase()}-${verifier.slice(2)}\n`;
    expect(await good<CompletionReply>(prod.complete(pasted))).toMatchObject({ outcome: "stored" });
  });

  it("takes the address that the broker sent the browser to", async () => {
    await program.control.callback("prod", `${program.url}/callback/etrade`);
    const verifier = await prod.approve();
    await program.control.callback("prod", null);
    const completed = prod.completeWith(`${program.url}/callback/etrade?oauth_verifier=${verifier}`);
    expect(await good<CompletionReply>(completed)).toMatchObject({ outcome: "stored", version: (before ?? 0) + 1 });
  });

  it("gives a double tap one link", async () => {
    const links = await Promise.all([linkOf(prod.tap()), linkOf(prod.tap())]);
    links.push(await linkOf(prod.tap()));
    expect(new Set(links).size).toBe(1);
  });

  it("of a connection that does not exist is refused", async () => {
    expect(verdict(await ceremony(program, client, "etrade-moon").tap())).toBe("404 unknown-connection");
  });

  it("accepts the older of two links when that is the one approved", async () => {
    const older = await linkOf(prod.tap());
    const newer = await linkOf(prod.tap({ restart: true }));
    expect(newer).not.toBe(older);
    const verifier = await program.control.accept(older);
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({ outcome: "stored" });
  });
});

describe("a code", () => {
  it("that is wrong costs one of three tries; the right one still works before the third", async () => {
    const verifier = await prod.approve();
    const wrong = await prod.complete("WRONG");
    expect([verdict(wrong), wrong.text.includes("(2 left)")]).toEqual(["422 verifier-rejected", true]);
    await expectUntouched();
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({ outcome: "stored" });
  });

  it("that is wrong three times ends the renewal, and the person is told", async () => {
    const verifier = await prod.approve();
    const answers = [];
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    for (const wrong of ["WRONG", "WRNG2", "WRNG3", verifier]) answers.push(await prod.complete(wrong));
    expect(answers.map(verdict)).toEqual(Array.from({ length: 4 }, () => "422 verifier-rejected"));
    expect(answers.slice(2).every(({ text }) => text.includes("Start again for a new one"))).toBe(true);
    await expectUntouched();
    const texts = (await client.messages()).map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringMatching(/refused the code three times.*The token before it is untouched\./s),
    );
  });

  it.each(["", "AB", "MX9ES!", "a whole sentence that is no code"])(
    "that can't be one is refused unsent: %j",
    async (text) => {
      await prod.approve();
      const sent = await exchanges();
      expect(verdict(await prod.complete(text))).toBe("422 verifier-malformed");
      expect(await exchanges()).toBe(sent);
      await expectUntouched();
    },
  );

  it("that comes after five minutes is too late", async () => {
    const verifier = await prod.approve();
    await program.control.advance(Temporal.Duration.from({ minutes: 5 }));
    expect(verdict(await prod.complete(verifier))).toBe("410 authorization-lapsed");
    await expectUntouched();
  });

  it("that has done its work is not sent again", async () => {
    const verifier = await prod.approve();
    await good(prod.complete(verifier));
    before = await prod.version();
    expect(verdict(await prod.complete(verifier))).toBe("409 verifier-used");
    await expectUntouched();
  });

  it("in an address that belongs to another renewal is refused", async () => {
    const verifier = await prod.approve();
    const foreign = `${program.url}/callback/etrade?oauth_verifier=${verifier}&oauth_token=somebody-elses`;
    expect(verdict(await prod.completeWith(foreign))).toBe("422 callback-mismatch");
    await expectUntouched();
  });

  it("without a tap before it finds nothing waiting", async () => {
    const sandbox = ceremony(program, client, "etrade-sandbox");
    expect(verdict(await sandbox.complete("MX9ES"))).toBe("409 authorization-missing");
  });

  it("brought by another device is refused there and accepted here", async () => {
    const verifier = await prod.approve();
    await program.restart();
    const other = ceremony(program, await program.signIn(), "etrade-prod");
    expect(verdict(await other.complete(verifier))).toBe("409 authorization-elsewhere");
    await expectUntouched();
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({ outcome: "stored" });
  });
});

describe("giving up", () => {
  it("leaves the old token and forgets the code", async () => {
    const verifier = await prod.approve();
    expect((await prod.cancel()).status).toBe(200);
    expect(verdict(await prod.complete(verifier))).toBe("409 authorization-missing");
    await expectUntouched();
  });
});
