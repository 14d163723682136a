/** The section of the report page about the score: how often each score wins, the threshold that follows, and the rules behind what sales sent back. */
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { rate } from "../core/report/statistics.ts";
import { countText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import type { PageSection } from "./page-sections.ts";
import { axis, chart, percentTop, whisker } from "./svg-charts.ts";

export function scoreSection(report: ClosedLoop): PageSection {
  const { percent: reference } = rate(report.total.won, report.total.leads);
  const top = percentTop([...report.calibration.map((row) => row.winRate.high), reference]);
  const lines = report.calibration.map((row) => ({
    label: row.scores,
    value: percentText(row.winRate.percent),
    note: `${countText(row.won)} of ${countText(row.leads)}`,
    cell: { table: "calibration", row: row.scores, column: "won" },
    drawing: whisker(row.winRate, top, { reference }),
  }));
  type Row = ClosedLoop["calibration"][number];
  const rows = table<Row>({
    caption: "Leads by score at the handover",
    rows: report.calibration,
    drill: { table: "calibration", row: (row) => row.scores },
    columns: [
      textColumn("Score", (row) => row.scores),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Win rate", (row) => percentText(row.winRate.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.winRate)),
    ],
  });
  return {
    id: "score",
    label: "Score",
    title: "Does the score tell?",
    kind: "cohort",
    note: `A good score rises with the win rate. Leads under the threshold show here only when they came another way. The dashed line is all of them together, ${percentText(reference)}.`,
    body: html`${chart("Win rate by score", lines, axis(top, " %"))}${suggestion(report)}${folded("The same as a table", rows)}`,
  };
}

export function ruleSection(report: ClosedLoop): PageSection {
  type Rule = ClosedLoop["rules"][number];
  const rules = table<Rule>({
    caption: "Scoring rules behind the handoffs of the period",
    rows: report.rules,
    drill: { table: "rules", row: (row) => row.rule },
    columns: [
      textColumn("Rule", (row) => row.rule),
      figureColumn("Handoffs", (row) => countText(row.handoffs), "handoffs"),
      figureColumn("Accepted", (row) => countText(row.accepted), "accepted"),
      figureColumn("Rejected", (row) => countText(row.rejected), "rejected"),
      figureColumn("Share rejected", (row) => percentText(row.rejectedRate.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.rejectedRate)),
      textColumn("For what reasons", (row) => {
        const reasons = row.reasons.slice(0, 3).map(({ reason, handoffs }) => `${reason} (${countText(handoffs)})`);
        return html`<span class="wide">${reasons.join(", ")}</span>`;
      }),
    ],
  });
  return {
    id: "rules",
    label: "Rules",
    title: "Rejections, traced to the scoring rules",
    kind: "period",
    note: "Rules that had given points to the handoffs of the period, and what sales made of those.",
    body: rules,
  };
}

function suggestion({ threshold }: ClosedLoop): Markup {
  if (threshold === null)
    return html`<p class="callout">Too few leads were scored and won to suggest a threshold: it takes twenty won ones and twenty others.</p>`;
  const { threshold: best, from, to, winRateAbove, winRateBelow } = threshold;
  const range = from === to ? "" : ` Anything from ${from} to ${to} does as well within one standard error.`;
  return html`<p class="callout"><b>A threshold of ${best}</b> parts the won leads best from the others: ${percentText(winRateAbove.percent)} (${intervalText(winRateAbove)}) win at or above it, ${percentText(winRateBelow.percent)} (${intervalText(winRateBelow)}) below.${range}</p>`;
}
