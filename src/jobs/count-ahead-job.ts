/** Counts people ahead of the report where there are many: those who have changed, and have settled since, so that a report need not read their ledgers. */
import { StopRun } from "../core/errors.ts";
import type { DatedRates } from "../core/model/ledger.ts";
import type { CountedPerson, Moment, PersonLedger } from "../core/model/report-row.ts";
import type { ReportSettings } from "../core/model/report-settings.ts";
import type { StageNames } from "../core/model/rulebook.ts";
import { orgDatedRates } from "./currency-rates.ts";
import type { Clock } from "./ports.ts";
import type { StateStore } from "./state-port.ts";

/** Where there are fewer, a report reads them in seconds. */
const WORTH_COUNTING = 200_000;
/** People of one run: about two seconds. The others come at the next one. */
const MOST_PEOPLE = 50_000;
const AT_ONCE = 2_000;

/** Writes lines; `src/report/count-ahead.ts` makes it. */
export interface LineWriter {
  /** The line of a person; null where they must be counted anew each time; undefined where time will tell. */
  line(ledger: PersonLedger, now: Moment): string | null | undefined;
  /** Words that lines have named, from that number on. */
  wordsFrom(first: number): readonly string[];
}

export interface LineWriters {
  /** What the lines depend on beside the people. */
  key(settings: ReportSettings, names: readonly StageNames[], datedRates: DatedRates): string;
  open(
    settings: ReportSettings,
    names: readonly StageNames[],
    datedRates: DatedRates,
    words: readonly string[],
  ): LineWriter;
}

export interface AheadRequest {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly rulebook: { readonly report: ReportSettings; readonly lifecycle: { readonly names: readonly StageNames[] } };
  readonly writers: LineWriters;
  /** Fewest people for whom it is worth it. */
  readonly worth?: number;
  /** Most people looked at. */
  readonly most?: number;
}

/** Gives how many people were looked at. Whoever waits for a moment to come is looked at again at the next run. */
export async function countAhead(request: AheadRequest): Promise<number> {
  const { store, clock, rulebook, writers, worth = WORTH_COUNTING, most = MOST_PEOPLE } = request;
  if ((await store.reportPeopleAbout()) < worth) return 0;
  const settings = rulebook.report;
  const { names } = rulebook.lifecycle;
  const datedRates = await orgDatedRates(store);
  const key = writers.key(settings, names, datedRates);
  let known = await store.countedAhead();
  if (known?.key !== key) {
    await store.beginCountingAhead(key);
    known = await store.countedAhead();
  }
  const writer = writers.open(settings, names, datedRates, known?.words ?? []);
  let first = known?.words.length ?? 0;
  let looked = 0;
  for (let after = ""; looked < most; ) {
    const now = clock.now();
    const people = await store.peopleToCountAhead(after, Math.min(AT_ONCE, most - looked));
    if (people.length === 0) break;
    const counted = people.flatMap(({ version, ledger }): readonly CountedPerson[] => {
      const line = writer.line(ledger, Date.parse(now));
      return line === undefined ? [] : [{ link: ledger.person.id, version, line }];
    });
    const words = writer.wordsFrom(first);
    try {
      await store.keepCountedAhead(counted, { first, words }, now);
    } catch (error) {
      // Another pass counts at this moment, and goes on.
      if (error instanceof StopRun && error.kind === "paused") break;
      throw error;
    }
    first += words.length;
    looked += people.length;
    after = people.at(-1)?.ledger.person.id ?? after;
  }
  return looked;
}
