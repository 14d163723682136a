/** The table of known holes is well formed, no locked version has a grave one that is not accepted, and what is accepted is bound to one version. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { validRange } from "semver";
import { expect, test } from "vitest";
import { ACCEPTED_HOLES, acceptanceOf } from "../../tools/audit/accepted-holes.ts";
import { compare, isGrave, type Locked, lockedPackages, readKnownHoles } from "../../tools/audit/known-holes.ts";

const textOf = (file: string): string => readFileSync(resolve(import.meta.dirname, "../..", file), "utf8");
const table = readKnownHoles(textOf("tools/audit/known-holes.csv"));
const locked = lockedPackages(JSON.parse(textOf("package-lock.json")));

const HEAD = "# up to: 2026-10-07\npackage,severity,affected,advisory\n";
const small = readKnownHoles(
  `${HEAD}a,high,<1.2.3 || >=2.0.0 <2.1.0,GHSA-1 CVE-1\na,moderate,=1.0.0,GHSA-2\nb,,,\n@scope/*,,,\nc,unrated,<1.0.0,GMS-1\n`,
);

test.each<[string, string, string, readonly string[]]>([
  ["a version in the first part of a range", "a", "1.2.2", ["GHSA-1"]],
  ["the version that mends it", "a", "1.2.3", []],
  ["a version in the second part", "a", "2.0.5", ["GHSA-1"]],
  ["a beta of the version that mends it", "a", "1.2.3-beta.1", ["GHSA-1"]],
  ["a version with two holes", "a", "1.0.0", ["GHSA-1", "GHSA-2"]],
  ["a package without holes", "b", "1.0.0", []],
  ["a hole that nobody rated", "c", "0.9.0", ["GMS-1"]],
])("%s", (_, name, version, ids) => {
  expect(compare([{ name, version }], small).affected.map(({ hole }) => hole.ids[0])).toEqual(ids);
});

test("a package that nobody looked up is told, one of a scope that was looked up is not", () => {
  const names = ["a", "b", "d", "@scope/x", "@other/x"];
  const { notLookedUp } = compare(
    names.map((name) => ({ name, version: "9.0.0" })),
    small,
  );
  expect(notLookedUp).toEqual(["d", "@other/x"]);
});

test("severities that fail an audit are those of high or worse, and those that nobody gave", () => {
  const severities = ["low", "moderate", "high", "critical", "unrated"];
  expect(severities.filter(isGrave)).toEqual(["high", "critical", "unrated"]);
});

test("a lockfile's packages are those of every folder, each version once, under the name that they have", () => {
  const packages = {
    "": { name: "leadloop", version: "0.1.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b/node_modules/a": { version: "1.0.0" },
    "node_modules/b/node_modules/@scope/c": { version: "2.0.0" },
    "node_modules/alias": { name: "d", version: "3.0.0" },
    "node_modules/linked": {},
  };
  expect(lockedPackages({ packages }).map(({ name, version }) => `${name} ${version}`)).toEqual([
    "a 1.0.0",
    "@scope/c 2.0.0",
    "d 3.0.0",
  ]);
});

test("a table that does not say up to when it knows is refused", () => {
  expect(() => readKnownHoles(HEAD.replace("# up to: 2026-10-07\n", ""))).toThrow("does not say up to when");
});

test("every row of the table has a range, a severity and identifiers, and none is there twice", () => {
  const odd = table.holes.filter(
    ({ affected, severity, ids }) =>
      validRange(affected) === null ||
      !["low", "moderate", "high", "critical", "unrated"].includes(severity) ||
      !ids.every((id) => /^(GHSA(-[\w]{4}){3}|CVE-\d{4}-\d{4,}|GMS-\d{4}-\d+)$/.test(id)),
  );
  expect(odd).toEqual([]);
  const keys = table.holes.map(({ name, ids }) => `${name} ${ids[0]}`);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("no locked version has a hole of severity high or worse that is not accepted", () => {
  const open = compare(locked, table).affected.filter(
    ({ name, hole }) => isGrave(hole.severity) && acceptanceOf(hole.ids, name, locked) === undefined,
  );
  expect(open.map(({ name, version, hole }) => `${name} ${version}: ${hole.ids.join(", ")}`)).toEqual([]);
});

test.each(ACCEPTED_HOLES)("$id is accepted in $name $version alone, and is there", ({ id, name, version }) => {
  expect(compare(locked, table).affected.map(({ name, version, hole }) => [name, version, hole.ids[0]])).toContainEqual(
    [name, version, id],
  );
  const lockedTo = (...versions: string[]): readonly Locked[] => versions.map((version) => ({ name, version }));
  expect(acceptanceOf([id], name, lockedTo(version))?.id).toBe(id);
  expect(acceptanceOf([id], name, lockedTo(version, "0.0.1"))).toBeUndefined();
  expect(acceptanceOf(["GHSA-0000-0000-0000"], name, lockedTo(version))).toBeUndefined();
  expect(acceptanceOf([id], "another", lockedTo(version))).toBeUndefined();
});
