import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  answersIn,
  differences,
  parseStackFile,
  renderStackFile,
  secretVersionIn,
  StackFileError,
  stackFileFor,
} from "../../../server/cli/setup-stack-file.ts";
import { acceptedAnswers, someAnswers } from "./setup-answers.ts";

const infra = join(import.meta.dirname, "../../../infra");

/** As Pulumi writes it after `config set`: sorted, unquoted, lists one item a line. */
const rewritten = `encryptionsalt: v1:c2FsdA==:v1:abc/def+ghi=
config:
  gcp:project: my-trading-482913
  gcp:region: us-east1
  prebell:alarmEmail: me@example.com
  prebell:bigQueryHistory: "false"
  prebell:etradeMirror: "true"
  prebell:etradeProd: "true"
  prebell:etradeSandbox: "true"
  prebell:heartbeat: "true"
  prebell:image: us-docker.pkg.dev/cloudrun/container/hello
  prebell:monthlyBudgetUsd: "5"
  prebell:publicUrl: https://my-trading-482913.web.app
  prebell:schwab: "false"
  prebell:secretVersions:
    API_TOKEN: 3
  prebell:services: "true"
  prebell:telegramChatId: "7654321"
  prebell:traderMembers:
    - serviceAccount:bot@my-trading-482913.iam.gserviceaccount.com
    - user:me@example.com
`;
const members = ["serviceAccount:bot@my-trading-482913.iam.gserviceaccount.com", "user:me@example.com"];

describe("a new stack file", () => {
  it("holds what was answered, and that the services do not exist yet", () => {
    const answers = someAnswers({ billingAccount: "0123AB-4567CD-89EF01", traderMembers: members });
    expect(parse(renderStackFile(stackFileFor(answers)))).toEqual({
      config: {
        "gcp:project": "my-trading-482913",
        "gcp:region": "us-east1",
        "prebell:publicUrl": "https://my-trading-482913.web.app",
        "prebell:telegramChatId": "7654321",
        "prebell:alarmEmail": "me@example.com",
        "prebell:etradeProd": true,
        "prebell:etradeSandbox": true,
        "prebell:etradeMirror": true,
        "prebell:schwab": false,
        "prebell:bigQueryHistory": false,
        "prebell:heartbeat": true,
        "prebell:monthlyBudgetUsd": 5,
        "prebell:billingAccount": "0123AB-4567CD-89EF01",
        "prebell:traderMembers": members,
        "prebell:services": false,
      },
    });
  });

  it("names only settings that the Pulumi program reads", () => {
    const program = readFileSync(join(infra, "config.ts"), "utf8");
    const answers = someAnswers({ billingAccount: "0123AB-4567CD-89EF01", traderMembers: members });
    const keys = [...stackFileFor(answers).config.keys()].map((key) => key.split(":")[1]);
    expect(keys.filter((key) => !program.includes(`"${key}"`))).toEqual([]);
  });

  it("reads back as the same answers, whatever was answered", () => {
    fc.assert(
      fc.property(acceptedAnswers, (answers) => {
        const text = renderStackFile(stackFileFor(answers));
        expect(parse(text).config["prebell:alarmEmail"]).toBe(answers.alarmEmail);
        const again = parseStackFile(text);
        expect(differences(again, stackFileFor(answers, again))).toEqual([]);
        expect(answersIn(again).get("project")).toBe(answers.project);
        expect(answersIn(again).get("public-url")).toBe(answers.publicUrl);
        expect(answersIn(again).get("trader-members") ?? "").toBe(answers.traderMembers.join(","));
      }),
    );
  });
});

describe("a stack file that Pulumi has written since", () => {
  it("is as it should be when the same is answered again", () => {
    const before = parseStackFile(rewritten);
    expect(differences(before, stackFileFor(someAnswers({ traderMembers: members }), before))).toEqual([]);
  });

  it("keeps Pulumi's salt, the running services and everything that setup did not ask for", () => {
    const before = parseStackFile(rewritten);
    const after = parse(renderStackFile(stackFileFor(someAnswers({ alarmEmail: "new@example.com" }), before)));
    expect(after.encryptionsalt).toBe("v1:c2FsdA==:v1:abc/def+ghi=");
    expect(after.config).toMatchObject({
      "prebell:alarmEmail": "new@example.com",
      "prebell:services": "true",
      "prebell:image": "us-docker.pkg.dev/cloudrun/container/hello",
      "prebell:secretVersions": { API_TOKEN: 3 },
    });
    expect(after.config).not.toHaveProperty("prebell:traderMembers");
  });

  it("shows each setting that would change, before and after", () => {
    const before = parseStackFile(rewritten);
    expect(
      differences(before, stackFileFor(someAnswers({ region: "europe-west1", heartbeat: false }), before)),
    ).toEqual([
      "gcp:region: us-east1 → europe-west1",
      "prebell:heartbeat: true → false",
      `prebell:traderMembers: ${members.join(", ")} → (not set)`,
    ]);
  });

  it("tells which version of a secret the services read", () => {
    const file = parseStackFile(rewritten);
    expect([secretVersionIn(file, "API_TOKEN"), secretVersionIn(file, "TELEGRAM_BOT_TOKEN")]).toEqual([3, 1]);
  });

  it("that was written by hand in a form not understood is refused, by its line, not overwritten", () => {
    expect(() => parseStackFile('config:\n  ? "gcp:project"\n  : x\n')).toThrow("Line 2");
  });

  it("that was indented by other hands stays one file", () => {
    const before = parseStackFile(rewritten.replaceAll(/^ +/gm, (spaces) => spaces.repeat(2)));
    const after = parse(renderStackFile(stackFileFor(someAnswers({ traderMembers: members }), before)));
    expect(after.config).toMatchObject({ "prebell:secretVersions": { API_TOKEN: 3 }, "prebell:services": "true" });
  });

  it.each(["config: {gcp:project: x}", "config:\n  ? gcp\n", "config:\n  no colon\n"])(
    "that says %j is not touched",
    (text) => {
      expect(() => parseStackFile(text)).toThrow(StackFileError);
    },
  );

  it("that is the published example is understood", () => {
    const example = parseStackFile(readFileSync(join(infra, "Pulumi.example.yaml"), "utf8"));
    expect(answersIn(example).get("chat-id")).toBe("123456789");
  });
});
