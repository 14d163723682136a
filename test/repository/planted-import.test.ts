/** A wrong import makes `npm run check` fail: each kind is planted in a small house that keeps this one's rules. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../..");

/** What the planted files ask for; each exports one type and one value. */
const PRESENT = [
  "src/core/model/record.ts",
  "src/core/sync/merge-field.ts",
  "src/jobs/ports.ts",
  "src/jobs/sync-job.ts",
  "src/crm/hubspot/hubspot-client.ts",
  "src/crm/salesforce/salesforce-client.ts",
  "src/sandbox/exchange.ts",
  "src/state/open-state-store.ts",
  "src/app/settings.ts",
];

let house: string;

beforeEach(async () => {
  house = await mkdtemp(join(tmpdir(), "leadloop-house-"));
  await symlink(join(REPOSITORY, "node_modules"), join(house, "node_modules"));
  await writeFile(join(house, "package.json"), '{ "type": "module" }');
  await cp(join(REPOSITORY, "tsconfig.json"), join(house, "tsconfig.json"));
  await cp(join(REPOSITORY, "src/core/tsconfig.json"), join(house, "src/core/tsconfig.json"));
  for (const path of PRESENT) await plant(path, "export interface Thing {}\nexport const thing = 1;");
});

afterEach(() => rm(house, { recursive: true, force: true }));

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(house, path)), { recursive: true });
  await writeFile(join(house, path), `${text}\n`);
}

interface Ending {
  readonly failed: boolean;
  readonly said: string;
}

function run(program: string, given: readonly string[]): Promise<Ending> {
  return new Promise((done) => {
    execFile(process.execPath, [join(REPOSITORY, program), ...given], { cwd: REPOSITORY }, (error, stdout, stderr) => {
      done({ failed: error !== null, said: stdout + stderr });
    });
  });
}

const checkLayering = (): Promise<Ending> => run("tools/check-layering.ts", [house]);
const checkCoreTypes = (): Promise<Ending> =>
  run("node_modules/typescript/bin/tsc", ["-p", join(house, "src/core"), "--pretty", "false"]);

describe("the layering check", () => {
  test("passes a house without a wrong import", async () => {
    await plant("src/jobs/honest.ts", 'export { thing } from "../core/sync/merge-field.ts";');
    expect(await checkLayering()).toMatchObject({ failed: false });
  });

  test("names each wrong import with the rule that forbids it", async () => {
    const planted: readonly (readonly [string, string, string])[] = [
      ["src/core/sync/asks-a-job.ts", "thing } from '../../jobs/sync-job.ts'", "src/core/sync/ may not import that"],
      [
        "src/core/rules/borrows-a-type.ts",
        "type Thing } from '../../jobs/ports.ts'",
        "src/core/rules/ may not import that",
      ],
      ["src/core/rules/asks-sync.ts", "thing } from '../sync/merge-field.ts'", "src/core/rules/ may not import that"],
      ["src/core/mapping/uses-a-package.ts", "parse } from 'yaml'", "src/core/mapping/ may not import that"],
      ["src/core/model/reads-the-disk.ts", "readFileSync } from 'node:fs'", "src/core/model/ may not import that"],
      [
        "src/jobs/picks-a-client.ts",
        "thing } from '../crm/hubspot/hubspot-client.ts'",
        "src/jobs/ may not import that",
      ],
      ["src/jobs/reads-settings.ts", "thing } from '../app/settings.ts'", "src/jobs/ may not import that"],
      [
        "src/crm/hubspot/knows-the-other.ts",
        "thing } from '../salesforce/salesforce-client.ts'",
        "the two CRMs are strangers",
      ],
      [
        "src/crm/salesforce/plays.ts",
        "thing } from '../../sandbox/exchange.ts'",
        "the sandbox and the clients never meet",
      ],
      [
        "src/sandbox/peeks.ts",
        "thing } from '../crm/hubspot/hubspot-client.ts'",
        "the sandbox and the clients never meet",
      ],
      ["src/cli/opens-the-database.ts", "thing } from '../state/open-state-store.ts'", "src/cli/ may not import that"],
      [
        "src/utils/unlisted.ts",
        "thing } from '../core/model/record.ts'",
        "every folder of src has its line in MAY_IMPORT",
      ],
      ["src/jobs/asks-nobody.ts", "thing } from './nowhere.ts'", "imports lead somewhere"],
    ];
    for (const [path, wrong] of planted) await plant(path, `export { ${wrong};`);
    const { failed, said } = await checkLayering();
    expect(failed).toBe(true);
    for (const [path, , rule] of planted) expect(said).toContain(`error ${rule}: ${path} →`);
  });

  test("fails where two files import each other, if only a type", async () => {
    await plant("src/jobs/one.ts", 'import type { Two } from "./two.ts";\nexport type One = Two | 1;');
    await plant("src/jobs/two.ts", 'import type { One } from "./one.ts";\nexport type Two = One | 2;');
    expect(await checkLayering()).toMatchObject({ failed: true, said: expect.stringMatching(/error no cycles/) });
  });

  test("fails where it finds nothing to check", async () => {
    await rm(join(house, "src"), { recursive: true });
    await mkdir(join(house, "src"));
    expect(await checkLayering()).toMatchObject({ failed: true, said: expect.stringMatching(/nothing was checked/) });
  });
});

describe("the types of the core", () => {
  test("know the language", async () => {
    await plant("src/core/rules/honest.ts", "export const parsed: number = Date.parse('2026-03-02T08:00:00Z');");
    expect(await checkCoreTypes()).toEqual({ failed: false, said: "" });
  });

  test("know nothing of Node, and no file of it", async () => {
    const names = ["fetch", "process", "setTimeout", "console", "Buffer"];
    for (const name of names)
      await plant(`src/core/rules/reaches-${name}.ts`, `export const reached: unknown = ${name};`);
    await plant("src/core/rules/reads.ts", 'export { readFileSync } from "node:fs";');
    const { failed, said } = await checkCoreTypes();
    expect(failed).toBe(true);
    for (const name of names) expect(said).toContain(`Cannot find name '${name}'`);
    expect(said).toMatch(/reads\.ts.*Cannot find (module|name) 'node:fs'/);
  });
});
