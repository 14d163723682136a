/** Counts the people of a large report in two threads, which read them side by side, and writes the files as one thread would have. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { StopRun } from "../core/errors.ts";
import type { ReportSection } from "../core/model/report-row.ts";
import type { CounterPart } from "../core/report/count-frame.ts";
import { JoinedTrails, type JoinTrail } from "../core/report/id-trail.ts";
import type { WriteReport } from "../jobs/report-job.ts";
import type { StateStore } from "../jobs/state-port.ts";
import type { CountedPage } from "../report/count-page.ts";
import {
  type CountedPeople,
  type Finished,
  type WrittenReport,
  writeCounted,
  writeReport,
} from "../report/write-report.ts";
import { openReportSource, type ReportSource } from "./report-source.ts";
import type { ThreadAnswer, ThreadTask } from "./report-thread.ts";
import { SectionCounter, type SectionOrder } from "./section-counter.ts";

/** Fewer sections are counted before a thread has started. */
const WORTH_A_THREAD = 100;
/** Sections that a thread is given ahead: it reads one while it counts another. */
const AHEAD = 2;
/** Counted sections that may wait for an earlier one before the second thread waits too: each is a megabyte. */
const MOST_WAITING = 8;

/** Where the state is that the threads are to read. */
export interface SharedState {
  readonly store: StateStore;
  /** Absent where the database is embedded, which only one thread can have, and where there is no second thread. */
  readonly databaseUrl: string | undefined;
  readonly connection: string;
}

/** What writes a report: where there are many people by what was counted of them ahead, and with a second thread where there is more than one core. */
export function reportWriter(
  { store, databaseUrl, connection }: SharedState,
  worthAThread = WORTH_A_THREAD,
): WriteReport<WrittenReport> {
  return async (folder, pages, asked) => {
    const source = await openReportSource(store, asked);
    if (source.sections.length < worthAThread) return writeReport(folder, pages, asked);
    const { frame } = source;
    const isAlone = databaseUrl === undefined || !/^postgres(ql)?:/.test(databaseUrl) || availableParallelism() < 2;
    if (isAlone) return writeReport(folder, source.pages(), frame);
    const crew = new Crew(source, { databaseUrl, connection, frame, ahead: source.ahead });
    try {
      return await writeCounted(folder, crew.people(), frame);
    } finally {
      await crew.leave();
    }
  };
}

/** A section as it was counted, and how the trail of its thread goes on in that of all threads. */
interface Counted {
  readonly page: CountedPage;
  readonly join: JoinTrail;
}

/** This thread and a second one at work on the sections of a report. */
class Crew {
  readonly #sections: readonly ReportSection[];
  readonly #own: SectionCounter;
  readonly #second: Worker;
  /** Sections that were counted and not written yet, by place. */
  readonly #waiting = new Map<number, Counted>();
  readonly #trails = new JoinedTrails();
  readonly #ownTrail = this.#trails.join();
  /** Sections that were given to a thread. */
  #given = 0;
  /** Sections that the second thread has room for. */
  #owed = 0;
  /** Whether the second thread knows that there are no more. */
  #ended = false;
  #part: CounterPart | null = null;
  #failure: unknown = null;
  #wake: () => void = () => undefined;

  constructor(source: ReportSource, task: ThreadTask) {
    this.#sections = source.sections;
    this.#own = new SectionCounter(task.frame, (section) => source.read(section));
    this.#second = this.#start(task);
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      this.#give();
      this.#takeOne();
    }
  }

  /** In the order of the sections, whoever counted them. */
  people(): CountedPeople {
    return { pages: this.#pages(), finish: () => this.#finish() };
  }

  #finish(): Finished {
    const { report, trail } = this.#own.finish();
    // The rows that only the other thread has met are new to this one too.
    return { report, trail: this.#ownTrail(trail) };
  }

  async leave(): Promise<void> {
    this.#given = this.#sections.length;
    await this.#second.terminate();
  }

  async *#pages(): AsyncGenerator<CountedPage> {
    for (let place = 0; place < this.#sections.length; place += 1) {
      const { page, join } = await this.#when(() => this.#waiting.get(place));
      this.#waiting.delete(place);
      this.#giveOwed();
      // A thread meets rows and groups in the order of its own sections, which is part of this order.
      yield { ...page, trail: join(page.trail) };
    }
    this.#own.absorb(await this.#when(() => this.#part ?? undefined));
  }

  #start(task: ThreadTask): Worker {
    const second = new Worker(new URL("./report-thread.ts", import.meta.url), { workerData: task });
    const join = this.#trails.join();
    second.on("message", (answer: ThreadAnswer) => {
      if (answer.kind === "stopped") this.#fail(new StopRun(answer.message));
      else if (answer.kind === "part") this.#part = answer.part;
      else {
        this.#waiting.set(answer.place, { page: answer.page, join });
        this.#owed += 1;
        this.#giveOwed();
      }
      this.#wake();
    });
    second.on("error", (error) => this.#fail(error));
    return second;
  }

  #next(): SectionOrder | null {
    const place = this.#given;
    const section = this.#sections[place];
    if (section === undefined) return null;
    this.#given += 1;
    return { place, section };
  }

  #giveOwed(): void {
    for (; this.#owed > 0 && this.#waiting.size < MOST_WAITING; this.#owed -= 1) this.#give();
  }

  /** Gives the next section to the second thread, or tells it that there is none. */
  #give(): void {
    const order = this.#next();
    if (order === null && this.#ended) return;
    this.#ended = order === null;
    this.#second.postMessage(order ?? "end");
  }

  /** Counts the next section in this thread, and another one after it. */
  #takeOne(): void {
    const order = this.#next();
    if (order === null) return;
    this.#own.count(order).then(
      (page) => {
        this.#waiting.set(order.place, { page, join: this.#ownTrail });
        this.#takeOne();
        this.#wake();
      },
      (error) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  /** Waits for what a thread brings. */
  async #when<Found>(found: () => Found | undefined): Promise<Found> {
    while (true) {
      const now = found();
      if (now !== undefined) return now;
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
