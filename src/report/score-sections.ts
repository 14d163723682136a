/** The section of the report page about the score: how often each score wins, the threshold that follows, and the rules behind what sales sent back. */
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { rate } from "../core/report/statistics.ts";
import { countedText, countText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import type { PageSection } from "./page-sections.ts";
import { axis, chart, percentTop, whisker } from "./svg-charts.ts";

export function scoreSection(report: ClosedLoop): PageSection {
  const sum = (column: "won" | "sentBack" | "open"): number =>
    report.calibration.reduce((all, row) => all + row[column], 0);
  const { percent: reference } = rate(sum("won"), sum("won") + sum("sentBack"));
  const top = percentTop([...report.calibration.map((row) => row.winRate.high), reference]);
  const lines = report.calibration.map((row) => ({
    label: row.scores,
    value: percentText(row.winRate.percent),
    note: `${countText(row.won)} of ${countText(row.winRate.of)}`,
    cell: { table: "calibration", row: row.scores, column: "won" },
    drawing: whisker(row.winRate, top, { reference }),
  }));
  type Row = ClosedLoop["calibration"][number];
  const rows = table<Row>({
    caption: "MQLs by their score at that moment",
    rows: report.calibration,
    drill: { table: "calibration", row: (row) => row.scores },
    columns: [
      textColumn("Score", (row) => row.scores),
      figureColumn("Became MQL", (row) => countText(row.entries), "entries"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Sent back or lost", (row) => countText(row.sentBack), "sentBack"),
      figureColumn("Not decided", (row) => countText(row.open), "open"),
      figureColumn("Win rate", (row) => percentText(row.winRate.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.winRate)),
    ],
  });
  const all = reference === null ? "" : ` The dashed line is all of them together, ${percentText(reference)}.`;
  return {
    id: "score",
    label: "Score",
    title: "Does the score tell?",
    kind: "cohort",
    note: `Every time somebody became an MQL, by the score of that moment: won, of those that are decided; ${countedText(sum("open"), "is", "are")} not yet. A good score rises with the win rate. Scores under the threshold show here only where somebody became an MQL another way.${all}`,
    body: html`${lines.length === 0 ? html`` : chart("Win rate by score", lines, axis(top, " %"))}${suggestion(report)}${folded("The same as a table", rows)}`,
  };
}

/** "+3.2": how many more, or fewer, than the rate of all would make. */
function excessText(excess: number): string {
  return `${excess > 0 ? "+" : ""}${excess.toFixed(1)}`;
}

export function ruleSection(report: ClosedLoop): PageSection {
  const overall = report.rulesOverall;
  type Rule = ClosedLoop["rules"][number];
  const rules = table<Rule>({
    caption: "Scoring rules behind the handoffs of the period",
    rows: report.rules,
    drill: { table: "rules", row: (row) => row.rule },
    total: { row: { rule: "All handoffs", ...overall, excess: 0, reasons: [] }, table: "rulesOverall", name: "all" },
    columns: [
      textColumn("Rule", (row) => row.rule),
      figureColumn("Handoffs", (row) => countText(row.handoffs), "handoffs"),
      figureColumn("Accepted", (row) => countText(row.accepted), "accepted"),
      figureColumn("Rejected", (row) => countText(row.rejected), "rejected"),
      figureColumn("Share rejected", (row) => percentText(row.rejectedRate.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.rejectedRate)),
      figureColumn("More than usual", (row) => excessText(row.excess)),
      textColumn("For what reasons", (row) => {
        const reasons = row.reasons.slice(0, 3).map(({ reason, handoffs }) => `${reason} (${countText(handoffs)})`);
        return html`<span class="wide">${reasons.join(", ")}</span>`;
      }),
    ],
  });
  type Reason = { readonly rule: string; readonly reason: string; readonly handoffs: number };
  const reasons = table<Reason>({
    caption: "Reasons of rejection by rule",
    rows: report.rules.flatMap(({ rule, reasons: given }) => given.map((one) => ({ rule, ...one }))),
    drill: { table: "rejectedRules", row: ({ rule, reason }) => `${rule}: ${reason}` },
    columns: [
      textColumn("Rule", (row) => row.rule),
      textColumn("Reason", (row) => row.reason),
      figureColumn("Handoffs", (row) => countText(row.handoffs), "handoffs"),
    ],
  });
  const usual =
    overall.rejectedRate.percent === null
      ? "None of them was answered so far."
      : `Of all that were answered ${percentText(overall.rejectedRate.percent)} were rejected; the rules with the most rejections beyond that come first.`;
  return {
    id: "rules",
    label: "Rules",
    title: "Rejections, traced to the scoring rules",
    kind: "period",
    note: `Rules that had given points to the handoffs of the period, and what sales made of those they answered. ${usual}`,
    body: html`${rules}${folded("Reasons by rule", reasons)}`,
  };
}

function suggestion({ threshold: suggested }: ClosedLoop): Markup {
  const { verdict, threshold, from, to, winRateAbove, winRateBelow, separation, won, others } = suggested;
  const has = `decided are ${countText(won)} won and ${countedText(others, "other", "others")}`;
  if (verdict === "too few" || separation === null)
    return html`<p class="callout">Too few MQLs are decided to suggest a threshold: it takes twenty won ones and twenty others; ${has}.</p>`;
  const apart = `${percentText(winRateAbove.percent)} (${intervalText(winRateAbove)}) win at or above it, ${percentText(winRateBelow.percent)} (${intervalText(winRateBelow)}) below; separation ${separation.toFixed(2)}, where 1 is perfect and 0 is chance`;
  if (verdict === "no difference")
    return html`<p class="callout"><b>The score does not tell won from lost</b>, so no threshold is suggested (${has}). Even at the best one ${apart}.</p>`;
  return html`<p class="callout"><b>A threshold of ${String(threshold)}</b> (95 % interval ${String(from)} to ${String(to)}) parts the won best from the others: ${apart}.</p>`;
}
