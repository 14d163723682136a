/** Counts the rows of the ledger as they stream by and writes report.html, report.csv and report.json into a folder. */
import { createWriteStream } from "node:fs";
import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StopRun } from "../core/errors.ts";
import type { PersonLedger, ReportPerson } from "../core/model/report-row.ts";
import { ClosedLoopCounter, type CountedLead, type ReportFrame } from "../core/report/closed-loop.ts";
import type { CountedDeal } from "../core/report/deal-figures.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { DEALS_HEADER, dealLine } from "./deals-csv.ts";
import type { PageRecord, RecordPlaces } from "./page-records.ts";
import { LEADS_HEADER, leadLine } from "./render-csv.ts";
import { renderHtml } from "./render-html.ts";
import { renderJson } from "./render-json.ts";

export interface ReportFiles {
  readonly html: string;
  readonly csv: string;
  readonly deals: string;
  readonly json: string;
}

export interface WrittenReport {
  readonly report: ClosedLoop;
  readonly files: ReportFiles;
}

/**
 * Writes the files and gives their paths with the numbers. People are read once and not kept; they come in link order, and so do the lines of the
 * CSV. Same people, settings and window: byte-identical files. Each file appears whole or not at all; a failed write is a StopRun and leaves the old ones.
 */
export async function writeReport(
  folder: string,
  pages: AsyncIterable<readonly PersonLedger[]> | Iterable<readonly PersonLedger[]>,
  frame: ReportFrame,
): Promise<WrittenReport> {
  await mkdir(folder, { recursive: true }).catch((cause) => stopAt(folder, cause));
  const files = {
    html: join(folder, "report.html"),
    csv: join(folder, "report.csv"),
    deals: join(folder, "report-deals.csv"),
    json: join(folder, "report.json"),
  };
  const counter = new ClosedLoopCounter(frame);
  const people = new Map<string, PageRecord>();
  const deals: CountedDeal[] = [];
  const seen = (counted: CountedLead): void => {
    for (const deal of counted.deals) deals.push(deal);
  };
  const everybody = csvLines(pages, counter, people, seen);
  // Both lists grow while people pass by once: a page's deals are written when its leads are.
  await writeBoth(files, everybody, deals);
  const report = counter.finish();
  await writeWhole(files.json, renderJson(report));
  await writeWhole(files.html, [renderHtml(report, people, frame.places ?? NOWHERE)]);
  return { report, files };
}

const NOWHERE: RecordPlaces = { hubspot: "", salesforce: "" };

/** Lines of the leads, page by page. Keeps the names of people as long as the counter keeps their ids. */
async function* csvLines(
  pages: AsyncIterable<readonly PersonLedger[]> | Iterable<readonly PersonLedger[]>,
  counter: ClosedLoopCounter,
  people: Map<string, PageRecord>,
  seen: (counted: CountedLead) => void,
): AsyncGenerator<string> {
  yield LEADS_HEADER;
  for await (const page of pages) {
    let lines = "";
    for (const ledger of page) {
      const counted = counter.add(ledger);
      if (counter.keepsIds) people.set(ledger.person.id, recordOf(ledger.person));
      if (counted === null) continue;
      lines += leadLine(counted);
      if (counted.deals.length > 0) seen(counted);
    }
    if (!counter.keepsIds) people.clear();
    yield lines;
  }
}

function recordOf({ id, name, hubspotId, salesforceObject, salesforceId }: ReportPerson): PageRecord {
  return {
    id,
    name,
    hubspotId: hubspotId ?? "",
    salesforceObject: salesforceObject ?? "",
    salesforceId: salesforceId ?? "",
  };
}

/** Writes the leads, and beside them the opportunities that came up meanwhile. */
async function writeBoth(files: ReportFiles, leads: AsyncIterable<string>, deals: CountedDeal[]): Promise<void> {
  const draft = `${files.deals}.part`;
  try {
    await writeFile(draft, DEALS_HEADER);
    await writeWhole(files.csv, flushing(leads, deals, draft));
    await rename(draft, files.deals);
  } catch (cause) {
    await rm(draft, { force: true });
    stopAt(files.deals, cause);
  }
}

async function* flushing(leads: AsyncIterable<string>, deals: CountedDeal[], path: string): AsyncGenerator<string> {
  for await (const lines of leads) {
    if (deals.length > 0) await appendFile(path, deals.map(dealLine).join(""));
    deals.length = 0;
    if (lines !== "") yield lines;
  }
}

export async function writeWhole(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
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
export function stopAt(path: string, cause: unknown): never {
  const isOfDisk = cause instanceof Error && "syscall" in cause && DISK_CALLS.has(String(cause.syscall));
  if (!isOfDisk) throw cause;
  throw new StopRun(
    `${path} could not be written (${cause.message}); choose another folder, the report that was there is untouched`,
    { cause },
  );
}
