// What the README says about configuration is what the program reads.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { variables } from "../../server/config-variables.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const section = /^## Configuration\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
const rows = [...section.matchAll(/^\| `(\w+)`\s+\| (.+?)\s+\|/gm)];

it("every variable has a row in the README's Configuration table, and every row is a variable", () => {
  expect(rows.map(([, name]) => String(name)).toSorted()).toEqual(Object.keys(variables).toSorted());
});

it("every name in backticks in that section is a variable", () => {
  const names = [...section.matchAll(/`([A-Z][A-Z0-9_]{3,})`/g)].map(([, name]) => String(name));
  // NAME_FILE stands for any of them.
  expect([...new Set(names)].toSorted()).toEqual([...Object.keys(variables), "NAME_FILE"].toSorted());
});

it("every default in the table is the program's", () => {
  const described = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
  const differing = Object.entries(variables).filter(([name, rule]) => {
    const { data } = rule.safeParse(undefined);
    return data !== undefined && described[name] !== String(data) && name !== "API_TOKEN_SCOPES";
  });
  expect(differing.map(([name]) => name)).toEqual([]);
});
