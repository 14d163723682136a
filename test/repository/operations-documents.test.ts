/** What an engineer reads before and after the deployment names every alarm, permission and field that there is, and none that is not. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import type { NewField } from "../../src/core/model/new-field.ts";
import { accessInWords, neededAccess } from "../../src/core/setup/needed-access.ts";
import { ownFieldDefinitions } from "../../src/core/setup/own-field-definitions.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(REPOSITORY, name), "utf8");
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = ""]) => name);

test("each alarm has its chapter in the runbook, by its name, and each chapter of that kind its alarm", () => {
  const template = read("serverless.yml");
  const alarms = found(template, /AlarmName: \$\{self:service\}-\$\{sls:stage\}-([a-z-]+)/g);
  expect(alarms.length).toBeGreaterThan(5);
  expect(found(template, /AlarmDescription: .*docs\/runbook\.md, ([a-z-]+)/g)).toEqual(alarms);
  const chapters = found(read("docs/runbook.md"), /^## ([a-z]+(?:-[a-z]+)*)$/gm);
  expect(chapters.toSorted()).toEqual(alarms.toSorted());
});

const ACCOUNTS = /^## Connect real accounts$[\s\S]*?(?=^## )/m.exec(read("README.md"))?.[0] ?? "";

test("docs/deploy.md leads to where permissions and fields are", () => {
  expect(ACCOUNTS).not.toBe("");
  expect(read("docs/deploy.md")).toContain('README, "Connect real accounts"');
});

const PERMISSIONS = [
  "API Enabled",
  "View All",
  "Modify All",
  "Customize Application",
  "Manage Profiles and Permission Sets",
];

test("each scope and permission that doctor tells is named there", () => {
  const said = ACCOUNTS.replaceAll("*", "").replaceAll(/\s+/g, " ");
  const needed = accessInWords(neededAccess({ mappings, rulebook }));
  const scopes = needed.hubspot.map((scope) => scope.split(" ")[0] ?? "");
  expect([...scopes, ...PERMISSIONS].filter((name) => !said.includes(name))).toEqual([]);
  const told = needed.salesforce.join("; ");
  expect(PERMISSIONS.filter((name) => !told.includes(name))).toEqual([]);
});

const { mappings, ownFields, rulebook } = loadConfig({
  mappingsFolder: join(REPOSITORY, "mappings"),
  configFolder: join(REPOSITORY, "config"),
});
const fields = ownFieldDefinitions(mappings, ownFields, rulebook.lifecycle);

test.each(fields.map((field) => [`${field.system} ${field.object} ${field.name}`, field] as const))(
  "setup makes %s, and the tables of fields have it, with its kind",
  (_title, field) => {
    const row = ACCOUNTS.split("\n").find((line) => line.includes(`\`${field.name}\``));
    expect(row, `no line names ${field.name}`).toBeDefined();
    expect(row).toMatch(wordsFor(field));
    if (field.unique) expect(row).toMatch(/unique/);
  },
);

function wordsFor({ type, system }: NewField): RegExp {
  if (type.kind === "number")
    return system === "hubspot" ? /number/ : new RegExp(`number ${type.precision},${type.scale}`);
  if (type.kind === "datetime") return /date and time|date\/time/;
  if (type.kind === "choice") return new RegExp(`picklist: ${type.values.join(", ")}`);
  if (type.kind === "text") return system === "hubspot" ? /single-line text/ : new RegExp(`text ${type.length}`);
  return /./;
}

test("each mapped or read field that is no standard one is named there too", () => {
  const custom = [
    ...mappings.flatMap((mapping) => mapping.fields.map((field) => field.salesforce)),
    ...rulebook.facts.salesforce.map((fact) => fact.field),
  ].filter((name) => name.endsWith("__c"));
  expect(custom.length).toBeGreaterThan(3);
  expect([...new Set(custom)].filter((name) => !ACCOUNTS.includes(`\`${name}\``))).toEqual([]);
});
