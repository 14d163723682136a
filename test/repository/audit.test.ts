/** `npm run audit` fails for a grave hole and for a registry that cannot be asked, and says so where nothing was checked. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
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
async function audit(status: number, list: object): Promise<[number, string]> {
  const server = createServer(({ url }, response) => {
    response.writeHead(url === LIST ? status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(url === LIST ? list : {}));
  });
  registry = server;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return asked([`--registry=http://127.0.0.1:${port}`]);
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
  expect(said).toMatch(/\d{3} packages asked about, \d+ have a known hole of severity high or worse/);
});

test("a moderate one does not fail", async () => {
  const [code, said] = await audit(200, { picocolors: [hole("moderate")] });
  expect([code, said]).toEqual([0, expect.stringMatching(/^\d{3} packages asked about, none has a known hole/)]);
});

test.each([404, 405])(
  "a registry without the list (%i) does not fail, and nobody is told that all is well",
  async (status) => {
    const [code, said] = await audit(status, {});
    expect(code).toBe(0);
    expect(said).toContain(`NOT CHECKED: this registry has no list of known holes (it answered ${status}).`);
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
});
