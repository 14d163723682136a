/** Counts people page by page, and makes the lines that each page adds to the files of the report. */
import type { PersonLedger, ReportPerson } from "../core/model/report-row.ts";
import { ClosedLoopCounter } from "../core/report/closed-loop.ts";
import type { CounterPart, ReportFrame } from "../core/report/count-frame.ts";
import { IdTrail } from "../core/report/id-trail.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { CsvBytes } from "./csv-bytes.ts";
import { dealCells, dealLine, dealNameIn } from "./deals-csv.ts";
import { idBytes } from "./id-bytes.ts";
import type { WrittenTrail } from "./id-lines.ts";
import type { PageRecord } from "./page-records.ts";
import { addLeadLine } from "./render-csv.ts";

/** What a page of people adds to the files. Bytes and trail hold until the next page is counted. */
export interface CountedPage {
  /** Lines of report.csv. */
  readonly leads: Uint8Array;
  /** Lines of report-deals.csv. */
  readonly deals: string;
  readonly trail: WrittenTrail;
  /** Their names, and those of their opportunities; null once there are so many people that report.html does not name them. */
  readonly people: readonly PageRecord[] | null;
}

/** Counts its part of the people: all of them, or those of one thread. */
export class PageCounter {
  readonly #trail = new IdTrail();
  readonly #counter: ClosedLoopCounter;
  readonly #lines = new CsvBytes();
  #bytes = Buffer.alloc(1 << 12);

  constructor(frame: ReportFrame) {
    this.#counter = new ClosedLoopCounter({ ...frame, options: { ...frame.options, trail: this.#trail } });
  }

  /** People with their ledgers, or the lines by which they are counted again. */
  count(page: Iterable<PersonLedger | string>): CountedPage {
    const counter = this.#counter;
    const people: PageRecord[] = [];
    let deals = "";
    for (const ledger of page) {
      if (typeof ledger === "string") {
        deals += this.#addLine(ledger, people);
        continue;
      }
      const counted = counter.add(ledger);
      if (counter.keepsIds) people.push(recordOf(ledger.person), ...dealsOf(ledger));
      if (counted === null) continue;
      addLeadLine(counted, this.#lines);
      for (const deal of counted.deals) deals += dealLine(deal);
    }
    return { leads: this.#lines.take(), deals, trail: this.#takeTrail(), people: counter.keepsIds ? people : null };
  }

  /** Gives the lines of the person's opportunities. */
  #addLine(line: string, people: PageRecord[]): string {
    // A sign takes three bytes at most.
    if (this.#bytes.length < 3 * line.length + 1) this.#bytes = Buffer.alloc(4 * line.length);
    this.#bytes[this.#bytes.write(line)] = 0;
    const { row, deals, isLead } = this.#counter.addLine(line, this.#bytes);
    if (this.#counter.keepsIds && row !== "") people.push(recordIn(row), ...deals.map(dealRecordIn));
    if (!isLead) return "";
    this.#lines.line(row);
    return deals.map((deal) => `${deal}\r\n`).join("");
  }

  /** What was counted, as plain data for another thread. */
  part(): CounterPart {
    return this.#counter.part();
  }

  /** Adds what another thread has counted. */
  absorb(part: CounterPart): void {
    this.#counter.absorb(part);
  }

  /** The figures, and what was counted only now that all people are known. */
  finish(): { readonly report: ClosedLoop; readonly trail: WrittenTrail } {
    return { report: this.#counter.finish(), trail: this.#takeTrail() };
  }

  #takeTrail(): WrittenTrail {
    const { ids, ...piece } = this.#trail.take();
    return { ...piece, ids: idBytes(ids) };
  }
}

/** The names in a row whose first cells are as they were (`AheadCounter`). */
function recordIn(row: string): PageRecord {
  const [id = "", name = "", hubspotId = "", salesforceObject = "", salesforceId = ""] = row.split(",", 5);
  return { id, name, hubspotId, salesforceObject, salesforceId };
}

/** Whoever is counted by a line has the names of their opportunities as the line says them, so everybody has. */
function dealsOf({ deals }: PersonLedger): readonly PageRecord[] {
  return deals.filter(({ counts }) => counts).map((deal) => dealRecordIn(dealCells(deal)));
}

function dealRecordIn(line: string): PageRecord {
  const { id, name } = dealNameIn(line);
  return { id, name, hubspotId: "", salesforceObject: "Opportunity", salesforceId: id };
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
