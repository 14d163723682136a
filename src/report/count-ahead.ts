/** Writes the lines by which people are counted again, ahead of any report. */
import { createHash } from "node:crypto";
import type { DatedRates } from "../core/model/ledger.ts";
import type { Moment, PersonLedger } from "../core/model/report-row.ts";
import type { ReportSettings } from "../core/model/report-settings.ts";
import type { StageNames } from "../core/model/rulebook.ts";
import { ClosedLoopCounter } from "../core/report/closed-loop.ts";
import { CountRecording, CountWords } from "../core/report/count-recording.ts";
import { settlementOf } from "../core/report/settled-person.ts";
import { CsvBytes } from "./csv-bytes.ts";
import { dealLine } from "./deals-csv.ts";
import { addLeadLine } from "./render-csv.ts";

/** Raise it whenever the same person would be counted differently or their row of report.csv would be another: lines of an earlier one are forgotten. */
const COUNTING = 10;

/** What the lines depend on beside the people. */
function countingKey(settings: ReportSettings, names: readonly StageNames[], datedRates: DatedRates): string {
  const { costs: _costs, campaignCosts: _campaignCosts, rates: _rates, currency: _currency, ...counted } = settings;
  return createHash("sha256")
    .update(JSON.stringify([COUNTING, counted, names, isDated(datedRates)]))
    .digest("hex")
    .slice(0, 32);
}

const LINE_END = "\r\n";

/** By which rate money is converted is not known ahead where rates change from day to day. */
function isDated(rates: DatedRates): boolean {
  return Object.keys(rates).length > 0;
}

/** A record before any period: everything is in it. */
const EVERYTHING = { asOf: "9999-12-31T23:59:59.999Z", from: null, to: null };

export class AheadCounter {
  readonly #settings: ReportSettings;
  readonly #isDated: boolean;
  readonly #recording: CountRecording;
  readonly #counter: ClosedLoopCounter;
  readonly #rows = new CsvBytes();

  /** `words`: what earlier lines name. */
  constructor(
    settings: ReportSettings,
    names: readonly StageNames[],
    datedRates: DatedRates,
    words: readonly string[],
  ) {
    this.#settings = settings;
    this.#isDated = isDated(datedRates);
    this.#recording = new CountRecording(new CountWords(words));
    const options = { keep: { kind: "none" }, recording: this.#recording } as const;
    this.#counter = new ClosedLoopCounter({ settings, names, window: EVERYTHING, options });
  }

  /** The line of a person; null where they must be counted anew each time; undefined where time will tell. */
  line(ledger: PersonLedger, now: Moment): string | null | undefined {
    if (this.#isDated && ledger.deals.length > 0) return null;
    const settlement = settlementOf(ledger, this.#settings, now);
    if (settlement !== "settled") return settlement === "open" ? null : undefined;
    const recording = this.#recording;
    recording.begin(ledger.person.id);
    const counted = this.#counter.add(ledger);
    if (counted === null) return recording.end("");
    addLeadLine(counted, this.#rows);
    const row = Buffer.from(this.#rows.take()).toString();
    const { id, name, hubspotId, salesforceObject, salesforceId } = counted.lead;
    // Whoever counts by the line takes the names from the row, which must not have changed them.
    const names = [id, name, hubspotId, salesforceObject, salesforceId].map((cell) => cell ?? "");
    const deals = counted.deals.map((deal) => dealLine(deal).slice(0, -LINE_END.length));
    return row.startsWith(`${names.join(",")},`) && !names.some((cell) => cell.includes(","))
      ? recording.end(row.slice(0, -LINE_END.length), deals)
      : null;
  }

  wordsFrom(first: number): readonly string[] {
    return this.#recording.words.from(first);
  }
}

/** For the job that counts ahead. */
export const AHEAD_WRITERS = {
  key: countingKey,
  open: (...known: ConstructorParameters<typeof AheadCounter>): AheadCounter => new AheadCounter(...known),
};
