/** The guard that keeps every test on this machine. */
import { execFile, execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import dns, { lookup } from "node:dns";
import { createServer } from "node:http";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import pg from "pg";
import { expect, test } from "vitest";
import { takeRefusals } from "../support/refused-hosts.ts";

const run = promisify(execFile);

const { promises } = dns;

function sends(host: string): Promise<void> {
  const socket = createSocket("udp4");
  return new Promise<void>((resolve, reject) => {
    socket.send("?", 53, host, (error) => (error === null ? resolve() : reject(error)));
  }).finally(() => socket.close());
}

const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
  ["fetch", () => fetch("http://example.com/")],
  ["fetch over TLS", () => fetch("https://example.com/")],
  ["an HTTPS request", () => new Promise((_resolve, reject) => get("https://example.com/").on("error", reject))],
  ["a database connection", () => new pg.Client({ connectionString: "postgres://me@example.com/leads" }).connect()],
  ["a look-up", () => promisify(lookup)("example.com")],
  ["a look-up that promises", () => promises.lookup("example.com")],
  ["a question to the name server", () => promisify(dns.resolveMx)("example.com")],
  ["a question that promises", () => promises.resolve("example.com", "TXT")],
  ["a question of one's own", () => new promises.Resolver().resolve4("example.com")],
  [
    "a question of one's own with an answer later",
    () => {
      const own = new dns.Resolver();
      return promisify((name: string, answer: (error: Error | null) => void) => own.resolve4(name, answer))(
        "example.com",
      );
    },
  ],
  ["a datagram", () => sends("example.com")],
];

test.each(ways)("%s to another machine is refused and noted", async (_way, reach) => {
  await expect(reach()).rejects.toThrow();
  expect(takeRefusals()).toContain("example.com");
});

test("an address in figures is refused like a name", async () => {
  await expect(fetch("http://192.0.2.1/")).rejects.toThrow();
  expect(takeRefusals()).toEqual(["192.0.2.1"]);
});

test("a name that can never exist is answered as such, without asking anyone", async () => {
  await expect(fetch("http://crm.invalid/")).rejects.toMatchObject({ cause: { code: "ENOTFOUND" } });
  expect(takeRefusals()).toEqual([]);
});

test("this machine can be reached", async () => {
  const server = createServer((_request, response) => response.end("here"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("here");
  await new Promise((resolve) => server.close(resolve));
});

test("a datagram in figures is refused, one to this machine is not", async () => {
  await expect(sends("192.0.2.1")).rejects.toThrow();
  await sends("127.0.0.1");
  expect(takeRefusals()).toEqual(["192.0.2.1"]);
});

const SWALLOWS = 'fetch("http://example.com/").catch((error) => console.log(error.cause.message))';
const INNER = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(SWALLOWS)}], { env: {} })`;
const THREAD = `new (require("node:worker_threads").Worker)(${JSON.stringify(SWALLOWS)}, { eval: true })`;
const BARE = { PATH: process.env["PATH"] };

const starts: readonly (readonly [string, () => Promise<unknown> | unknown])[] = [
  ["a process", () => run(process.execPath, ["--input-type=module", "-e", SWALLOWS])],
  ["a process with an environment of its own", () => run(process.execPath, ["-e", SWALLOWS], { env: BARE })],
  ["a process that is waited for", () => execFileSync(process.execPath, ["-e", SWALLOWS], { env: BARE })],
  ["a process of a process", () => run(process.execPath, ["-e", INNER], { env: BARE })],
  ["a thread", () => ended(new Worker(SWALLOWS, { eval: true, stdout: true }))],
  ["a thread with an environment of its own", () => ended(new Worker(SWALLOWS, { eval: true, stdout: true, env: {} }))],
  ["a thread of a process", () => run(process.execPath, ["-e", THREAD], { env: BARE })],
];

function ended(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.once("exit", resolve));
}

test.each(starts)("%s that a test starts is held to the same, and what it swallows is noted", async (_what, start) => {
  await start();
  expect(takeRefusals()).toEqual(["example.com"]);
});

test("no database of the environment reaches a test", () => {
  expect(process.env["DATABASE_URL"]).toBeUndefined();
});
