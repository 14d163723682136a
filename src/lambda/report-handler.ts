/** Lambda: the closed-loop report of the last 90 days, put into a bucket under the day it was made. */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Handler } from "aws-lambda";
import { reportWindow, runReport } from "../jobs/report-job.ts";
import { type ReportFiles, writeReport } from "../report/write-report.ts";
import { runOnState } from "./lambda-connection.ts";

/** The schedule in serverless.yml sends the bucket; whoever invokes by hand may name a period too (`to` is not part of it). */
export interface ReportEvent {
  readonly bucket: string;
  readonly from?: string;
  readonly to?: string;
}

const CONTENT_TYPES: Readonly<Record<keyof ReportFiles, string>> = {
  html: "text/html; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  json: "application/json",
};

/** Answers with the keys of the three files. */
export const handler: Handler<ReportEvent, readonly string[]> = (event) =>
  runOnState(async ({ store, loaded, clock }) => {
    const { report: settings, lifecycle } = loaded.rulebook;
    const window = reportWindow({ from: event.from, to: event.to }, clock.now());
    const folder = join(tmpdir(), "report");
    try {
      const { files } = await runReport({ store, settings, names: lifecycle.names, folder, window }, writeReport);
      return await putAll(files, event.bucket, window.asOf.slice(0, 10));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

async function putAll(files: ReportFiles, bucket: string, day: string): Promise<readonly string[]> {
  const client = new S3Client({});
  const keys: string[] = [];
  for (const kind of ["html", "csv", "json"] as const) {
    const Key = `${day}/${basename(files[kind])}`;
    const Body = await readFile(files[kind]);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: CONTENT_TYPES[kind] }));
    keys.push(Key);
  }
  return keys;
}
