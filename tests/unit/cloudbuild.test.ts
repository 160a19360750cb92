// cloudbuild.yaml fits the repository, and its scripts are run here with the tools they call replaced by recorders.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { defaultRegion, names } from "../../infra/names.ts";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "cloudbuild.yaml"), "utf8");

interface Step {
  readonly id: string;
  readonly name: string;
  readonly script: string;
}
const build: {
  readonly substitutions: Record<string, string>;
  readonly options: Record<string, unknown>;
  readonly serviceAccount: string;
  readonly timeout: string;
  readonly steps: readonly Step[];
} = parse(text);

const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const scriptOf = (id: string) => build.steps.find((step) => step.id === id)?.script ?? "";
const allScripts = build.steps.map(({ script }) => script).join("\n");

/** Of those Cloud Build sets itself. */
const builtIn = ["BUILD_ID", "PROJECT_ID", "SHORT_SHA"];

describe("cloudbuild.yaml", () => {
  it("tests, builds, deploys without traffic, tries, and only then shifts traffic and renews Hosting", () => {
    expect(build.steps.map(({ id }) => id)).toEqual(["test", "page", "image", "deploy", "smoke", "shift", "hosting"]);
    expect(scriptOf("deploy")).toContain("--no-traffic");
    expect(build.steps.filter(({ script }) => script.includes("update-traffic")).map(({ id }) => id)).toEqual([
      "shift",
    ]);
  });

  it("uses every substitution it declares and declares every one it uses", () => {
    const used = new Set(
      [...text.replaceAll(/^ {2}_\w+:.*$/gm, "").matchAll(/\$\{?(_[A-Z_]+)/g)].map(([, name]) => String(name)),
    );
    expect([...used].toSorted()).toEqual(Object.keys(build.substitutions).toSorted());
  });

  it("knows every variable of its scripts: substituted, set by the script, or by the step before", () => {
    for (const { id, script } of build.steps) {
      const used = [...script.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => String(name));
      const set = [...script.matchAll(/(?:^|\s|;)(?:for |local )?([a-z_]+)(?==| in )/g)].map(([, name]) =>
        String(name),
      );
      const declared = [...script.matchAll(/local ([^\n]+)/g)].flatMap(
        ([, list]) => String(list).match(/[a-z]+/g) ?? [],
      );
      const carried = script.includes(". ./deploy.env") ? ["image", "tag"] : [];
      const known = [...builtIn, ...Object.keys(build.substitutions), ...set, ...declared, ...carried];
      expect(
        used.filter((name) => !known.includes(name)),
        id,
      ).toEqual([]);
    }
  });

  it("runs npm scripts that exist", () => {
    const own = readJson("package.json").scripts;
    const named = [...allScripts.matchAll(/npm run (\S+)/g)].map(([, name]) => String(name));
    expect(named).toEqual(["check", "build"]);
    for (const name of [...named, "test"]) expect(own, name).toHaveProperty(name);
    expect(readJson("infra/package.json").scripts).toHaveProperty("test");
    expect(allScripts).toContain("npm --prefix infra test");
  });

  it("names files that exist or that a step before has made", () => {
    const made: string[] = [];
    for (const { id, script } of build.steps) {
      const read = [...script.matchAll(/--file (\S+)|^\s*\. \.\/(\S+)|(\S+\.json)"?\)/gm)].map(
        (match) => match[1] ?? match[2] ?? match[3],
      );
      for (const path of script.matchAll(/(?:> |--metadata-file )"?([\w$.-]+)/g)) made.push(String(path[1]));
      for (const path of read)
        expect(existsSync(join(root, String(path))) || made.includes(String(path)), `${id}: ${path}`).toBe(true);
    }
    expect(readJson("firebase.json").hosting.public).toBe("web/dist");
  });

  it("pins every image and tool to one version", () => {
    for (const image of [
      ...build.steps.map(({ name }) => name),
      ...[...allScripts.matchAll(/image=([\w./-]+:\S+)/g)].map(([, name]) => String(name)),
    ])
      expect(image).toMatch(/:v?\d+\.\d+\.\d+/);
    expect(text).not.toMatch(/:latest|@latest|kaniko/);
    expect(scriptOf("hosting")).toMatch(/firebase-tools@\d+\.\d+\.\d+ /);
    const { node } = readJson("package.json").devDependencies;
    expect(new Set(build.steps.map(({ name }) => name).filter((name) => name.startsWith("node:")))).toEqual(
      new Set([`node:${node}-trixie`]),
    );
  });

  it("names the services, the repository, the region and the account that infra/ makes", () => {
    expect(build.substitutions).toMatchObject({
      _SERVICE: names.service,
      _CRON_SERVICE: names.cronService,
      _REPOSITORY: names.repository,
      _REGION: defaultRegion,
    });
    expect(build.serviceAccount).toBe(
      `projects/$PROJECT_ID/serviceAccounts/${names.accounts.build}@$PROJECT_ID.iam.gserviceaccount.com`,
    );
  });

  it("lets Hosting forward to the public service in the same region, and never to the clockwork", () => {
    const rewrites: { source: string; run?: { serviceId: string; region: string } }[] =
      readJson("firebase.json").hosting.rewrites;
    const targets = rewrites.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(target.serviceId).toBe(names.service);
    // Whoever deploys elsewhere writes that region into the file, and the build runs these tests again.
    expect(new Set(targets.map(({ region }) => region)).size).toBe(1);
    expect(rewrites.filter(({ source }) => source.includes("cron"))).toEqual([]);
    expect(rewrites.map(({ source }) => source)).toContain("/livez");
  });

  it("keeps its log in Cloud Logging, its substitutions in the environment, and ends within the hour", () => {
    expect(build.options).toEqual({ automapSubstitutions: true, logging: "CLOUD_LOGGING_ONLY" });
    expect(build.timeout).toBe("3600s");
  });
});

describe("a build", () => {
  let workspace = "";
  let answers: Record<string, string> = {};
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const image = `us-east1-docker.pkg.dev/my-project/prebell/prebell@${digest}`;

  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), "prebell-build-"));
    mkdirSync(join(workspace, "tools"));
    answers = { revision: "prebell-00007-abc", livez: "200", status: "401", tick: "401" };
    tool(
      "docker",
      `case "$*" in *--metadata-file*) printf '{\\n  "containerimage.digest": "%s"\\n}' "$digest" > image.json;; esac`,
    );
    tool(
      "gcloud",
      `case "$*" in *status.url*) echo https://prebell-abcdef-ue.a.run.app;; *latestCreated*) echo "$revision";; esac`,
    );
    tool(
      "curl",
      `case "$*" in */livez) printf %s "$livez";; */status) printf %s "$status";; */cron/tick) printf %s "$tick";; esac`,
    );
    tool("npm", "");
    tool("npx", "");
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  /** Stands in for a tool: writes down how it was called, then answers as `script` does. */
  function tool(name: string, script: string): void {
    const path = join(workspace, "tools", name);
    writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> "$calls"\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** Runs the step as Cloud Build does: a file of its own, in the workspace, with the substitutions as environment. */
  function run(id: string, substitutions: Record<string, string> = {}) {
    const path = join(workspace, "tools", `step-${id}`);
    const calls = join(workspace, "tools", "calls");
    writeFileSync(path, scriptOf(id));
    writeFileSync(calls, "");
    chmodSync(path, 0o755);
    const { status, stderr } = spawnSync(path, {
      cwd: workspace,
      encoding: "utf8",
      env: {
        PATH: `${join(workspace, "tools")}:/usr/bin:/bin`,
        ...build.substitutions,
        PROJECT_ID: "my-project",
        BUILD_ID: "12345678-9abc-def0-1234-56789abcdef0",
        SHORT_SHA: "c0ffee1",
        calls,
        digest,
        ...answers,
        ...substitutions,
      },
    });
    return { ok: status === 0, stderr, calls: readFileSync(calls, "utf8").trimEnd().split("\n") };
  }

  it("pushes the image under its commit and hands its digest on", () => {
    const { ok, calls } = run("image");
    expect(ok).toBe(true);
    expect(calls[1]).toContain("--tag us-east1-docker.pkg.dev/my-project/prebell/prebell:c0ffee1 --push");
    expect(readFileSync(join(workspace, "deploy.env"), "utf8")).toBe(`image=${image}\ntag=v-c0ffee1\n`);
  });

  it("goes by its own id when no trigger named a commit", () => {
    expect(run("image", { SHORT_SHA: "" }).ok).toBe(true);
    expect(readFileSync(join(workspace, "deploy.env"), "utf8")).toContain("tag=v-12345678\n");
  });

  it("stops when it does not know what it pushed", () => {
    const { ok, stderr } = run("image", { digest: "" });
    expect(ok).toBe(false);
    expect(stderr).toContain("image.json names no digest");
  });

  it("deploys both services by digest, tries the public one, then shifts both", () => {
    run("image");
    const deployed = run("deploy");
    expect(deployed.ok).toBe(true);
    expect(deployed.calls.filter((call) => call.includes("run deploy"))).toEqual(
      ["prebell", "prebell-cron"].map(
        (service) =>
          `gcloud run deploy ${service} --project=my-project --region=us-east1 --image=${image} --no-traffic --tag=v-c0ffee1 --quiet`,
      ),
    );
    const tried = run("smoke");
    expect(tried).toMatchObject({ ok: true, stderr: "" });
    const addresses = tried.calls.filter((call) => call.startsWith("curl")).map((call) => call.split(" ").at(-1));
    const candidate = "https://v-c0ffee1---prebell-abcdef-ue.a.run.app";
    expect(addresses).toEqual([`${candidate}/livez`, `${candidate}/status`, `${candidate}/cron/tick`]);
    const shifted = run("shift");
    expect(shifted.ok).toBe(true);
    expect(shifted.calls.filter((call) => call.includes("update-traffic"))).toEqual(
      ["prebell", "prebell-cron"].map(
        (service) =>
          `gcloud run services update-traffic ${service} --project=my-project --region=us-east1 --to-latest --remove-tags=v-c0ffee1 --quiet`,
      ),
    );
  });

  it.each([
    ["does not live", { livez: "503" }, "/livez answered 503 instead of 200"],
    ["shows its status to strangers", { status: "200" }, "/status answered 200 instead of 401"],
    ["lets strangers wind the clockwork", { tick: "200" }, "/cron/tick answered 200 instead of 401"],
    ["does not answer", { livez: "" }, "/livez answered nothing instead of 200"],
  ])("stops at a revision that %s", (_, changes, message) => {
    run("image");
    run("deploy");
    answers = { ...answers, ...changes };
    const { ok, stderr } = run("smoke");
    expect(ok).toBe(false);
    expect(stderr).toContain(message);
  });

  it("shifts nothing when a revision has come in between", () => {
    run("image");
    run("deploy");
    answers = { ...answers, revision: "prebell-00008-xyz" };
    const { ok, stderr, calls } = run("shift");
    expect(ok).toBe(false);
    expect(stderr).toContain("prebell has a newer revision, prebell-00008-xyz");
    expect(calls.filter((call) => call.includes("update-traffic"))).toEqual([]);
  });

  it("renews Hosting of the project and asks through it", () => {
    const { ok, calls } = run("hosting");
    expect(ok).toBe(true);
    expect(calls[0]).toMatch(
      /^npx -y firebase-tools@\S+ deploy --only hosting --project my-project --non-interactive$/,
    );
    expect(calls[1]).toContain("https://my-project.web.app/livez");
    expect(run("hosting", { _HOSTING_SITE: "other" }).calls[1]).toContain("https://other.web.app/livez");
  });
});
