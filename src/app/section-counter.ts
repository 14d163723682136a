/** Counts sections of people in the order in which they are asked for, reading the next one while one is counted. */

import type { PersonLedger, ReportSection } from "../core/model/report-row.ts";
import type { CounterPart, ReportFrame } from "../core/report/count-frame.ts";
import { type CountedPage, PageCounter } from "../report/count-page.ts";
import type { Finished } from "../report/write-report.ts";

/** A section and its place in the order of all. */
export interface SectionOrder {
  readonly place: number;
  readonly section: ReportSection;
}

export class SectionCounter {
  readonly #counter: PageCounter;
  readonly #read: (section: ReportSection) => Promise<Iterable<PersonLedger | string>>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(frame: ReportFrame, read: (section: ReportSection) => Promise<Iterable<PersonLedger | string>>) {
    this.#counter = new PageCounter(frame);
    this.#read = read;
  }

  /** The page is the caller's own. */
  count({ section }: SectionOrder): Promise<CountedPage> {
    const reading = this.#read(section);
    // Waited for in its turn; a failure that comes before that must not end the process.
    reading.catch(() => undefined);
    return this.#inTurn(async () => ownPage(this.#counter.count(await reading)));
  }

  /** What was counted by all that was asked for until now. */
  part(): Promise<CounterPart> {
    return this.#inTurn(async () => this.#counter.part());
  }

  /** Adds what another thread has counted. */
  absorb(part: CounterPart): void {
    this.#counter.absorb(part);
  }

  finish(): Finished {
    return this.#counter.finish();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** The bytes of a page are used again for the next one. */
function ownPage({ leads, trail, ...page }: CountedPage): CountedPage {
  return { ...page, leads: Uint8Array.from(leads), trail: { ...trail, groups: trail.groups.slice() } };
}

/** The buffers that hold nearly all of a page that is one's own. */
export function buffersOfPage({ leads, trail }: CountedPage): readonly ArrayBuffer[] {
  return [
    leads.buffer as ArrayBuffer,
    trail.groups.buffer,
    trail.ends.buffer,
    trail.ids.bytes.buffer,
    trail.ids.ends.buffer,
  ];
}
