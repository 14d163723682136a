/** Money counted again by hand: revenue, pipeline, marketing's part, and five models of attribution. */
import type { DealRow, Moment } from "../../../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../../../src/core/model/report-settings.ts";
import { type CellShelf, hundredths } from "./cell-shelf.ts";
import { isClosed, isLead, isLost, isWon, type Known, type Span } from "./known-person.ts";
import { divisionsOf } from "./recount-funnel.ts";

const MODELS = ["first", "last", "linear", "u", "w"] as const;
const NO_CAMPAIGN = "(no campaign)";
type Model = (typeof MODELS)[number];

export interface Sums {
  /** By table, row and column. */
  readonly money: ReadonlyMap<string, number>;
  /** What splitting one deal may round away. */
  readonly hundredth: number;
  readonly leftOut: readonly { readonly currency: string; readonly deals: number; readonly amount: number }[];
}

/** What an amount is worth in the report's currency: `rates` are units for one of the organisation's own, whose rate is 1. */
export class Exchange {
  readonly currency: string;
  readonly #rates: Readonly<Record<string, number>>;

  constructor(settings: ReportSettings, rates: Readonly<Record<string, number>>) {
    this.#rates = { ...rates, ...settings.rates };
    const own = Object.keys(this.#rates).find((currency) => this.#rates[currency] === 1);
    this.currency = settings.currency ?? own ?? "";
  }

  /** The most that a hundredth of any currency is worth: money is split in hundredths of its own. */
  get hundredth(): number {
    const most = Math.max(1, ...Object.values(this.#rates).map((rate) => 1 / rate));
    return (most * (this.#rates[this.currency] ?? 1)) / 100;
  }

  lacksRate(currency: string | null): boolean {
    return currency !== null && currency !== this.currency && this.#rates[currency] === undefined;
  }

  worth({ amount, currency }: DealRow): number {
    if (currency === null || currency === this.currency) return amount ?? 0;
    return ((amount ?? 0) / (this.#rates[currency] ?? 1)) * (this.#rates[this.currency] ?? 1);
  }
}

export function recountMoney(
  shelf: CellShelf,
  people: readonly Known[],
  settings: ReportSettings,
  exchange: Exchange,
  span: Span,
): Sums {
  const money = new Map<string, number>();
  const add = (address: string, amount: number): void => void money.set(address, (money.get(address) ?? 0) + amount);
  const deals = countedDeals(people, span);
  for (const [person, deal] of deals) {
    const part = partOf(person, deal, settings, span.asOf);
    shelf.put("pipeline", part, "deals", deal.opportunityId);
    shelf.put("pipeline", part, stateOf(deal, span.asOf), deal.opportunityId);
  }
  for (const [person, deal] of deals) {
    if (stateOf(deal, span.asOf) === "lost" || exchange.lacksRate(deal.currency)) continue;
    const column = stateOf(deal, span.asOf) === "won" ? "revenue" : "pipeline";
    for (const [table, rowsOf] of Object.entries(divisionsOf(settings, span)))
      for (const row of rowsOf(person)) add(`${table}/${row}/${column}`, exchange.worth(deal));
    add(`pipeline/${partOf(person, deal, settings, span.asOf)}/${column}`, exchange.worth(deal));
  }
  for (const [person, deal] of deals) {
    if (stateOf(deal, span.asOf) !== "won") continue;
    for (const name of campaignsOf(person, deal, settings, span.asOf))
      shelf.put("attribution", name, "deals", deal.opportunityId);
    if (exchange.lacksRate(deal.currency)) continue;
    attribute(person, deal, settings, span.asOf, (row, model, share) =>
      add(`attribution/${row}/${model}`, exchange.worth(deal) * share),
    );
  }
  openPipeline(shelf, people, exchange, add, divisionsOf(settings, span)["bySource"], span);
  return { money, hundredth: exchange.hundredth, leftOut: leftOutOf(shelf, deals, exchange, span.asOf) };
}

/** Of everybody, whenever they first came. */
function openPipeline(
  shelf: CellShelf,
  people: readonly Known[],
  exchange: Exchange,
  add: (address: string, amount: number) => void,
  sourcesOf: ((known: Known) => readonly string[]) | undefined,
  { asOf }: Span,
): void {
  for (const person of people) {
    for (const deal of person.deals) {
      if (!deal.counts || isClosed(deal, asOf)) continue;
      for (const row of ["all", `source ${sourcesOf?.(person)[0]}`]) {
        shelf.put("openPipeline", row, "deals", deal.opportunityId);
        if (deal.amount === null) shelf.put("openPipeline", row, "withoutAmount", deal.opportunityId);
        if (!exchange.lacksRate(deal.currency)) add(`openPipeline/${row}/amount`, exchange.worth(deal));
      }
    }
  }
}

/** By currency, in its own. */
function leftOutOf(
  shelf: CellShelf,
  deals: readonly (readonly [Known, DealRow])[],
  exchange: Exchange,
  asOf: Moment,
): Sums["leftOut"] {
  const leftOut = new Map<string, { deals: number; amount: number }>();
  for (const [, deal] of deals) {
    const { currency, amount } = deal;
    if (stateOf(deal, asOf) === "lost" || amount === null || currency === null || !exchange.lacksRate(currency))
      continue;
    shelf.put("leftOut", currency, "deals", deal.opportunityId);
    const before = leftOut.get(currency) ?? { deals: 0, amount: 0 };
    leftOut.set(currency, { deals: before.deals + 1, amount: before.amount + amount });
  }
  return [...leftOut].sort().map(([currency, sum]) => ({ currency, deals: sum.deals, amount: hundredths(sum.amount) }));
}

/** Those of the leads that count for them and not for a colleague. */
function countedDeals(people: readonly Known[], span: Span): readonly (readonly [Known, DealRow])[] {
  const counted: (readonly [Known, DealRow])[] = [];
  for (const person of people)
    for (const deal of person.deals) if (isLead(person, span) && deal.counts) counted.push([person, deal]);
  return counted;
}

function stateOf(deal: DealRow, asOf: Moment): "won" | "lost" | "open" {
  if (isWon(deal, asOf)) return "won";
  return isLost(deal, asOf) ? "lost" : "open";
}

interface Touch {
  readonly at: Moment;
  readonly campaign: string;
}

/** Every meeting with marketing; the first contact is one where nothing was noted up to it. */
function touchesOf(person: Known, settings: ReportSettings, asOf: Moment): readonly Touch[] {
  const campaign = String(person.ledger.person.facts[settings.campaign ?? ""] ?? "").trim();
  const noted = [...person.touches].sort((one, other) => one.at - other.at || (one.campaign < other.campaign ? -1 : 1));
  const isFirst = person.firstIsSaid && person.first <= asOf && !noted.some(({ at }) => at <= person.first);
  return isFirst ? [{ at: person.first, campaign }, ...noted] : noted;
}

/** Those before the opportunity was closed, by the campaign they are told under. */
function countedTouches(person: Known, deal: DealRow, settings: ReportSettings, asOf: Moment): readonly Touch[] {
  const all = touchesOf(person, settings, asOf).filter(({ at }) => at <= deal.stageAt);
  return all.map(({ at, campaign }) => ({ at, campaign: campaign === "" ? NO_CAMPAIGN : campaign }));
}

function campaignsOf(person: Known, deal: DealRow, settings: ReportSettings, asOf: Moment): readonly string[] {
  const names = new Set(countedTouches(person, deal, settings, asOf).map(({ campaign }) => campaign));
  return names.size === 0 ? [NO_CAMPAIGN] : [...names];
}

function mqlAt(person: Known): Moment {
  const times = person.entries.filter(({ stage }) => stage === "mql").map(({ at }) => at);
  return times.length === 0 ? Number.NaN : Math.min(...times);
}

function partOf(person: Known, deal: DealRow, settings: ReportSettings, asOf: Moment): string {
  const mql = mqlAt(person);
  if (mql <= deal.openedAt) return "sourced";
  const end = isClosed(deal, asOf) ? deal.stageAt : asOf;
  if (mql <= end || touchesOf(person, settings, asOf).some(({ at }) => at <= end)) return "influenced";
  return "own";
}

function attribute(
  person: Known,
  deal: DealRow,
  settings: ReportSettings,
  asOf: Moment,
  give: (row: string, model: Model, share: number) => void,
): void {
  const touches = countedTouches(person, deal, settings, asOf);
  if (touches.length === 0) {
    for (const model of MODELS) give(NO_CAMPAIGN, model, 1);
    return;
  }
  const last = touches.length - 1;
  // A role that nobody played falls to the touch next to its moment: the last one where it never came, the first where it came before all of them.
  const lastBefore = (moment: Moment): number =>
    Number.isNaN(moment)
      ? last
      : Math.max(
          0,
          touches.findLastIndex(({ at }) => at <= moment),
        );
  const roles: Readonly<Record<Model, readonly (readonly [number, number])[]>> = {
    first: [[0, 1]],
    last: [[last, 1]],
    linear: touches.map((_, index) => [index, 1 / touches.length]),
    u: spread(touches.length, [0, lastBefore(mqlAt(person))], 0.4),
    w: spread(touches.length, [0, lastBefore(mqlAt(person)), lastBefore(deal.openedAt)], 0.3),
  };
  for (const model of MODELS)
    for (const [index, share] of roles[model]) give(touches[index]?.campaign ?? "", model, share);
}

/** Each role has its weight; what is left is shared by those without a role, or by all of them where each has one. */
function spread(touches: number, filled: readonly number[], weight: number): readonly (readonly [number, number])[] {
  const others = Array.from({ length: touches }, (_, index) => index).filter((index) => !filled.includes(index));
  const rest = 1 - filled.length * weight;
  const [sharing, part] =
    others.length > 0 ? [others, rest / others.length] : [[...new Set(filled)], rest / new Set(filled).size];
  return [...filled.map((index) => [index, weight] as const), ...sharing.map((index) => [index, part] as const)];
}
