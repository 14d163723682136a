/** The closed-loop report: decides its window, streams everybody's ledger into it a page at a time, and leaves the writing to whom it is given. */
import type { Instant } from "../core/model/record.ts";
import type { ReportSettings, StageNames } from "../core/model/rulebook.ts";
import type { ReportWindow } from "../core/report/report-lead.ts";
import type { ReportRow, StateStore } from "./state-port.ts";

/** People read at once: enough to be fast, few enough to keep memory flat. */
const PAGE = 1_000;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** Takes rows, in link order, and gives what was made of them. */
export type WriteReport<Written> = (
  folder: string,
  rows: AsyncIterable<ReportRow>,
  settings: ReportSettings,
  names: readonly StageNames[],
  window: ReportWindow,
) => Promise<Written>;

export interface ReportRequest {
  readonly store: StateStore;
  readonly settings: ReportSettings;
  readonly names: readonly StageNames[];
  readonly folder: string;
  readonly window: ReportWindow;
}

export function runReport<Written>(request: ReportRequest, write: WriteReport<Written>): Promise<Written> {
  const { store, settings, names, folder, window } = request;
  return write(folder, allRows(store), settings, names, window);
}

/** What was asked for; else the 90 days before `asOf`, which is now unless it was asked for. `to` is not part of the window. */
export function reportWindow(
  asked: {
    readonly from?: Instant | undefined;
    readonly to?: Instant | undefined;
    readonly asOf?: Instant | undefined;
  },
  now: Instant,
): ReportWindow {
  const asOf = asked.asOf ?? now;
  const to = asked.to ?? asOf;
  const from = asked.from ?? new Date(Date.parse(to) - DEFAULT_DAYS * DAY_MS).toISOString();
  return { asOf, from, to };
}

async function* allRows(store: StateStore): AsyncGenerator<ReportRow> {
  let after: string | null = null;
  while (true) {
    const page: readonly ReportRow[] = await store.reportRows(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.link.id;
  }
}
