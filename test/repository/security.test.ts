/** docs/security.md keeps its word: every threat has its control and a test that is there; and what of it only files can show. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const textOf = (file: string): string => readFileSync(join(REPOSITORY, file), "utf8");
const threats = textOf("docs/security.md")
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = "", ...lines] = section.split("\n");
    const tests = lines.flatMap((line) => {
      const [, file, title] = /^- Test: `([^`]+)`: "(.+)"$/.exec(line) ?? [];
      return file === undefined || title === undefined ? [] : [{ file, title }];
    });
    const said = lines.filter((line) => line.startsWith("- "));
    const controls = [
      ...lines
        .filter((line) => !line.startsWith("- "))
        .join("\n")
        .matchAll(/`([\w./-]+\/[\w.-]+|serverless\.yml)`/g),
    ];
    return { heading, tests, said, controls: controls.map(([, path = ""]) => path) };
  });

/** Whether a file calls something with that title: a test, a group of tests, or a table of them. */
function hasTest(file: string, title: string): boolean {
  const calls = [JSON.stringify(title), `\`${title}\``].map((spelt) => spelt.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return existsSync(join(REPOSITORY, file)) && new RegExp(`\\(\\s*(?:${calls.join("|")})`).test(textOf(file));
}

test("the list has all its threats, in order", () => {
  const numbers = threats.map(({ heading }) => heading.split(".")[0]);
  expect(numbers).toEqual(Array.from({ length: 21 }, (_, index) => `T${index + 1}`));
});

test.each(threats)("$heading", ({ tests, said, controls }) => {
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.length, "a line that is no test").toBe(said.length);
  expect(controls.length, "no control").toBeGreaterThan(0);
  expect(controls.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  expect(tests.filter(({ file, title }) => !hasTest(file, title))).toEqual([]);
});

test("a test that is not there is noticed", () => {
  expect(hasTest("test/repository/security.test.ts", "the list has all its threats, in order")).toBe(true);
  expect(hasTest("test/repository/security.test.ts", "the list has all its threats")).toBe(false);
  expect(hasTest("test/repository/nothing.test.ts", "x")).toBe(false);
});

test("every package is locked to one version and its hash", () => {
  const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(
    textOf("package.json"),
  ) as Record<string, Record<string, string>>;
  const asked = [dependencies, devDependencies, optionalDependencies, overrides].flatMap((kind = {}) =>
    Object.entries(kind),
  );
  expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  const { packages } = JSON.parse(textOf("package-lock.json")) as {
    readonly packages: Readonly<
      Record<string, { readonly integrity?: string; readonly link?: boolean; readonly inBundle?: boolean }>
    >;
  };
  const installed = Object.entries(packages).filter(([path, { inBundle }]) => path !== "" && inBundle !== true);
  expect(installed.length).toBeGreaterThan(asked.length);
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
});

test("every queue and bucket of the deployment is encrypted, and no bucket is public", () => {
  // The template's own tags (!GetAtt, !Sub) are left as the text behind them.
  const { resources } = parse(textOf("serverless.yml"), { merge: true, logLevel: "silent" }) as {
    readonly resources: { readonly Resources: Readonly<Record<string, { Type: string; Properties: object }>> };
  };
  const all = Object.values(resources.Resources);
  const ofType = (type: string): object[] => all.flatMap((it) => (it.Type === type ? [it.Properties] : []));
  expect(ofType("AWS::SQS::Queue").length).toBeGreaterThan(0);
  for (const queue of ofType("AWS::SQS::Queue")) expect(queue).toMatchObject({ SqsManagedSseEnabled: true });
  expect(ofType("AWS::S3::Bucket").length).toBeGreaterThan(0);
  const closed = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  for (const bucket of ofType("AWS::S3::Bucket")) {
    expect(bucket).toMatchObject({ PublicAccessBlockConfiguration: closed, BucketEncryption: expect.anything() });
  }
});

test("each function of the deployment has a role of its own, and no role may do everything", () => {
  const { functions, resources } = parse(textOf("serverless.yml"), { merge: true, logLevel: "silent" }) as {
    readonly functions: Readonly<Record<string, { readonly role?: string }>>;
    readonly resources: { readonly Resources: Readonly<Record<string, { Type: string; Properties: object }>> };
  };
  const roles = Object.values(functions).map(({ role }) => role);
  expect(roles.length).toBeGreaterThan(1);
  expect(new Set(roles).size).toBe(roles.length);
  for (const role of roles) expect(resources.Resources[role ?? "none"]?.Type).toBe("AWS::IAM::Role");
  const granted = Object.values(resources.Resources).flatMap(({ Type, Properties }) =>
    Type.startsWith("AWS::IAM::") ? statementsIn(Properties) : [],
  );
  expect(granted.length).toBeGreaterThan(roles.length);
  expect(
    granted.filter(({ actions, resources: on }) => actions.some((one) => one.includes("*")) || on.includes("*")),
  ).toEqual([]);
});

interface Granted {
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
}

/** Every statement below, wherever a policy has it; the one that lets Lambda take the role names no resource. */
function statementsIn(value: unknown): readonly Granted[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== "object" || value === null) return [];
  const { Action: action, Resource: resource } = value as { readonly Action?: unknown; readonly Resource?: unknown };
  if (action === undefined || resource === undefined) return Object.values(value).flatMap(statementsIn);
  return [{ actions: [action].flat().map(String), resources: [resource].flat() }];
}
