/** The sections of the report page about the funnel: overall, by source and other divisions, by speed, by outcome. */

import type { FunnelCells, FunnelRow } from "../core/report/funnel-table.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { FUNNEL } from "../core/report/report-lead.ts";
import { rate } from "../core/report/statistics.ts";
import { countText, daysText, intervalText, moneyText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, recordsBehind, table, textColumn } from "./html-table.ts";
import { axis, bars, chart, funnelBar, roundTop, stackedBar, whisker } from "./svg-charts.ts";

/** Chart rows beyond this many stand in the table only. */
const CHART_ROWS = 12;

const STAGE_LABELS: Readonly<Record<string, string>> = {
  subscriber: "Subscriber",
  lead: "Lead",
  mql: "MQL",
  sal: "SAL",
  sql: "SQL",
  opportunity: "Opportunity",
  customer: "Customer",
  evangelist: "Evangelist",
  recycled: "Recycled",
  disqualified: "Disqualified",
};

export function stageLabel(stage: string): string {
  return STAGE_LABELS[stage] ?? stage;
}

export function funnelSection(report: ClosedLoop): Markup {
  const { total } = report;
  const steps = [
    { label: "Leads", count: total.leads },
    { label: "MQL", count: total.mql },
    { label: "SAL", count: total.sal },
    { label: "SQL", count: total.sql },
    { label: "Opportunity", count: total.opportunity },
    { label: "Won", count: total.won },
  ];
  const rows = steps.map((step, index) => {
    const before = steps[index - 1];
    const note =
      before === undefined ? "" : `${percentText(rate(step.count, before.count).percent)} of ${before.label}`;
    const tone = step.label === "Won" ? "won" : "accent";
    return {
      label: step.label,
      value: countText(step.count),
      note,
      drawing: funnelBar(total.leads === 0 ? 0 : step.count / total.leads, tone),
    };
  });
  const stages = table("Stages entered", report.stages, [
    textColumn("Stage", (row) => stageLabel(row.stage)),
    figureColumn("Entered", (row) => countText(row.entered)),
    figureColumn("of which passed by", (row) => countText(row.passed)),
    figureColumn("Standing there now", (row) =>
      countText(report.standing.find((standing) => standing.stage === row.stage)?.leads ?? 0),
    ),
  ]);
  return html`<section id="funnel"><h2>Funnel</h2><p class="note">Everyone first in touch in the window, and how far each has come. A person who skipped a stage counts as having passed it.</p>${chart("Funnel", rows, null)}${stages}${recordsBehind(report.drill, "stages")}</section>`;
}

export function sourceSection(report: ClosedLoop): Markup {
  return divisionSection(
    { id: "source", title: "By source", heading: "Source", drillTable: "bySource", rows: report.bySource },
    report,
  );
}

/** Campaign, owner, band and month; a division that is not configured has no section. */
export function divisionSections(report: ClosedLoop): readonly Markup[] {
  const divisions = [
    {
      id: "campaign",
      title: "By campaign",
      heading: "Campaign",
      drillTable: "byCampaign",
      rows: report.byCampaign ?? [],
    },
    { id: "month", title: "By month of first contact", heading: "Month", drillTable: "byMonth", rows: report.byMonth },
    { id: "owner", title: "By owner", heading: "Owner", drillTable: "byOwner", rows: report.byOwner },
    { id: "band", title: "By score band at MQL", heading: "Band", drillTable: "byBand", rows: report.byBand },
  ];
  return divisions.filter((division) => division.rows.length > 0).map((division) => divisionSection(division, report));
}

interface Division {
  readonly id: string;
  readonly title: string;
  readonly heading: string;
  readonly drillTable: string;
  readonly rows: readonly FunnelRow[];
}

function divisionSection(division: Division, report: ClosedLoop): Markup {
  const { id, title, heading, drillTable, rows } = division;
  return html`<section id="${id}"><h2>${title}</h2>${conversionChart(title, rows)}${funnelTable(title, heading, rows, report)}${recordsBehind(report.drill, drillTable)}</section>`;
}

function conversionChart(title: string, rows: readonly FunnelRow[]): Markup {
  const drawn = rows.filter((row) => row.mql > 0).slice(0, CHART_ROWS);
  if (drawn.length < 2) return html``;
  const top = Math.min(100, roundTop(Math.max(...drawn.map((row) => row.rates.mqlToWon.high ?? 0))));
  const lines = drawn.map((row) => {
    const { percent, low, high } = row.rates.mqlToWon;
    return {
      label: row.name,
      value: percentText(percent),
      note: `${countText(row.won)} of ${countText(row.mql)}`,
      drawing: whisker(low ?? 0, percent ?? 0, high ?? 0, top),
    };
  });
  return html`<p class="note">MQL to won; the line is where the true share lies with 95 % confidence.</p>${chart(`${title}: MQL to won`, lines, axis(top, " %"))}`;
}

type NamedCells = FunnelCells & { readonly name: string };

function funnelTable(title: string, heading: string, rows: readonly NamedCells[], report: ClosedLoop): Markup {
  const columns = [
    textColumn<NamedCells>(heading, (row) => row.name),
    figureColumn<NamedCells>("Leads", (row) => countText(row.leads)),
    figureColumn<NamedCells>("MQL", (row) => countText(row.mql)),
    figureColumn<NamedCells>("SAL", (row) => countText(row.sal)),
    figureColumn<NamedCells>("SQL", (row) => countText(row.sql)),
    figureColumn<NamedCells>("Opportunity", (row) => countText(row.opportunity)),
    figureColumn<NamedCells>("Won", (row) => countText(row.won)),
    figureColumn<NamedCells>("Lost", (row) => countText(row.lost)),
    figureColumn<NamedCells>("Open", (row) => countText(row.open)),
    figureColumn<NamedCells>("MQL to won", (row) => percentText(row.rates.mqlToWon.percent)),
    figureColumn<NamedCells>("95 % interval", (row) => intervalText(row.rates.mqlToWon)),
    figureColumn<NamedCells>("Revenue", (row) => moneyText(row.revenue, report.currency)),
  ];
  return table(title, rows, columns, { ...report.total, name: "All" });
}

export function velocitySection(report: ClosedLoop): Markup {
  const steps = [
    ...report.velocity.map((step) => ({ label: `${stageLabel(step.from)} to ${stageLabel(step.to)}`, ...step })),
    { label: "First contact to won", ...report.timeToWon },
  ];
  const top = roundTop(Math.max(0, ...steps.map((step) => step.p90Days ?? 0)));
  const drawn = steps.filter((step) => !("from" in step) || FUNNEL.indexOf(step.to) === FUNNEL.indexOf(step.from) + 1);
  const lines = drawn.map((step) => ({
    label: step.label,
    value: `${daysText(step.medianDays)} d`,
    note: `p90 ${daysText(step.p90Days)} d`,
    drawing: bars([
      { share: (step.p90Days ?? 0) / top, tone: "soft" },
      { share: (step.medianDays ?? 0) / top, tone: "accent" },
    ]),
  }));
  const columns = [
    textColumn<(typeof steps)[number]>("Step", (step) => step.label),
    figureColumn<(typeof steps)[number]>("People", (step) => countText(step.count)),
    figureColumn<(typeof steps)[number]>("Median days", (step) => daysText(step.medianDays)),
    figureColumn<(typeof steps)[number]>("p90 days", (step) => daysText(step.p90Days)),
  ];
  return html`<section id="velocity"><h2>Speed</h2><p class="note">Days from entering one stage to entering the next one seen. Dark: half of the people are faster. Light: nine in ten are. Steps that skip a stage stand in the table only.</p>${chart("Days between stages", lines, axis(top, " d"))}${table("Days between stages", steps, columns)}</section>`;
}

export function outcomeSection(report: ClosedLoop): Markup {
  const { won, open, lost, leads } = report.total;
  const share = (count: number): number => (leads === 0 ? 0 : count / leads);
  const parts = [
    { label: "Won", count: won, tone: "won" },
    { label: "Open", count: open, tone: "soft" },
    { label: "Lost", count: lost, tone: "lost" },
  ];
  const legend = parts.map(
    (part) =>
      html`<li><svg class="key" aria-hidden="true" focusable="false"><rect class="${part.tone}" width="100%" height="100%" rx="3"/></svg>${part.label} <b>${countText(part.count)}</b> <small>${percentText(rate(part.count, leads).percent)}</small></li>`,
  );
  const columns = [
    textColumn<ClosedLoop["outcomes"][number]>("Outcome", (row) => stageWord(row.outcome)),
    textColumn<ClosedLoop["outcomes"][number]>("Reason", (row) => row.reason || "\u2013"),
    figureColumn<ClosedLoop["outcomes"][number]>("Leads", (row) => countText(row.leads)),
    figureColumn<ClosedLoop["outcomes"][number]>("Share", (row) => percentText(rate(row.leads, leads).percent)),
  ];
  return html`<section id="outcomes"><h2>Outcomes</h2>${stackedBar(parts.map((part) => ({ share: share(part.count), tone: part.tone })))}<ul class="legend">${legend}</ul>${table("Outcomes and reasons", report.outcomes, columns)}${recordsBehind(report.drill, "outcomes")}</section>`;
}

function stageWord(outcome: string): string {
  return outcome.charAt(0).toUpperCase() + outcome.slice(1);
}
