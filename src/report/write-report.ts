/** Counts the rows of the ledger as they stream by and writes the files of the report into a folder. */
import { join } from "node:path";
import type { PersonLedger } from "../core/model/report-row.ts";
import type { ReportFrame } from "../core/report/count-frame.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { type CountedPage, PageCounter } from "./count-page.ts";
import { DEALS_HEADER } from "./deals-csv.ts";
import { DraftFile, makeFolder, writeWhole } from "./draft-file.ts";
import { IDS_FILE, IdLines, type WrittenTrail } from "./id-lines.ts";
import type { PageRecord, RecordPlaces } from "./page-records.ts";
import { LEADS_HEADER } from "./render-csv.ts";
import { renderHtml } from "./render-html.ts";
import { renderJson } from "./render-json.ts";

export interface ReportFiles {
  readonly html: string;
  readonly csv: string;
  readonly deals: string;
  readonly json: string;
  /** The ids behind the numbers, where they are too many for report.json. */
  readonly ids?: string;
}

export interface WrittenReport {
  readonly report: ClosedLoop;
  readonly files: ReportFiles;
}

/** People as they were counted, page by page in link order, and the figures of all of them behind the last page. */
export interface CountedPeople {
  readonly pages: AsyncIterable<CountedPage>;
  finish(): Finished;
}

export interface Finished {
  readonly report: ClosedLoop;
  /** What was counted only at the end. */
  readonly trail: WrittenTrail;
}

/** Counts people in this thread and writes the files. People are read once and not kept. */
export function writeReport(
  folder: string,
  pages: AsyncIterable<Iterable<PersonLedger | string>> | Iterable<Iterable<PersonLedger | string>>,
  frame: ReportFrame,
): Promise<WrittenReport> {
  const counter = new PageCounter(frame);
  async function* counted(): AsyncGenerator<CountedPage> {
    for await (const page of pages) yield counter.count(page);
  }
  return writeCounted(folder, { pages: counted(), finish: () => counter.finish() }, frame);
}

/**
 * Writes the files and gives their paths with the numbers. The lines of the CSV are in the order of the pages. Same people, settings and window:
 * byte-identical files. Each file appears whole or not at all; a failed write is a StopRun and leaves the old ones.
 */
export async function writeCounted(folder: string, counted: CountedPeople, frame: ReportFrame): Promise<WrittenReport> {
  await makeFolder(folder);
  const files = {
    html: join(folder, "report.html"),
    csv: join(folder, "report.csv"),
    deals: join(folder, "report-deals.csv"),
    json: join(folder, "report.json"),
  };
  const people = new Map<string, PageRecord>();
  const leads = await DraftFile.open(files.csv);
  const deals = await DraftFile.open(files.deals);
  const ids = await DraftFile.open(join(folder, IDS_FILE));
  try {
    await leads.add(LEADS_HEADER);
    await deals.add(DEALS_HEADER);
    const idLines = new IdLines();
    let isNamed = true;
    for await (const page of counted.pages) {
      await leads.addBytes(page.leads);
      await deals.add(page.deals);
      await ids.addBytes(idLines.of(page.trail));
      isNamed &&= page.people !== null;
      if (isNamed) for (const person of page.people ?? []) people.set(person.id, person);
      else people.clear();
    }
    const { report, trail } = counted.finish();
    await ids.addBytes(idLines.of(trail));
    await leads.finish();
    await deals.finish();
    const written = await finishIds(ids, files, report);
    await writeFigures(written, report, people, frame.places ?? NOWHERE);
    return { report, files: written };
  } finally {
    for (const draft of [leads, deals, ids]) await draft.drop();
  }
}

/** Few ids stand in report.json; then a file of them that an earlier, larger report left would tell of other people. */
async function finishIds(ids: DraftFile, files: ReportFiles, { drill }: ClosedLoop): Promise<ReportFiles> {
  if (drill !== null) {
    await ids.giveUp();
    return files;
  }
  return { ...files, ids: await ids.finish() };
}

async function writeFigures(
  files: ReportFiles,
  report: ClosedLoop,
  people: ReadonlyMap<string, PageRecord>,
  places: RecordPlaces,
): Promise<void> {
  await writeWhole(files.json, renderJson(report));
  await writeWhole(files.html, [renderHtml(report, people, places)]);
}

const NOWHERE: RecordPlaces = { hubspot: "", salesforce: "" };
