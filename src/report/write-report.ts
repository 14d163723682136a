/** Counts the rows of the ledger as they stream by and writes report.html, report.csv and report.json into a folder. */
import { join } from "node:path";
import type { PersonLedger, ReportPerson } from "../core/model/report-row.ts";
import { ClosedLoopCounter, type ReportFrame } from "../core/report/closed-loop.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { DEALS_HEADER, dealLine } from "./deals-csv.ts";
import { DraftFile, makeFolder, writeWhole } from "./draft-file.ts";
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
    for await (const page of pages) {
      const lines = countPage(page, counter, people);
      await leads.add(lines.leads);
      await deals.add(lines.deals);
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

/** Counts a page and gives its lines of both lists. Keeps the names of people as long as the counter keeps their ids. */
function countPage(
  page: readonly PersonLedger[],
  counter: ClosedLoopCounter,
  people: Map<string, PageRecord>,
): { readonly leads: string; readonly deals: string } {
  let leads = "";
  let deals = "";
  for (const ledger of page) {
    const counted = counter.add(ledger);
    if (counter.keepsIds) people.set(ledger.person.id, recordOf(ledger.person));
    if (counted === null) continue;
    leads += leadLine(counted);
    for (const deal of counted.deals) deals += dealLine(deal);
  }
  if (!counter.keepsIds) people.clear();
  return { leads, deals };
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
