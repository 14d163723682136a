/** The main figures of the report page as tiles: of the period beside the one before, of the cohort, and of now. */
import type { CellAddress } from "../core/report/cell-book.ts";
import { periodDays } from "../core/report/period-days.ts";
import { FIGURES, type PeriodFigure } from "../core/report/period-figures.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countedText, countText, daysText, intervalText, moneyText, percentText, signedText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { badge, type SectionKind } from "./page-sections.ts";

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** Where the records behind the value are; absent for what is no count of records. */
  readonly cell?: CellAddress;
}

export function periodTiles(report: ClosedLoop): Markup {
  const people = PEOPLE.flatMap((name) => tileOf(report, name));
  const deals = DEALS.flatMap((name) => tileOf(report, name));
  return html`${title("period", `What happened, to whomever: people as they entered stages, then deals${againstText(report)}`)}${row(people)}${row(deals)}`;
}

export function cohortTiles({ total, timeToWon, currency }: ClosedLoop): Markup {
  const { mqlToWon } = total.rates;
  const tiles = [
    {
      label: "People",
      value: countText(total.leads),
      note: seenText(total),
      cell: { table: "total", row: "all", column: "leads" },
    },
    {
      label: "MQL to won",
      value: percentText(mqlToWon.percent),
      note:
        mqlToWon.of === 0
          ? "nobody was seen as MQL"
          : `${countText(mqlToWon.count)} of ${countText(mqlToWon.of)} seen as MQL; ${intervalText(mqlToWon)}`,
      cell: { table: "total", row: "all", column: "mqlToWon" },
    },
    { label: "Days to won", value: daysText(timeToWon.medianDays), note: `median; p90 ${daysText(timeToWon.p90Days)}` },
    {
      label: "Revenue so far",
      value: tileMoney(total.revenue, currency),
      note: `of ${countedText(total.won, "person", "people")} won; and ${moneyText(total.pipeline, currency)} open`,
      cell: { table: "total", row: "all", column: "won" },
    },
  ];
  return html`${title("cohort", "What became of those who first came then")}${row(tiles)}`;
}

/** "217 seen as MQL, 8.3 % of those not past it": whoever was past it when first seen is in no rate. */
function seenText({ mqlEntered, mqlSkipped, rates: { leadToMql } }: ClosedLoop["total"]): string {
  const seen = `${countText(mqlEntered)} seen as MQL`;
  if (leadToMql.percent === null) return seen;
  return `${seen}, ${percentText(leadToMql.percent)}${mqlSkipped === 0 ? "" : " of those not past it"}`;
}

export function nowTiles({ openPipeline, openByAge, currency }: ClosedLoop): Markup {
  const { deals, withoutAmount, amount } = openPipeline;
  const mql = openByAge.find(({ stage }) => stage === "mql");
  const waiting = mql === undefined ? 0 : mql.upTo7 + mql.upTo30 + mql.upTo90 + mql.older;
  const cell = { table: "openPipeline", row: "all", column: "deals" };
  const unknown = withoutAmount === 0 ? "" : `, ${countText(withoutAmount)} of them without an amount`;
  const tiles = [
    { label: "Open pipeline", value: tileMoney(amount, currency), note: "of everybody", cell },
    { label: "Open opportunities", value: countText(deals), note: `of everybody${unknown}`, cell },
    { label: "MQLs that wait", value: countText(waiting), note: `${countText(mql?.older ?? 0)} for more than 90 days` },
  ];
  return html`${title("now", "How everyone stands, whenever they first came")}${row(tiles)}`;
}

const PEOPLE = ["mql", "sal", "sql", "opportunity", "turnedBack"] as const;
const DEALS = ["won", "lost", "revenue", "pipeline"] as const;

/** Empty where the figure is not there. */
function tileOf(report: ClosedLoop, name: PeriodFigure["figure"]): readonly Tile[] {
  const figure = report.periodFigures.find((one) => one.figure === name);
  if (figure === undefined) return [];
  const text = (value: number): string =>
    figure.unit === "money" ? tileMoney(value, report.currency) : countText(value);
  const opened = report.periodFigures.find((one) => one.figure === "opened")?.now ?? 0;
  const note = [name === "pipeline" ? `${countedText(opened, "deal", "deals")} opened` : "", changeOf(figure)];
  return [
    {
      label: FIGURES[name].name,
      value: text(figure.now),
      note: note.filter((part) => part !== "").join("; "),
      cell: figure.cell,
    },
  ];
}

/** "+12 (+15 %) against 80"; "" where there is nothing to be held against. */
function changeOf({ before, change, changePercent }: PeriodFigure): string {
  if (before === null || change === null) return "";
  if (change === 0) return "as before";
  const percent = changePercent === null ? "" : ` (${signedText(changePercent, percentText)})`;
  return `${signedText(change, countText)}${percent} against ${countText(before)}`;
}

/** In a narrow tile the currency stands below a long amount. */
function tileMoney(amount: number, currency: string): string {
  return moneyText(amount, currency).replace("\u00a0", " ");
}

function againstText({ periodBefore }: ClosedLoop): string {
  if (periodBefore === null) return "";
  const { from, to, isPart } = periodBefore;
  const dates = periodDays(from, to);
  return isPart ? `, against the same part of the period before (${dates})` : `, against the period before (${dates})`;
}

function title(kind: SectionKind, words: string): Markup {
  return html`<p class="over">${badge(kind)} ${words}</p>`;
}

function row(tiles: readonly Tile[]): Markup {
  return html`<ul class="tiles of${tiles.length}">${tiles.map(({ label, value, note, cell }) => html`<li><span class="label">${label}</span><b${cellOf(cell)}>${value}</b><small>${note}</small></li>`)}</ul>`;
}

function cellOf(cell: CellAddress | undefined): Markup {
  if (cell === undefined) return html``;
  return html` data-table="${cell.table}" data-row="${cell.row}" data-column="${cell.column}"`;
}
