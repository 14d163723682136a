/** A database that `sslmode=verify-full` asks for is reached over TLS with a certificate that holds, or not at all: the password never goes out in the clear. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const PASSWORD = "canary-password";

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** A server that answers the request for TLS as it is told to, and notes whatever comes after that in the clear or through TLS. */
async function listen(
  answer: (socket: Socket, note: (bytes: Buffer) => void) => void,
): Promise<{ url: string; heard: () => string }> {
  const noted: Buffer[] = [];
  const note = (bytes: Buffer): void => void noted.push(bytes);
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      if (bytes.equals(SSL_REQUEST)) answer(socket, note);
      else note(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
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
