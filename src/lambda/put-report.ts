/** Puts a report's files into a bucket, each as a stream: the memory it takes does not grow with the number of leads. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import pRetry from "p-retry";
import type { ReportFiles } from "../report/write-report.ts";

const CONTENT_TYPES: Readonly<Record<keyof ReportFiles, string>> = {
  html: "text/html; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  deals: "text/csv; charset=utf-8",
  json: "application/json",
  ids: "application/x-ndjson",
};

const ATTEMPTS = 4;

/** Gives the keys, the page first. Throws what S3 answered once that cannot be mended by trying again. */
export async function putReport(files: ReportFiles, bucket: string, prefix: string): Promise<readonly string[]> {
  const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
  const client = new S3Client({});
  const keys: string[] = [];
  try {
    for (const kind of ["html", "csv", "deals", "json", "ids"] as const) {
      const path = files[kind];
      if (path === undefined) continue;
      const Key = `${prefix}/${basename(path)}`;
      const { size: ContentLength } = await stat(path);
      const put = { Bucket: bucket, Key, ContentLength, ContentType: CONTENT_TYPES[kind] };
      const send = async (): Promise<void> => {
        const Body = createReadStream(path);
        try {
          await client.send(new PutObjectCommand({ ...put, Body }));
        } finally {
          Body.destroy();
        }
      };
      // The SDK does not repeat what it streams, for it cannot rewind: each attempt reads the file anew.
      await pRetry(send, {
        retries: ATTEMPTS - 1,
        minTimeout: 200,
        shouldRetry: ({ error }) => mayPass(error),
      });
      keys.push(Key);
    }
  } finally {
    client.destroy();
  }
  return keys;
}

/** S3 is busy or down, or did not answer (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html); anything else stays as it is. */
function mayPass(error: unknown): boolean {
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined || status === 429 || status >= 500;
}
