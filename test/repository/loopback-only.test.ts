/** The guard that keeps every test on this machine. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import pg from "pg";
import { expect, test } from "vitest";
import { refusedHosts } from "../support/refuse-other-hosts.ts";

const run = promisify(execFile);

/** What the guard noted; taken away, so that it does not fail the test that provoked it. */
function noted(): string[] {
  return refusedHosts.splice(0);
}

const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
  ["fetch", () => fetch("http://example.com/")],
  ["fetch over TLS", () => fetch("https://example.com/")],
  ["an HTTPS request", () => new Promise((_resolve, reject) => get("https://example.com/").on("error", reject))],
  ["a database connection", () => new pg.Client({ connectionString: "postgres://me@example.com/leads" }).connect()],
];

test.each(ways)("%s to another machine is refused and noted", async (_way, reach) => {
  await expect(reach()).rejects.toThrow();
  expect(noted()).toContain("example.com");
});

test("an address in figures is refused like a name", async () => {
  await expect(fetch("http://192.0.2.1/")).rejects.toThrow();
  expect(noted()).toEqual(["192.0.2.1"]);
});

test("a name that can never exist is answered as such, without asking anyone", async () => {
  await expect(fetch("http://crm.invalid/")).rejects.toMatchObject({ cause: { code: "ENOTFOUND" } });
  expect(noted()).toEqual([]);
});

test("this machine can be reached", async () => {
  const server = createServer((_request, response) => response.end("here"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("here");
  await new Promise((resolve) => server.close(resolve));
});

test("a process that a test starts is held to the same", async () => {
  const program = 'fetch("http://example.com/").catch((error) => console.log(error.cause.message))';
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program]);
  expect(stdout).toContain("a test may talk to this machine only");
});

test("no database of the environment reaches a test", () => {
  expect(process.env["DATABASE_URL"]).toBeUndefined();
});
