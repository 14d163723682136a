/** What marketing brought in: opportunities and money by marketing's part in them, and won money by campaign under five models. */

import type { DealRow, TouchRow } from "../model/report-row.ts";
import { creditDeal, type DealCredit, MODELS, type Model, touchesOf } from "./attribution.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { type Currency, hundredthsOf, moneyKey, split, totals } from "./money.ts";
import type { MoneyBook } from "./money-book.ts";
import { isClosed, MQL, type ReportLead, type ReportMoments } from "./report-lead.ts";

/**
 * `sourced`: the person was an MQL before the opportunity was opened. `influenced`: not that, but marketing met them, or they became an MQL, before it was
 * closed. `own`: neither. Each opportunity is in one of them.
 */
export const PARTS = ["sourced", "influenced", "own"] as const;
export type MarketingPart = (typeof PARTS)[number];

/** `deals` = won + lost + open. */
export interface PartRow {
  readonly part: MarketingPart;
  readonly deals: number;
  readonly won: number;
  readonly lost: number;
  readonly open: number;
  readonly revenue: number;
  readonly pipeline: number;
}

/** Won money by campaign; every column adds up to the same total. */
export type AttributionRow = { readonly campaign: string; readonly deals: number } & Readonly<Record<Model, number>>;

/** One opportunity as it was counted, for the audit. */
export interface CountedDeal {
  readonly deal: DealRow;
  readonly lead: ReportLead;
  readonly part: MarketingPart;
  readonly status: "won" | "lost" | "open";
  readonly credit: DealCredit;
}

const STATUS = ["won", "lost", "open"] as const;
/** Names of sums: by marketing's part, and by campaign for each model. */
const [REVENUE, PIPELINE, CREDITED] = ["revenue by part", "pipeline by part", "credited by "];

export class DealCounter {
  readonly #moments: ReportMoments;
  readonly #parts: CellTable;
  readonly #credited: CellTable;
  readonly #money: MoneyBook;

  constructor(book: CellBook, moments: ReportMoments) {
    this.#moments = moments;
    this.#money = book.money;
    this.#parts = book.table("pipeline", ["deals", ...STATUS]);
    this.#credited = book.table("attribution", ["deals"]);
  }

  add(lead: ReportLead, recorded: readonly TouchRow[]): readonly CountedDeal[] {
    if (lead.deals.length === 0) return NONE;
    const { asOf } = this.#moments;
    const touches = touchesOf(lead, recorded, asOf);
    return lead.deals.map((deal) => {
      const status = statusOf(deal, asOf);
      const part = partOf(deal, lead, touches, status === "open" ? asOf : deal.stageAt);
      const row = this.#parts.row(part);
      row.add(0, deal.opportunityId);
      row.add(1 + STATUS.indexOf(status), deal.opportunityId);
      const credit = creditDeal(deal, lead, touches, asOf);
      if (deal.amount !== null && status !== "lost") {
        this.#money.add(status === "won" ? REVENUE : PIPELINE, part, moneyKey(deal), hundredthsOf(deal.amount));
      }
      if (status === "won") this.#attribute(deal, credit);
      return { deal, lead, part, status, credit };
    });
  }

  /** The amounts add up to those of `whole`. */
  parts(currency: Currency, whole: Pick<PartRow, "revenue" | "pipeline">): readonly PartRow[] {
    const amounts = (table: string, sum: number): readonly number[] =>
      totals(
        PARTS.map((part) => this.#money.sums(table, part)),
        sum,
        currency,
      );
    const [revenue, pipeline] = [amounts(REVENUE, whole.revenue), amounts(PIPELINE, whole.pipeline)];
    return PARTS.map((part, place) => {
      const [deals = 0, won = 0, lost = 0, open = 0] = this.#parts.rows.get(part)?.counts ?? [];
      return {
        part,
        deals,
        won,
        lost,
        open,
        revenue: revenue[place] ?? 0,
        pipeline: pipeline[place] ?? 0,
      };
    });
  }

  /** Most of the linear model first, then by name. Each model gives away the whole revenue. */
  attribution(currency: Currency, revenue: number): readonly AttributionRow[] {
    const names = [...this.#credited.rows.keys()].sort();
    const money = MODELS.map((model) =>
      totals(
        names.map((name) => this.#money.sums(CREDITED + model, name)),
        revenue,
        currency,
      ),
    );
    const campaigns = names.map((campaign, place): AttributionRow => {
      const [first = 0, last = 0, linear = 0, u = 0, w = 0] = money.map((amounts) => amounts[place] ?? 0);
      return { campaign, deals: this.#credited.count(campaign, 0), first, last, linear, u, w };
    });
    return campaigns.sort((a, b) => b.linear - a.linear || (a.campaign < b.campaign ? -1 : 1));
  }

  #attribute(deal: DealRow, { credit }: DealCredit): void {
    // One touch has one credit, which all models share.
    const kinds = new Set(MODELS.map((model) => credit[model]));
    const campaigns = new Set([...kinds].flatMap((one) => [...one.keys()]));
    for (const campaign of campaigns) this.#credited.add(campaign, 0, deal.opportunityId);
    for (const kind of kinds) {
      const shares = [...kind].sort(([a], [b]) => (a < b ? -1 : 1));
      const parts = split(
        hundredthsOf(deal.amount ?? 0),
        shares.map(([, share]) => share),
      );
      for (const [index, [campaign]] of shares.entries())
        for (const model of MODELS)
          if (credit[model] === kind) this.#money.add(CREDITED + model, campaign, moneyKey(deal), parts[index] ?? 0);
    }
  }
}

const NONE: readonly CountedDeal[] = [];

function statusOf(deal: DealRow, asOf: number): CountedDeal["status"] {
  if (!isClosed(deal, asOf)) return "open";
  return deal.won ? "won" : "lost";
}

function partOf(deal: DealRow, lead: ReportLead, touches: readonly TouchRow[], end: number): MarketingPart {
  const qualified = lead.entered[MQL] ?? Number.NaN;
  if (qualified <= deal.openedAt) return "sourced";
  return qualified <= end || touches.some((touch) => touch.at <= end) ? "influenced" : "own";
}
