/** Counts the rows of the ledger as they stream by and writes report.html, report.csv and report.json into a folder. */
import { join } from "node:path";
import type { PersonLedger, ReportPerson } from "../core/model/report-row.ts";
import { ClosedLoopCounter, type ReportFrame } from "../core/report/closed-loop.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { CsvBytes } from "./csv-bytes.ts";
import { DEALS_HEADER, dealLine } from "./deals-csv.ts";
import { DraftFile, makeFolder, writeWhole } from "./draft-file.ts";
import type { PageRecord, RecordPlaces } from "./page-records.ts";
import { addLeadLine, LEADS_HEADER } from "./render-csv.ts";
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
  await makeFolder(folder);
  const files = {
    html: join(folder, "report.html"),
    csv: join(folder, "report.csv"),
    deals: join(folder, "report-deals.csv"),
    json: join(folder, "report.json"),
  };
  const counter = new ClosedLoopCounter(frame);
  const people = new Map<string, PageRecord>();
  const leads = await DraftFile.open(files.csv);
  const deals = await DraftFile.open(files.deals);
  try {
    await leads.add(LEADS_HEADER);
    await deals.add(DEALS_HEADER);
    const lines = new CsvBytes();
    for await (const page of pages) {
      const dealLines = countPage(page, counter, people, lines);
      await leads.addBytes(lines.take());
      await deals.add(dealLines);
    }
    await leads.finish();
    await deals.finish();
  } finally {
    await leads.drop();
    await deals.drop();
  }
  const report = counter.finish();
  await writeWhole(files.json, renderJson(report));
  await writeWhole(files.html, [renderHtml(report, people, frame.places ?? NOWHERE)]);
  return { report, files };
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
