/** The closed-loop report: decides its window, streams everybody's ledger into it page by page, and leaves the writing to whom it is given. */
import type { Instant } from "../core/model/record.ts";
import type { PersonLedger } from "../core/model/report-row.ts";
import type { ReportSettings } from "../core/model/report-settings.ts";
import type { StageNames } from "../core/model/rulebook.ts";
import type { CellAddress } from "../core/report/cell-book.ts";
import { ClosedLoopCounter } from "../core/report/closed-loop.ts";
import type { CountOptions, ReportFrame } from "../core/report/count-frame.ts";
import type { ClosedLoop, ReportWindow } from "../core/report/report-figures.ts";
import { readingOf } from "../core/report/report-lead.ts";
import { keptCampaignCosts } from "./campaign-costs.ts";
import { keepCampaignSummaries } from "./campaign-summaries.ts";
import { orgDatedRates, orgRates } from "./currency-rates.ts";
import { orgCurrency } from "./org-currency.ts";
import type { StateStore } from "./state-port.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** Takes people in link order, page by page, and gives what was made of them. */
export type WriteReport<Written> = (
  folder: string,
  pages: AsyncIterable<Iterable<PersonLedger>>,
  frame: ReportFrame,
) => Promise<Written>;

export interface ReportRequest {
  readonly store: StateStore;
  readonly settings: ReportSettings;
  readonly names: readonly StageNames[];
  readonly folder: string;
  readonly window: ReportWindow;
  /** Address of the Salesforce organisation, for links to its records; null where it is not known. */
  readonly salesforceUrl?: string | null;
}

/** Also keeps the line about each campaign for the next sync, where `campaign-summary` is set. */
export async function runReport<Written extends { readonly report: Pick<ClosedLoop, "campaignSummaries"> }>(
  request: ReportRequest,
  write: WriteReport<Written>,
): Promise<Written> {
  const { store, settings, names, folder, window, salesforceUrl = null } = request;
  const places = { hubspot: await hubspotPlace(store), salesforce: salesforcePlace(salesforceUrl) };
  const options = await moneyOf(request);
  const pages = store.reportPages(readingOf(settings));
  const written = await write(folder, pages, { settings, names, window, options, places });
  const { campaignSummaries } = written.report;
  if (campaignSummaries !== null) await keepCampaignSummaries(store, campaignSummaries);
  return written;
}

/** The figures alone: nothing is written. */
export async function countReport(request: Omit<ReportRequest, "folder">): Promise<ClosedLoop> {
  const { store, settings, names, window } = request;
  const options = { ...(await moneyOf(request)), keep: { kind: "none" } as const };
  const counter = new ClosedLoopCounter({ settings, names, window, options });
  for await (const page of store.reportPages(readingOf(settings))) for (const ledger of page) counter.add(ledger);
  return counter.finish();
}

/** The ids behind one cell, sorted. Null where nobody is in it; then `near` names cells of the same table, or all tables. */
export async function showCell(
  request: Omit<ReportRequest, "folder">,
  cell: CellAddress,
): Promise<{ readonly ids: readonly string[] | null; readonly near: readonly string[] }> {
  const { store, settings, names, window } = request;
  const options = { ...(await moneyOf(request)), keep: { kind: "one", cell } as const };
  const counter = new ClosedLoopCounter({ settings, names, window, options });
  for await (const page of store.reportPages(readingOf(settings))) for (const ledger of page) counter.add(ledger);
  const ids = counter.finish().drill?.[cell.table]?.[cell.row]?.[cell.column] ?? null;
  const cells = counter.cells();
  const ofTable = cells.filter((one) => one.table === cell.table);
  const near = ofTable.length === 0 ? [...new Set(cells.map((one) => one.table))] : ofTable.map(addressText);
  return { ids, near };
}

async function moneyOf({
  store,
  settings,
}: Pick<ReportRequest, "store" | "settings">): Promise<
  Required<Pick<CountOptions, "rates" | "datedRates" | "orgCurrency" | "campaignCosts">>
> {
  const campaignCosts = await keptCampaignCosts(store, settings.campaignCosts);
  const rates = await orgRates(store);
  // An organisation that took on further currencies has a corporate one from then on.
  const own = Object.keys(rates).length === 0 ? await orgCurrency(store) : "";
  return { rates, datedRates: await orgDatedRates(store), orgCurrency: own, campaignCosts };
}

/** "bySource/organic search/won"; a row may hold slashes itself. Null for what is no address. */
export function cellAddress(text: string): CellAddress | null {
  const parts = text.split("/");
  if (parts.length < 3) return null;
  return { table: parts[0] ?? "", row: parts.slice(1, -1).join("/"), column: parts.at(-1) ?? "" };
}

function addressText({ table, row, column }: CellAddress): string {
  return `${table}/${row}/${column}`;
}

/** Where HubSpot shows a contact (https://knowledge.hubspot.com/records/understand-and-use-record-ids); "" before the first sync has met the account. */
async function hubspotPlace(store: StateStore): Promise<string> {
  const portal = await store.setting("account:hubspot");
  return portal === null ? "" : `https://app.hubspot.com/contacts/${encodeURIComponent(portal)}/record/0-1/`;
}

function salesforcePlace(url: string | null): string {
  if (url === null || !URL.canParse(url)) return "";
  const { origin, protocol } = new URL(url);
  return protocol === "https:" ? `${origin}/` : "";
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

export const PERIODS = ["last-week", "last-month"] as const;
export type ReportPeriod = (typeof PERIODS)[number];

/** The last whole week, Monday to Monday, or the last whole month, in UTC. */
export function periodWindow(period: ReportPeriod, now: Instant): ReportWindow {
  const today = new Date(`${now.slice(0, 10)}T00:00:00.000Z`);
  const to =
    period === "last-week"
      ? new Date(today.getTime() - ((today.getUTCDay() + 6) % 7) * DAY_MS)
      : new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1));
  const from =
    period === "last-week"
      ? new Date(to.getTime() - 7 * DAY_MS)
      : new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() - 1, 1));
  return { asOf: now, from: from.toISOString(), to: to.toISOString() };
}
