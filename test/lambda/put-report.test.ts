/** A report's files reach the bucket whole, as streams; what may pass is tried again, anything else is told. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { putReport } from "../../src/lambda/put-report.ts";
import type { ReportFiles } from "../../src/report/write-report.ts";

interface Put {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let folder: string;
let server: Server;
let puts: Put[] = [];
let refusals: number[] = [];
let files: ReportFiles;
/** More than a stream holds at once. */
const CSV = Buffer.from("id,name\r\n".repeat(60_000));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "put-report-"));
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  files = {
    html: await write("report.html", "<p>ü</p>"),
    csv: await write("report.csv", CSV),
    deals: await write("report-deals.csv", ""),
    json: await write("report.json", "{}"),
  };
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      puts.push({ path: path.replace(/\?.*/, ""), headers, body: unchunked(Buffer.concat(parts), headers) });
      response.writeHead(refusals.shift() ?? 200).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  puts = [];
  refusals = [];
});

/** A stream travels in signed pieces, each behind its length (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html). */
function unchunked(body: Buffer, headers: IncomingHttpHeaders): Buffer {
  if (headers["content-encoding"]?.includes("aws-chunked") !== true) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

test("all files, under their names and kinds, byte for byte and not as one block", async () => {
  const keys = await putReport(files, "reports", "acme/2026-02-01");
  const names = ["report.html", "report.csv", "report-deals.csv", "report.json"];
  expect(keys).toEqual(names.map((name) => `acme/2026-02-01/${name}`));
  expect(puts.map(({ path }) => path)).toEqual(keys.map((key) => `/reports/${key}`));
  expect(puts.map(({ headers }) => headers["content-type"])).toEqual([
    "text/html; charset=utf-8",
    "text/csv; charset=utf-8",
    "text/csv; charset=utf-8",
    "application/json",
  ]);
  expect(puts[0]?.body.toString("utf8")).toBe("<p>ü</p>");
  expect(puts[1]?.body.equals(CSV)).toBe(true);
  // The SDK sends a block with its own hash; this says that the body came as a stream of a length that was told before.
  expect(puts[1]?.headers["x-amz-content-sha256"]).toBe("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  expect(puts[1]?.headers["x-amz-decoded-content-length"]).toBe(String(CSV.length));
  expect(puts[2]?.body.length).toBe(0);
});

test("a bucket that is busy is asked again, with the whole file", async () => {
  refusals = [503, 500];
  await putReport({ ...files, html: files.csv }, "reports", "acme");
  expect(puts).toHaveLength(6);
  expect(puts.slice(0, 3).map(({ path, body }) => [path, body.equals(CSV)])).toEqual(
    Array.from({ length: 3 }, () => ["/reports/acme/report.csv", true]),
  );
});

test("a refusal is told at once, and nothing more is put", async () => {
  refusals = [403];
  await expect(putReport(files, "reports", "acme")).rejects.toThrow();
  expect(puts).toHaveLength(1);
});
