/** `npm run audit` fails for a grave hole and for a registry that cannot be asked, and says so where that has no list; the table in the repository it always holds against. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const AUDIT = resolve(import.meta.dirname, "../../tools/audit.ts");
const LIST = "/-/npm/v1/security/advisories/bulk";

let registry: Server | undefined;
/** npm remembers the holes that it was told of: not in the cache of whoever runs the tests. */
let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "leadloop-npm-"));
});
afterEach(async () => {
  registry?.close();
  await rm(cache, { recursive: true, force: true });
});

/** Asks a registry whose list of holes answers so; the rest of what npm asks for is not there. */
async function audit(status: number, list: object, options: readonly string[] = []): Promise<[number, string]> {
  const server = createServer(({ url }, response) => {
    response.writeHead(url === LIST ? status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(url === LIST ? list : {}));
  });
  registry = server;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return asked([`--registry=http://127.0.0.1:${port}`, ...options]);
}

function asked(given: readonly string[]): Promise<[number, string]> {
  return new Promise((done) => {
    execFile(process.execPath, [AUDIT, "--fetch-retries=0", `--cache=${cache}`, ...given], (error, stdout, stderr) =>
      done([Number(error?.code ?? 0), stderr + stdout]),
    );
  });
}

const hole = (severity: string): object => ({
  id: 1,
  url: "https://advisories.invalid/1",
  title: "It bites",
  severity,
  vulnerable_versions: "<99",
});

test("grave holes fail, and are named with their page", async () => {
  const [code, said] = await audit(200, { picocolors: [hole("high")], commander: [hole("critical")] });
  expect(code).toBe(1);
  expect(said).toContain("picocolors: high\n  high: It bites (<99), https://advisories.invalid/1\n");
  expect(said).toContain("commander: critical\n  critical: It bites (<99), https://advisories.invalid/1\n");
  expect(said).toMatch(/\d{3} packages asked about: \d+ have one of severity high or worse/);
});

test("a moderate one does not fail", async () => {
  const [code, said] = await audit(200, { picocolors: [hole("moderate")] });
  expect([code, said]).toEqual([0, expect.stringMatching(/^\d{3} packages asked about: none has one/m)]);
});

test.each([404, 405])(
  "a registry without the list (%i) does not fail, and is told apart from one that knows of nothing",
  async (status) => {
    const [code, said] = await audit(status, {});
    expect(code).toBe(0);
    expect(said).toContain(`NOT ASKED: this registry has no list of known holes (it answered ${status}).`);
    expect(said).not.toContain("asked about");
  },
);

test("a registry that breaks down fails", async () => {
  const [code, said] = await audit(500, {});
  expect([code, said]).toEqual([3, expect.stringContaining("npm audit did not answer: 500")]);
});

test("a registry that is not there fails", async () => {
  const [code, said] = await asked(["--registry=http://127.0.0.1:1"]);
  expect([code, said]).toEqual([3, expect.stringContaining("npm audit did not answer: ")]);
  expect(said).toMatch(/held against \d{3} known holes/);
});

test("an accepted hole fails nobody, nor the packages that bring it; another one beside it does", async () => {
  const accepted = { ...hole("high"), url: "https://github.com/advisories/GHSA-vfj7-8cjw-p6xm" };
  const [code, said] = await audit(200, { braces: [accepted] });
  expect([code, said]).toEqual([0, expect.stringMatching(/packages asked about: none has one/)]);
  const [second, also] = await audit(200, { braces: [accepted, { ...hole("high"), id: 2 }] });
  expect([second, also]).toEqual([1, expect.stringContaining("braces: high\n")]);
});

test("a locked version that the table knows to be affected fails, also where no registry tells", async () => {
  const lockfile = join(cache, "package-lock.json");
  await writeFile(
    lockfile,
    JSON.stringify({
      packages: { "": {}, "node_modules/lodash": { version: "4.17.20" }, "node_modules/new": { version: "1.0.0" } },
    }),
  );
  const [code, said] = await audit(405, {}, [`--lockfile=${lockfile}`]);
  expect(code).toBe(1);
  expect(said).toContain("lodash 4.17.20: high: GHSA-35jh-r3h4-6jhm, CVE-2021-23337 (<4.17.21)\n");
  expect(said).toMatch(
    /2 locked versions held against \d+ known holes, published up to \S+ \(\d+ days ago\): \d have one/,
  );
  expect(said).toContain("NOT IN THE TABLE, nobody looked them up: new\n");
});
