/** Lambda: the closed-loop report of the last 90 days of each connection, put into a bucket under the connection and the day it was made. */
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handler } from "aws-lambda";
import { reportWriter } from "../app/report-threads.ts";
import { StopRun } from "../core/errors.ts";
import { periodWindow, type ReportPeriod, reportWindow, runReport } from "../jobs/report-job.ts";
import { digestNotice } from "../report/digest.ts";
import { openDeployment } from "./deployment.ts";
import { putReport } from "./put-report.ts";
import { reportAddress } from "./report-address.ts";
import { runOnState } from "./run-connection.ts";

const deployment = openDeployment();

/** The schedule in serverless.yml sends the bucket; whoever invokes by hand may name a connection and a period too (`to` is not part of it). */
export interface ReportEvent {
  readonly bucket: string;
  readonly connection?: string;
  readonly from?: string;
  readonly to?: string;
  /** The last whole week or month, with a digest to those whom config/notify.yml names; then from and to are left out. */
  readonly period?: ReportPeriod;
}

/** Answers with the keys of the files. A connection whose report fails does not keep the others from theirs; the invocation fails at the end. */
export const handler: Handler<ReportEvent, readonly string[]> = async (event) => {
  const names = event.connection === undefined ? await deployment.connections() : [event.connection];
  const keys: string[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      keys.push(...(await reportOf(name, event)));
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0)
    throw new StopRun(`${failures.length} of ${names.length} reports failed; ${failures.join("; ")}`);
  return keys;
};

function reportOf(connection: string, event: ReportEvent): Promise<readonly string[]> {
  return runOnState(deployment, connection, async ({ store, loaded, clock }, { salesforceLoginUrl: salesforceUrl }) => {
    const { report: settings, lifecycle } = loaded.rulebook;
    const { period } = event;
    const now = clock.now();
    const window =
      period === undefined ? reportWindow({ from: event.from, to: event.to }, now) : periodWindow(period, now);
    const folder = join(tmpdir(), `report-${connection}`);
    try {
      const { report, files } = await runReport(
        { store, settings, names: lifecycle.names, folder, window, salesforceUrl },
        reportWriter({ store, databaseUrl: undefined, connection }),
      );
      const prefix = `${connection}/${window.asOf.slice(0, 10)}${period === undefined ? "" : `/${period}`}`;
      const keys = await putReport(files, event.bucket, prefix);
      if (period !== undefined)
        await store.saveNotices([digestNotice(report, period, addressOf(event.bucket, keys[0] ?? ""))]);
      return keys;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

function addressOf(bucket: string, key: string): string {
  const { AWS_REGION: region = "", LEADLOOP_REPORT_URL: base = "" } = process.env;
  return reportAddress({ bucket, key, region, base });
}
