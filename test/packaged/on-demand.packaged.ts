/** What a function reads only on demand lies in its zip, works there, and is not read before. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UNGUARDED } from "../support/refused-hosts.ts";

const repository = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "leadloop-on-demand-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FUNCTIONS = ["sync", "changes", "report"] as const;
for (const name of FUNCTIONS)
  execFileSync("unzip", ["-q", join(repository, `.serverless/${name}.zip`), "-d", join(folder, name)]);

describe.each(FUNCTIONS)("%s", (name) => {
  const bundle = join(folder, name, `dist/${name}-handler.mjs`);
  const asked = [...new Set(readFileSync(bundle, "utf8").match(/\.\/on-demand\/[\w-]+\.cjs/g))];

  test("asks for nothing that is not there", () => {
    expect(asked).toContain("./on-demand/nodemailer.cjs");
    const load = createRequire(bundle);
    for (const file of asked) expect(Object.getOwnPropertyNames(load(file)).length, file).toBeGreaterThan(0);
  });

  test("has read none of it, nor the AWS SDK, nor what starts programs, once it is ready", () => {
    const script = `
      await import(process.argv[1]);
      const { createRequire } = await import("node:module");
      const heavy = process.moduleLoadList.filter((name) => /^NativeModule (child_process|dgram)$/.test(name));
      console.log(JSON.stringify([...Object.keys(createRequire(process.argv[1]).cache), ...heavy]));
      process.exit(0);`;
    const environment = { [UNGUARDED]: "1", LEADLOOP_STAGE: "prod", RUNS_QUEUE_URL: "https://queue.example.com" };
    const read = execFileSync(process.execPath, ["--input-type=module", "--eval", script, bundle], {
      env: environment,
    });
    expect(JSON.parse(read.toString("utf8"))).toEqual([]);
  });
});

test("what Salesforce answers as XML or CSV is read by the parts that a first use loads", async () => {
  const load = createRequire(join(folder, "sync/dist/sync-handler.mjs"));
  const { parseStringPromise } = load("./on-demand/xml2js.cjs") as {
    readonly parseStringPromise: (text: string, options: { readonly explicitArray: boolean }) => Promise<unknown>;
  };
  expect(await parseStringPromise("<Error><errorCode>LOCKED</errorCode></Error>", { explicitArray: false })).toEqual({
    Error: { errorCode: "LOCKED" },
  });
  const { parse } = load("./on-demand/csv-parse-sync.cjs") as typeof import("csv-parse/sync");
  expect(parse("Id,Name\n1,Ada\n", { columns: true })).toEqual([{ Id: "1", Name: "Ada" }]);
});
