/** The closed-loop report: decides its window, streams everybody's ledger into it page by page, and leaves the writing to whom it is given. */
import type { Instant } from "../core/model/record.ts";
import type { PersonLedger } from "../core/model/report-row.ts";
import type { ReportSettings, StageNames } from "../core/model/rulebook.ts";
import type { ReportFrame } from "../core/report/closed-loop.ts";
import type { ReportWindow } from "../core/report/report-figures.ts";
import { factsOfReport } from "../core/report/report-lead.ts";
import type { StateStore } from "./state-port.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** Takes people in link order, page by page, and gives what was made of them. */
export type WriteReport<Written> = (
  folder: string,
  pages: AsyncIterable<readonly PersonLedger[]>,
  frame: ReportFrame,
) => Promise<Written>;

export interface ReportRequest {
  readonly store: StateStore;
  readonly settings: ReportSettings;
  readonly names: readonly StageNames[];
  readonly folder: string;
  readonly window: ReportWindow;
}

export async function runReport<Written>(request: ReportRequest, write: WriteReport<Written>): Promise<Written> {
  const { store, settings, names, folder, window } = request;
  const frame = { settings, names, window, options: { rates: await orgRates(store) } };
  return write(folder, store.reportPages(factsOfReport(settings)), frame);
}

/** The setting in which a sync keeps the rates of the organisation's currencies. */
const RATES_SETTING = "currency rates";

/** Units of each currency for one of the corporate currency, as Salesforce told them last; {} where the organisation has one currency. */
async function orgRates(store: StateStore): Promise<Readonly<Record<string, number>>> {
  const stored = await store.setting(RATES_SETTING);
  return stored === null ? {} : (JSON.parse(stored) as Readonly<Record<string, number>>);
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
