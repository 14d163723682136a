/** A database on another machine is reached over TLS with a certificate that holds, or not at all: the password never goes out in the clear unless the address says so. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { reachOf } from "../../src/state/postgres-connection.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const PASSWORD = "canary-password";

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
});

/** A server that answers the request for TLS as it is told to, and notes whatever comes after that in the clear or through TLS. */
async function listen(
  answer: (socket: Socket, note: (bytes: Buffer) => void) => void,
): Promise<{ url: string; heard: () => string }> {
  const noted: Buffer[] = [];
  const note = (bytes: Buffer): void => void noted.push(bytes);
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      if (bytes.equals(SSL_REQUEST)) answer(socket, note);
      else note(bytes);
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  const url = `postgres://leadloop:${PASSWORD}@localhost:${port}/leadloop?sslmode=verify-full`;
  return { url, heard: () => Buffer.concat(noted).toString("latin1") };
}

async function refusalOf(url: string): Promise<StopRun> {
  const refusal = await openStateStore({ databaseUrl: url, folder: "", connection: "c" }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(StopRun);
  return refusal as StopRun;
}

test("A server that speaks no TLS is told nothing, and the run stops with what to do", async () => {
  const { url, heard } = await listen((socket, note) => {
    socket.on("data", note);
    socket.write("N");
  });
  const { message } = await refusalOf(url);
  expect(message).toMatch(/does not speak TLS. Set sslmode=disable .* if that is meant to be so/);
  expect(message).not.toContain(PASSWORD);
  expect(heard()).toBe("");
});

const openssl = spawnSync("openssl", ["version"]).status === 0;

test.skipIf(!openssl)("A certificate that nobody vouches for stops the run before anything is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  const secure = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  const { url, heard } = await listen((socket, note) => {
    const inside = new TLSSocket(socket, { isServer: true, ...secure });
    inside.on("data", note).on("error", () => undefined);
    socket.write("S");
  });
  const { message } = await refusalOf(url);
  expect(message).toMatch(/its certificate is self-signed. Add sslrootcert=<file> to DATABASE_URL/);
  expect(message).not.toContain(PASSWORD);
  expect(heard()).toBe("");
});

const away = "postgres://me:canary-password@db.example.com:5432/leads";

test.each([
  ["no sslmode", away],
  ["no sslmode, and TLS asked for in another way", `${away}?ssl=true`],
  ["a mode that does not make sure of the server", `${away}?sslmode=require`],
  ["a mode that goes on without TLS", `${away}?sslmode=prefer`],
  ["a mode that believes every certificate", `${away}?sslmode=no-verify`],
  ["a mode that was taken back", `${away}?sslmode=verify-full&sslmode=prefer`],
  ["a host that only the parameters name", "postgres://me:canary-password@localhost/leads?host=db.example.com"],
  ["no host, so that the environment may name one", "postgres:///leads"],
  ["a host that begins like this machine", "postgres://me:canary-password@localhost.example.com/leads"],
])("A database on another machine is not even looked for with %s", async (_what, url) => {
  const { message, kind } = await refusalOf(url);
  expect(kind).toBe("stopped");
  expect(message).toMatch(/is not on this machine.*Write sslmode=verify-full.*sslmode=disable, written out/);
  expect(message).not.toContain(PASSWORD);
});

test.each([
  [`${away}?sslmode=verify-full`, "checked"],
  [`${away}?sslmode=verify-ca&sslrootcert=authority.pem`, "checked"],
  [`${away}?sslmode=disable`, "open"],
  ["postgres://me@localhost:5432/leads", "here"],
  ["postgres://me@127.0.0.1/leads?sslmode=prefer", "here"],
  ["postgres://me@[::1]/leads", "here"],
  ["postgres://me@%2Fvar%2Frun%2Fpostgresql/leads", "here"],
  ["postgres:///leads?host=/var/run/postgresql", "here"],
  ["postgres://me@localhost/leads?sslmode=verify-full", "checked"],
])("%s is reached as it says: %s", (url, encryption) => {
  expect(reachOf(url).encryption).toBe(encryption);
});

test("An authority's file that is not there stops the run in words", async () => {
  const { message } = await refusalOf(`${away}?sslmode=verify-full&sslrootcert=/nowhere/authority.pem`);
  expect(message).toMatch(/the database leads on db\.example\.com:5432 cannot be opened.*authority\.pem/);
  expect(message).not.toContain(PASSWORD);
});
