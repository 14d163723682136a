/** The sections of the report page about the funnel: how far people came, what became of them at each gate, and how it ended. */
import type { FunnelCells } from "../core/report/funnel-table.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { type Rate, rate } from "../core/report/statistics.ts";
import { countedText, countText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, numberIn, type TableColumn, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import type { PageSection } from "./page-sections.ts";
import { stageLabel } from "./stage-labels.ts";
import { chart, funnelBar, shares, stackedBar } from "./svg-charts.ts";

/** Begins at MQL: beside everyone who ever came, the rest would be slivers. Drawn are those who were seen as an MQL. */
export function funnelSection(report: ClosedLoop): PageSection {
  const { total } = report;
  const { mqlToSal, mqlToSql, sqlToOpportunity, mqlToWon } = total.rates;
  const steps = [
    { label: "MQL", count: total.mqlEntered, column: "mqlEntered" },
    { label: "SAL", count: mqlToSal.count, column: "mqlToSal" },
    { label: "SQL", count: mqlToSql.count, column: "mqlToSql" },
    { label: "Opportunity", count: sqlToOpportunity.count, column: "mqlToOpportunity" },
    { label: "Won", count: mqlToWon.count, column: "mqlToWon" },
  ];
  const widest = Math.max(1, ...steps.map(({ count }) => count));
  const rows = steps.map((step, index) => {
    const before = steps[index - 1];
    const tone = step.label === "Won" ? "won" : "accent";
    const row = {
      label: step.label,
      value: countText(step.count),
      note: "",
      cell: { table: "total", row: "all", column: step.column },
      drawing: funnelBar(step.count / widest, tone),
    };
    if (before === undefined) return row;
    return { ...row, between: `\u2193 ${percentText(rate(step.count, before.count).percent)}` };
  });
  type Row = ClosedLoop["stages"][number];
  const standing = (row: Row): number => report.standing.find((one) => one.stage === row.stage)?.leads ?? 0;
  const stages = table<Row>({
    caption: "Stages entered",
    rows: report.stages,
    drill: { table: "stages", row: (row) => row.stage },
    columns: [
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("Entered", (row) => countText(row.entered), "entered"),
      figureColumn("of which skipped", (row) => countText(row.passed), "passed"),
      { ...figureColumn<Row>("There now", (row) => countText(standing(row)), "leads"), table: "standing" },
    ],
  });
  const came = html`${inTotal(total.leads, "leads", "Everybody")} ${total.leads === 1 ? "person" : "people"} came. ${skippedText(total)} Won in all: ${inTotal(total.won, "won", "Won")}.`;
  return {
    id: "funnel",
    label: "Funnel",
    title: "Funnel",
    kind: "cohort",
    note: html`${came} A person who skipped a stage counts as having passed it.`,
    body: html`${chart("Funnel from MQL to won", rows, null)}${folded("All stages, and where everyone is now", stages)}`,
  };
}

/** Whom the rates are about. */
function skippedText({ mqlEntered, mqlSkipped, rates }: FunnelCells): Markup {
  const seen = html`${inTotal(mqlEntered, "mqlEntered", "Seen as an MQL")} ${wasOrWere(mqlEntered)} seen as an MQL${shareText(rates.leadToMql)}, and all shares from MQL on are about them.`;
  if (mqlSkipped === 0) return seen;
  return html`${seen} Beside them ${inTotal(mqlSkipped, "mqlSkipped", "Past MQL when first seen")} ${wasOrWere(mqlSkipped)} past MQL when first seen (customers of before LeadLoop, say) or skipped it.`;
}

function wasOrWere(count: number): string {
  return count === 1 ? "was" : "were";
}

/** " (8.3 % of 2,619)"; "" where nobody could be counted. */
function shareText({ percent, of }: Rate): string {
  return percent === null ? "" : ` (${percentText(percent)} of ${countText(of)})`;
}

function inTotal(count: number, column: string, label: string): Markup {
  return numberIn(countText(count), { table: "total", row: "all", column }, label);
}

const GATE_PARTS = [
  { label: "Moved on", tone: "won" },
  { label: "Waiting", tone: "soft" },
  { label: "Turned back", tone: "lost" },
];

export function gateSection(report: ClosedLoop): PageSection {
  const rows = report.gates
    .filter((gate) => gate.entered > 0)
    .map((gate) => {
      const counts = [gate.movedOn, gate.waiting, gate.turnedBack];
      const parts = counts.map((count, index) => ({ count, tone: GATE_PARTS[index]?.tone ?? "" }));
      return {
        label: stageLabel(gate.stage),
        value: countText(gate.entered),
        note: "came here",
        cell: { table: "gates", row: gate.stage, column: "entered" },
        drawing: shares(parts, gate.entered),
      };
    });
  type Gate = ClosedLoop["gates"][number];
  const gates = table<Gate>({
    caption: "What became of those who entered",
    rows: report.gates,
    drill: { table: "gates", row: (gate) => gate.stage },
    columns: [
      textColumn("Gate", (gate) => stageLabel(gate.stage)),
      figureColumn("Entered", (gate) => countText(gate.entered), "entered"),
      figureColumn("Only past it", (gate) => countText(gate.passed), "passed"),
      figureColumn("Moved on", (gate) => countText(gate.movedOn), "movedOn"),
      figureColumn("Turned back", (gate) => countText(gate.turnedBack), "turnedBack"),
      figureColumn("Waiting", (gate) => countText(gate.waiting), "waiting"),
      figureColumn("Share moved on", (gate) => percentText(gate.movedOnRate.percent)),
      figureColumn("95 % interval", (gate) => intervalText(gate.movedOnRate)),
    ],
  });
  const { recycled } = report;
  const again = table<ClosedLoop["recycled"]>({
    caption: "Recycled, and what came of it",
    rows: [recycled],
    drill: { table: "recycled", row: () => "all" },
    columns: [
      textColumn("Who", () => "Ever recycled"),
      figureColumn("Leads", (row) => countText(row.recycled), "recycled"),
      figureColumn("Qualified again", (row) => countText(row.qualifiedAgain), "qualifiedAgain"),
      figureColumn("Opportunity", (row) => countText(row.opportunity), "opportunity"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Share again", (row) => percentText(row.qualifiedAgainRate.percent)),
    ],
  });
  const keys = GATE_PARTS.map((part) => ({ ...part, count: 0 }));
  return {
    id: "gates",
    label: "Gates",
    title: "At each gate",
    kind: "cohort",
    note: "Each lead who was seen at a gate is in one of three places: further on, sent back or ruled out, or waiting. Who was past it when first seen is counted apart.",
    body: html`${chart("What became of those who entered", rows, null)}${legend(keys, null)}${folded("The same as a table", gates)}${reasonMatrix(report)}${again}`,
  };
}

/** Reasons beyond these stand in report.json. */
const REASONS_SHOWN = 15;
const SHADES = 4;

/** Reasons by gate, the most frequent first, the darker the more leads. */
function reasonMatrix({ gateReasons }: ClosedLoop): Markup {
  const stages = [...new Set(gateReasons.map(({ stage }) => stage))];
  const byReason = Map.groupBy(gateReasons, ({ reason }) => reason);
  const all = [...byReason].map(([reason, cells]) => ({
    reason,
    sum: cells.reduce((sum, { leads }) => sum + leads, 0),
    leads: new Map(cells.map((cell) => [cell.stage, cell.leads])),
  }));
  type Row = (typeof all)[number];
  const rows = all.sort((a, b) => b.sum - a.sum || (a.reason < b.reason ? -1 : 1)).slice(0, REASONS_SHOWN);
  const most = Math.max(1, ...gateReasons.map(({ leads }) => leads));
  const columns = stages.map((stage): TableColumn<Row> => {
    const leads = (row: Row): number => row.leads.get(stage) ?? 0;
    return {
      ...figureColumn(stageLabel(stage), (row) => (leads(row) === 0 ? "" : countText(leads(row))), "leads"),
      rowOf: ({ reason }) => `${stage}: ${reason}`,
      shade: (row) => Math.ceil((leads(row) / most) * SHADES),
    };
  });
  const matrix = table<Row>({
    caption: "Why they were turned back, by gate",
    rows,
    drill: { table: "gateReasons", row: ({ reason }) => reason },
    columns: [
      textColumn("Reason", (row) => row.reason),
      ...columns,
      figureColumn("All gates", (row) => countText(row.sum)),
    ],
    kind: "matrix",
  });
  const more =
    all.length <= REASONS_SHOWN
      ? html``
      : html`<p class="note">${countedText(all.length - REASONS_SHOWN, "rarer reason stands", "rarer reasons stand")} in report.json.</p>`;
  return html`${matrix}${more}`;
}

export function outcomeSection(report: ClosedLoop): PageSection {
  const { won, open, lost, leads } = report.total;
  const parts = [
    { label: "Won", count: won, tone: "won" },
    { label: "Open", count: open, tone: "soft" },
    { label: "Lost", count: lost, tone: "lost" },
  ];
  type Row = ClosedLoop["outcomes"][number];
  const rows = table<Row>({
    caption: "Outcomes and reasons",
    rows: report.outcomes,
    drill: { table: "outcomes", row: (row) => (row.reason === "" ? row.outcome : `${row.outcome}: ${row.reason}`) },
    columns: [
      textColumn("Outcome", (row) => row.outcome.charAt(0).toUpperCase() + row.outcome.slice(1)),
      textColumn("Reason", (row) => row.reason || "\u2013"),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
      figureColumn("Share", (row) => percentText(rate(row.leads, leads).percent)),
    ],
  });
  return {
    id: "outcomes",
    label: "Outcomes",
    title: "Outcomes",
    kind: "cohort",
    note: "",
    body: html`${stackedBar(parts, leads)}${legend(parts, leads)}${folded("By reason", rows)}`,
  };
}
