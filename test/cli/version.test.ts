/** Which version runs is told by the command line and by every log line. */
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "../../src/app/log.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { PROCESS_SURROUNDINGS, type Surroundings } from "../../src/cli/surroundings.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };

test("--version prints the package's version and nothing else", async () => {
  const printed: string[] = [];
  const write = (text: string): boolean => printed.push(text) > 0;
  const around = { ...PROCESS_SURROUNDINGS, stdout: { write }, stderr: { write } } as unknown as Surroundings;
  expect(await runCommandLine(["--version"], around)).toBe(0);
  expect(printed).toEqual([`${version}\n`]);
});

test("a log line has the version that wrote it", async () => {
  const stream = new PassThrough();
  createLog("info", "acme", stream).info({ event: "run.started", job: "sync", connection: "acme" });
  const [line] = (await stream.take(1).toArray()) as Buffer[];
  expect(JSON.parse(String(line))).toMatchObject({ message: "run.started", connection: "acme", version });
});
