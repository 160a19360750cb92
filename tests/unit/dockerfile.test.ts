// The image's recipe: pinned bases, nothing in the final image but what the build made, nobody's root.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const packageJson = JSON.parse(read("package.json"));

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

/** One entry per instruction, in order; comments are gone, continued lines joined. */
const instructions: Instruction[] = read("infra/Dockerfile")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n/g, " ")
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line !== "")
  .map((line) => ({ keyword: line.split(/\s/)[0] ?? "", rest: line.slice(line.indexOf(" ") + 1).trim() }));

const argumentsByName = new Map(
  instructions
    .filter(({ keyword }) => keyword === "ARG")
    .map(({ rest }): [string, string] => [rest.slice(0, rest.indexOf("=")), rest.slice(rest.indexOf("=") + 1)]),
);
const froms = instructions.flatMap(({ keyword, rest }, index) => (keyword === "FROM" ? [{ rest, index }] : []));
const resolved = (from: string) =>
  from.replace(/\$\{(\w+)\}/, (_, name) => argumentsByName.get(name) ?? "").split(" ")[0] ?? "";
const finalStage = instructions.slice(froms.at(-1)?.index);
const rests = (keyword: string, among = finalStage) =>
  among.filter((each) => each.keyword === keyword).map(({ rest }) => rest);

it("builds on the Node that the packages name and runs on distroless Node of the same line", () => {
  const bases = froms.map(({ rest }) => resolved(rest));
  expect(bases).toEqual([
    `node:${packageJson.devDependencies.node}-trixie-slim`,
    "gcr.io/distroless/nodejs26-debian13:nonroot",
  ]);
  for (const base of bases) expect(base).toMatch(/:(?!latest)[\w.-]+(@sha256:[0-9a-f]{64})?$/);
});

it("takes nothing into the final image but the server's bundle and the page", () => {
  expect(rests("COPY")).toEqual(["--from=build /src/dist dist", "--from=build /src/web/dist web/dist"]);
  expect(rests("RUN")).toEqual([]);
  expect(instructions.filter(({ keyword }) => keyword === "ADD")).toEqual([]);
});

it("starts the bundle as nobody, with Node as the process that gets the signals", () => {
  expect(rests("USER")).toEqual(["nonroot"]);
  expect(rests("ENTRYPOINT")).toEqual([]);
  const command: string[] = JSON.parse(rests("CMD")[0] ?? "[]");
  expect(command.at(-1)).toBe("dist/main.js");
  expect(command.slice(0, -1).filter((flag) => !flag.startsWith("--"))).toEqual([]);
  expect(rests("ENV")).toEqual(["NODE_ENV=production", "CLOUDSDK_CONFIG=/app"]);
});

it("copies only what is in the repository, and the build's context lets it through", () => {
  const copied = rests("COPY", instructions)
    .filter((rest) => !rest.startsWith("--from"))
    .flatMap((rest) => rest.split(/\s+/).slice(0, -1));
  expect(copied).toEqual(["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "bin", "server", "web"]);
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const [everything, ...lines] = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(everything).toBe("*");
  expect(lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1))).toEqual(copied);
  expect(lines).toContain("**/.env*");
  expect(lines).toContain("**/node_modules");
});

it("runs npm scripts that exist", () => {
  const run = rests("RUN", instructions).flatMap((rest) =>
    [...rest.matchAll(/npm run (\S+)/g)].map(([, name]) => String(name)),
  );
  expect(run).toEqual(["build"]);
  for (const name of run) expect(packageJson.scripts).toHaveProperty(name);
});
