/** What the report reads of the state, and what is counted ahead for it. */
import type { Instant } from "../core/model/record.ts";
import type {
  CountedAhead,
  CountedPerson,
  PersonLedger,
  PersonToCount,
  ReportReading,
  ReportSection,
} from "../core/model/report-row.ts";

export interface ReportState {
  /** Everything the report needs, in link order, page by page: the people of each page with these facts and touches. */
  reportPages(reading: ReportReading): AsyncIterable<Iterable<PersonLedger>>;
  /** The same people page by page, each page to be read by `reportSection`: by several threads, each with a store of its own. */
  reportSections(reading: ReportReading): Promise<readonly ReportSection[]>;
  reportSection(section: ReportSection): Promise<Iterable<PersonLedger>>;
  /**
   * Like `reportSection`, but of a person whose line is true nothing is read but that line. `ahead` is what the reader knows of the lines: where they have gone
   * on since, to words or a moment that the reader does not know, everybody comes with their ledger.
   */
  countedSection(section: ReportSection, ahead: CountedAhead): Promise<Iterable<PersonLedger | string>>;

  /** Null: none was begun. */
  countedAhead(): Promise<CountedAhead | null>;
  /** Forgets all lines and words, and begins anew with this key; until then nobody finds any. */
  beginCountingAhead(key: string): Promise<void>;
  /** People without a true line, in link order behind `after`, each with their whole ledger, as of one moment. */
  peopleToCountAhead(after: string, most: number): Promise<readonly PersonToCount[]>;
  /**
   * Stores all of it or nothing: the words behind those that are kept (`first` is how many that are; StopRun, paused, if another run has added some since), the
   * lines of those people who have not changed since they were read, and the later `until`. Throws Error for a line that is empty or has a line feed.
   */
  keepCountedAhead(
    people: readonly CountedPerson[],
    words: { readonly first: number; readonly words: readonly string[] },
    until: Instant,
  ): Promise<void>;
  /** About how many people the whole database holds, without counting them. */
  reportPeopleAbout(): Promise<number>;
}
