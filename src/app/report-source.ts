/** Where a report of many people gets them: section by section, by what was counted of them ahead where that holds for it. */
import type { CountedAhead, PersonLedger, ReportSection } from "../core/model/report-row.ts";
import type { ReportFrame } from "../core/report/count-frame.ts";
import { readingOf } from "../core/report/report-lead.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { AHEAD_WRITERS } from "../report/count-ahead.ts";

export interface ReportSource {
  readonly sections: readonly ReportSection[];
  /** Null where all people are counted by their ledgers. */
  readonly ahead: CountedAhead | null;
  /** The frame of the report, which knows what lines name. */
  readonly frame: ReportFrame;
  read(section: ReportSection): Promise<Iterable<PersonLedger | string>>;
  /** All sections one after the other, the next one read while one is counted. */
  pages(): AsyncIterable<Iterable<PersonLedger | string>>;
}

export async function openReportSource(store: StateStore, frame: ReportFrame): Promise<ReportSource> {
  const sections = await store.reportSections(readingOf(frame.settings));
  const ahead = await aheadOf(store, frame);
  const read = (section: ReportSection) => readReportSection(store, section, ahead);
  const words = ahead?.words ?? [];
  return {
    sections,
    ahead,
    frame: { ...frame, options: { ...frame.options, words } },
    read,
    pages: () => pagesOf(sections, read),
  };
}

export function readReportSection(
  store: StateStore,
  section: ReportSection,
  ahead: CountedAhead | null,
): Promise<Iterable<PersonLedger | string>> {
  return ahead === null ? store.reportSection(section) : store.countedSection(section, ahead);
}

/** Lines tell what a person counts for since a moment; a report as of an earlier one asks the ledgers, and so does one by other rules. */
async function aheadOf(
  store: StateStore,
  { settings, names, window, options }: ReportFrame,
): Promise<CountedAhead | null> {
  const ahead = await store.countedAhead();
  const key = AHEAD_WRITERS.key(settings, names, options.datedRates ?? {});
  const holds = ahead !== null && ahead.key === key && ahead.until <= window.asOf;
  return holds ? ahead : null;
}

async function* pagesOf(
  sections: readonly ReportSection[],
  read: ReportSource["read"],
): AsyncGenerator<Iterable<PersonLedger | string>> {
  let coming: Promise<Iterable<PersonLedger | string>> | null = null;
  for (const [place, section] of sections.entries()) {
    const page = await (coming ?? read(section));
    const next = sections[place + 1];
    coming = next === undefined ? null : read(next);
    // Waited for in its turn; a failure that comes before that must not end the process.
    coming?.catch(() => undefined);
    // The statement leaves when promises are done with: without a turn of the event loop it would lie here until the page is counted.
    await new Promise((resolve) => setImmediate(resolve));
    yield page;
  }
}
