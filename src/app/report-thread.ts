/** A second thread of a report: reads and counts the sections of people that it is given, with a connection to the database of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { StopRun } from "../core/errors.ts";
import type { CountedAhead } from "../core/model/report-row.ts";
import type { CounterPart, ReportFrame } from "../core/report/count-frame.ts";
import { buffersOf } from "../core/report/tally.ts";
import type { CountedPage } from "../report/count-page.ts";
import { openStateStore } from "../state/open-state-store.ts";
import { readReportSection } from "./report-source.ts";
import { buffersOfPage, SectionCounter, type SectionOrder } from "./section-counter.ts";

/** What the thread is started with. */
export interface ThreadTask {
  readonly databaseUrl: string;
  readonly connection: string;
  readonly frame: ReportFrame;
  /** The lines by which people are counted; null where they cannot be used. */
  readonly ahead: CountedAhead | null;
}

export type ThreadAnswer =
  | { readonly kind: "page"; readonly place: number; readonly page: CountedPage }
  | { readonly kind: "part"; readonly part: CounterPart }
  | { readonly kind: "stopped"; readonly message: string };

if (parentPort === null) throw new Error("a report's thread is started by report-threads.ts");
const port = parentPort;
const { databaseUrl, connection, frame, ahead } = workerData as ThreadTask;
const opening = openStateStore({ databaseUrl, connection, folder: "" });
// Waited for with the first section; a failure that comes before that is told then.
opening.catch(() => undefined);
const counter = new SectionCounter(frame, async (section) => readReportSection(await opening, section, ahead));

port.on("message", (order: SectionOrder | "end") => {
  const work = order === "end" ? end() : counter.count(order).then((page) => tell(order.place, page));
  work.catch(stop);
});

function tell(place: number, page: CountedPage): void {
  answer({ kind: "page", place, page }, buffersOfPage(page));
}

async function end(): Promise<void> {
  const part = await counter.part();
  answer({ kind: "part", part }, [part.durations, ...part.tallies].flatMap(buffersOf));
  await (await opening).close();
  port.close();
}

function stop(error: unknown): void {
  if (!(error instanceof StopRun)) throw error;
  answer({ kind: "stopped", message: error.message }, []);
}

function answer(what: ThreadAnswer, transfer: readonly ArrayBuffer[]): void {
  port.postMessage(what, [...transfer]);
}
