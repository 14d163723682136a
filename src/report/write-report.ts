/** Counts the rows of the ledger as they stream by and writes the files of the report into a folder. */
import { join } from "node:path";
import type { PersonLedger, ReportPerson } from "../core/model/report-row.ts";
import { ClosedLoopCounter, type ReportFrame } from "../core/report/closed-loop.ts";
import { IdTrail } from "../core/report/id-trail.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { CsvBytes } from "./csv-bytes.ts";
import { DEALS_HEADER, dealLine } from "./deals-csv.ts";
import { DraftFile, makeFolder, writeWhole } from "./draft-file.ts";
import { IDS_FILE, IdLines } from "./id-lines.ts";
import type { PageRecord, RecordPlaces } from "./page-records.ts";
import { addLeadLine, LEADS_HEADER } from "./render-csv.ts";
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

/**
 * Writes the files and gives their paths with the numbers. People are read once and not kept; they come in link order, and so do the lines of the
 * CSV. Same people, settings and window: byte-identical files. Each file appears whole or not at all; a failed write is a StopRun and leaves the old ones.
 */
export async function writeReport(
  folder: string,
  pages: AsyncIterable<readonly PersonLedger[]> | Iterable<readonly PersonLedger[]>,
  frame: ReportFrame,
): Promise<WrittenReport> {
  await makeFolder(folder);
  const files = {
    html: join(folder, "report.html"),
    csv: join(folder, "report.csv"),
    deals: join(folder, "report-deals.csv"),
    json: join(folder, "report.json"),
  };
  const trail = new IdTrail();
  const counter = new ClosedLoopCounter({ ...frame, options: { ...frame.options, trail } });
  const people = new Map<string, PageRecord>();
  const leads = await DraftFile.open(files.csv);
  const deals = await DraftFile.open(files.deals);
  const ids = await DraftFile.open(join(folder, IDS_FILE));
  try {
    await leads.add(LEADS_HEADER);
    await deals.add(DEALS_HEADER);
    const lines = new CsvBytes();
    const idLines = new IdLines();
    for await (const page of pages) {
      const dealLines = countPage(page, counter, people, lines);
      await leads.addBytes(lines.take());
      await deals.add(dealLines);
      await ids.addBytes(idLines.take(trail));
    }
    const report = counter.finish();
    await ids.addBytes(idLines.take(trail));
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

/** Counts a page, adds its lines to the list of leads and gives those of the deals. Keeps the names of people as long as the counter keeps their ids. */
function countPage(
  page: readonly PersonLedger[],
  counter: ClosedLoopCounter,
  people: Map<string, PageRecord>,
  leadLines: CsvBytes,
): string {
  let deals = "";
  for (const ledger of page) {
    const counted = counter.add(ledger);
    if (counter.keepsIds) people.set(ledger.person.id, recordOf(ledger.person));
    if (counted === null) continue;
    addLeadLine(counted, leadLines);
    for (const deal of counted.deals) deals += dealLine(deal);
  }
  if (!counter.keepsIds) people.clear();
  return deals;
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
