/** Counts the rows of the ledger as they stream by and writes report.html, report.csv and report.json into a folder. */
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StopRun } from "../core/errors.ts";
import type { ReportSettings, StageNames } from "../core/model/rulebook.ts";
import { type ClosedLoop, ClosedLoopCounter } from "../core/report/closed-loop.ts";
import type { PersonLedger, ReportLead, ReportWindow } from "../core/report/report-lead.ts";
import { renderCsvHeader, renderCsvRows } from "./render-csv.ts";
import { renderHtml } from "./render-html.ts";
import { renderJson } from "./render-json.ts";

export interface ReportFiles {
  readonly html: string;
  readonly csv: string;
  readonly json: string;
}

export interface WrittenReport {
  readonly report: ClosedLoop;
  readonly files: ReportFiles;
}

/** Leads turned into lines at once: enough to be fast, few enough to keep memory flat. */
const LINES_AT_ONCE = 1000;

/**
 * Writes the three files and gives their paths with the numbers. Rows are read once and not kept; they come in link order, and so do the lines of the
 * CSV. Same rows, settings and window: byte-identical files. Each file appears whole or not at all; a failed write is a StopRun and leaves the old ones.
 */
export async function writeReport(
  folder: string,
  rows: AsyncIterable<PersonLedger> | Iterable<PersonLedger>,
  settings: ReportSettings,
  names: readonly StageNames[],
  window: ReportWindow,
): Promise<WrittenReport> {
  await mkdir(folder, { recursive: true }).catch((cause) => stopAt(folder, cause));
  const files = {
    html: join(folder, "report.html"),
    csv: join(folder, "report.csv"),
    json: join(folder, "report.json"),
  };
  const counter = new ClosedLoopCounter(settings, names, window);
  await writeWhole(files.csv, csvLines(rows, counter));
  const report = counter.finish();
  await writeWhole(files.json, renderJson(report));
  await writeWhole(files.html, [renderHtml(report)]);
  return { report, files };
}

async function* csvLines(
  rows: AsyncIterable<PersonLedger> | Iterable<PersonLedger>,
  counter: ClosedLoopCounter,
): AsyncGenerator<string> {
  yield renderCsvHeader();
  let leads: ReportLead[] = [];
  for await (const row of rows) {
    const lead = counter.add(row);
    if (lead !== null) leads.push(lead);
    if (leads.length < LINES_AT_ONCE) continue;
    yield renderCsvRows(leads);
    leads = [];
  }
  if (leads.length > 0) yield renderCsvRows(leads);
}

async function writeWhole(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const draft = `${path}.part`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(draft));
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    stopAt(path, cause);
  }
}

const DISK_CALLS: ReadonlySet<string> = new Set(["mkdir", "open", "write", "close", "rename"]);

/** What the disk refuses stops the job with advice; any other failure is the reader's own and goes on as it is. */
function stopAt(path: string, cause: unknown): never {
  const isOfDisk = cause instanceof Error && "syscall" in cause && DISK_CALLS.has(String(cause.syscall));
  if (!isOfDisk) throw cause;
  throw new StopRun(
    `${path} could not be written (${cause.message}); choose another folder, the report that was there is untouched`,
    { cause },
  );
}
