/** The sections of the report page about money: what marketing brought in, to which campaigns it is owed, what that cost, and what is open. */
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countedText, countText, moneyHeading, moneyText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import type { PageSection } from "./page-sections.ts";
import { axis, bars, chart, roundTop } from "./svg-charts.ts";

const PART_LABELS = {
  sourced: "Sourced by marketing",
  influenced: "Influenced by marketing",
  own: "Sales' own",
} as const;
const CAMPAIGNS_SHOWN = 100;
const CAMPAIGNS_DRAWN = 8;
const SOURCES_DRAWN = 12;
const COSTS_SHOWN = 100;
const COST_FROM = { "report.yml": "report.yml", salesforce: "Salesforce", both: "both" } as const;

const SUMS = [
  { label: "Revenue", count: 0, tone: "won" },
  { label: "Open pipeline", count: 0, tone: "soft" },
];

export function moneySection(report: ClosedLoop): PageSection {
  const money = (amount: number): string => moneyText(amount, report.currency);
  type Part = ClosedLoop["pipeline"][number];
  const top = roundTop(Math.max(0, ...report.pipeline.map((row) => row.revenue + row.pipeline)));
  const lines = report.pipeline.map((row) => ({
    label: PART_LABELS[row.part],
    value: money(row.revenue),
    note: `and ${money(row.pipeline)} open`,
    drawing: bars([
      { share: (row.revenue + row.pipeline) / top, tone: "soft" },
      { share: row.revenue / top, tone: "won" },
    ]),
  }));
  const parts = table<Part>({
    caption: "Opportunities by marketing's part in them",
    rows: report.pipeline,
    drill: { table: "pipeline", row: (row) => row.part },
    columns: [
      textColumn("Part", (row) => PART_LABELS[row.part]),
      figureColumn("Opportunities", (row) => countText(row.deals), "deals"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Lost", (row) => countText(row.lost), "lost"),
      figureColumn("Open", (row) => countText(row.open), "open"),
      figureColumn(moneyHeading("Revenue", report.currency), (row) => countText(row.revenue)),
      figureColumn(moneyHeading("Open pipeline", report.currency), (row) => countText(row.pipeline)),
    ],
  });
  const drawing = report.pipeline.every(({ deals }) => deals === 0)
    ? html`<p class="none">They have no opportunities so far.</p>`
    : html`${chart("Revenue and open pipeline", lines, axis(top, ""))}${legend(SUMS, null)}${folded("The same as a table", parts)}`;
  return {
    id: "money",
    label: "Revenue",
    title: "Pipeline and revenue",
    kind: "cohort",
    note: "Sourced: the person was an MQL before the opportunity was opened. Influenced: marketing met them, or they became an MQL, before it was closed. Each opportunity is in one line. What is open of everybody stands under Now.",
    body: html`${drawing}${attribution(report)}${returns(report)}`,
  };
}

export function openPipelineSection({ openPipeline, currency }: ClosedLoop): PageSection {
  type Row = ClosedLoop["openPipeline"]["bySource"][number];
  const { bySource, ...all } = openPipeline;
  const top = roundTop(Math.max(0, ...bySource.map(({ amount }) => amount)));
  const lines = bySource.slice(0, SOURCES_DRAWN).map((row) => ({
    label: row.source,
    value: moneyText(row.amount, currency),
    note: `in ${countText(row.deals)}`,
    drawing: bars([{ share: row.amount / top, tone: "soft" }]),
  }));
  const rows = table<Row>({
    caption: "Open opportunities by source",
    rows: bySource,
    drill: { table: "openPipeline", row: (row) => `source ${row.source}` },
    total: { row: { source: "All", ...all }, table: "openPipeline", name: "all" },
    columns: [
      textColumn("Source", (row) => row.source),
      figureColumn("Open", (row) => countText(row.deals), "deals"),
      figureColumn("without an amount", (row) => countText(row.withoutAmount), "withoutAmount"),
      figureColumn(moneyHeading("Amount", currency), (row) => countText(row.amount)),
    ],
  });
  const drawing = lines.length === 0 ? html`` : chart("Open pipeline by source", lines, axis(top, ""));
  return {
    id: "open-pipeline",
    label: "Open pipeline",
    title: "Open pipeline",
    kind: "now",
    note: "Opportunities that are open now, of everybody, by where the person came from. Each is in one line.",
    body: html`${drawing}${folded("The same as a table", rows)}`,
  };
}

function attribution(report: ClosedLoop): Markup {
  type Row = ClosedLoop["attribution"][number];
  const money = (amount: number): string => moneyText(amount, report.currency);
  const top = roundTop(Math.max(0, ...report.attribution.map((row) => row.linear)));
  const lines = report.attribution.slice(0, CAMPAIGNS_DRAWN).map((row) => ({
    label: row.campaign,
    value: money(row.linear),
    note: "linear",
    drawing: bars([{ share: row.linear / top, tone: "accent" }]),
  }));
  const sum = (key: "first" | "last" | "linear" | "u" | "w"): number =>
    report.attribution.reduce((all, row) => all + Math.round(row[key] * 100), 0) / 100;
  const total: Row = {
    campaign: "All",
    deals: report.pipeline.reduce((all, { won }) => all + won, 0),
    first: sum("first"),
    last: sum("last"),
    linear: sum("linear"),
    u: sum("u"),
    w: sum("w"),
  };
  const rows = table<Row>({
    caption: moneyHeading("Won money by campaign, under five models", report.currency),
    rows: report.attribution.slice(0, CAMPAIGNS_SHOWN),
    drill: { table: "attribution", row: (row) => row.campaign },
    total: { row: total, table: "total", name: "all" },
    columns: [
      textColumn("Campaign", (row) => row.campaign),
      figureColumn("Deals", (row) => countText(row.deals), "deals"),
      figureColumn("First touch", (row) => countText(row.first)),
      figureColumn("Last touch", (row) => countText(row.last)),
      figureColumn("Linear", (row) => countText(row.linear)),
      figureColumn("U 40/40/20", (row) => countText(row.u)),
      figureColumn("W 30/30/30/10", (row) => countText(row.w)),
    ],
  });
  return html`<h3 id="attribution">Attribution</h3><p class="note">Every model gives away exactly what was won; deals without any touch stand under (no campaign). report-deals.csv has a line for each deal with its touches and shares.</p>${lines.length === 0 ? rows : html`${chart("Won money by campaign, linear", lines, null)}${folded("All campaigns, under five models", rows)}`}`;
}

function returns(report: ClosedLoop): Markup {
  if (report.returnOnCosts.length === 0)
    return html`<h3>Return on costs</h3><p class="none">No costs are known for this time; config/report.yml takes them under costs, or from the Salesforce campaigns with campaign-costs.</p>`;
  type Row = ClosedLoop["returnOnCosts"][number];
  const rows = shownReturns(report.returnOnCosts);
  const money = (amount: number | null): string => (amount === null ? "\u2013" : moneyText(amount, report.currency));
  return html`<h3>Return on costs</h3>${costsNote(report.returnOnCosts, rows.length)}${table<Row>({
    caption: "What was spent, and what it bought",
    rows,
    columns: [
      textColumn("Name", (row) => row.name),
      textColumn("Kind", (row) => row.by),
      textColumn("Cost from", (row) => COST_FROM[row.costFrom]),
      figureColumn("Cost", (row) => money(row.cost)),
      figureColumn("Revenue", (row) => money(row.revenue)),
      figureColumn("Return", (row) => percentText(row.returnPercent)),
      figureColumn("per lead", (row) => money(row.costPerLead)),
      figureColumn("per MQL", (row) => money(row.costPerMql)),
      figureColumn("per won", (row) => money(row.costPerWon)),
    ],
  })}`;
}

/** An organisation can have thousands of campaigns: of more than fit, those that somebody came from are shown first. */
function shownReturns(all: ClosedLoop["returnOnCosts"]): ClosedLoop["returnOnCosts"] {
  if (all.length <= COSTS_SHOWN) return all;
  const isMet = ({ by, costPerLead }: (typeof all)[number]): boolean => by === "source" || costPerLead !== null;
  return [...all.filter(isMet), ...all.filter((row) => !isMet(row))].slice(0, COSTS_SHOWN);
}

function costsNote(all: ClosedLoop["returnOnCosts"], shown: number): Markup {
  const ofCampaigns = all.some(({ costFrom }) => costFrom !== "report.yml")
    ? "Costs from Salesforce are those of the campaigns with exactly this name: of a campaign with dates, as much as its days in the period make; what config/report.yml says of a campaign and month wins. "
    : "";
  const more = all.length > shown ? `${countedText(all.length - shown, "more is", "more are")} in report.json.` : "";
  return ofCampaigns + more === "" ? html`` : html`<p class="note">${ofCampaigns}${more}</p>`;
}
