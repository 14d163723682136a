/** The sections of the report page about time: cohorts, the period, speed, and how long the open ones have waited. */

import type { ClosedLoop } from "../core/report/report-figures.ts";
import { FUNNEL } from "../core/report/report-lead.ts";
import { countText, daysText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import { stageLabel } from "./stage-labels.ts";
import { axis, bars, chart, roundTop, shares, whisker } from "./svg-charts.ts";

type Cohort = ClosedLoop["cohorts"][number];
/** Months drawn: the newest ones. */
const MONTHS_DRAWN = 15;

export function cohortSection(report: ClosedLoop): Markup {
  const mqls = report.cohorts.filter((cohort) => cohort.stage === "mql").slice(-MONTHS_DRAWN);
  const top = Math.min(100, roundTop(Math.max(1, ...mqls.map((cohort) => cohort.won.high ?? 0))));
  const lines = mqls.map((cohort) => ({
    label: `${cohort.month}${cohort.immature ? " \u25cb" : ""}`,
    value: percentText(cohort.won.percent),
    note: `${countText(cohort.won.count)} of ${countText(cohort.entered)} won`,
    drawing: whisker(cohort.won.low ?? 0, cohort.won.percent ?? 0, cohort.won.high ?? 0, top, cohort.immature),
  }));
  const rows = table<Cohort>({
    caption: "Everyone who first entered a stage in a month",
    rows: report.cohorts,
    drill: { table: "cohorts", row: (row) => `${row.stage} ${row.month}` },
    columns: [
      textColumn("Entered", (row) => stageLabel(row.stage)),
      textColumn("Month", (row) => row.month),
      figureColumn("People", (row) => countText(row.entered), "entered"),
      figureColumn("Came to the next stage", (row) => countText(row.next.count), "next"),
      figureColumn("Share", (row) => percentText(row.next.percent)),
      figureColumn("Won", (row) => countText(row.won.count), "won"),
      figureColumn("Share won", (row) => percentText(row.won.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.won)),
      textColumn("Remark", (row) => (row.immature ? "\u25cb immature" : "")),
    ],
  });
  const mature = maturityText(report);
  return html`<section id="cohorts"><h2>Cohorts</h2><p class="note">What became, by now, of everyone who became an MQL in a month. ${mature} Immature months are not to be compared with older ones.</p>${chart("MQL cohorts: share won", lines, lines.length === 0 ? null : axis(top, " %"))}${folded("All stages and months", rows)}</section>`;
}

/** When a month can be compared with older ones. */
export function maturityText({ maturity: { days, won } }: ClosedLoop): string {
  return days === null
    ? `Only ${countText(won)} ${won === 1 ? "person was" : "people were"} ever won, so nobody can say how long it takes: every month is immature (\u25cb).`
    : `A month is immature (\u25cb) until ${daysText(days)} days after its end: nine in ten of the ${countText(won)} ever won took no longer from first contact.`;
}

export function periodSection(report: ClosedLoop): Markup {
  type Stage = ClosedLoop["period"]["stages"][number];
  const stages = table<Stage>({
    caption: "In the period",
    rows: report.period.stages,
    drill: { table: "period", row: (row) => row.stage },
    columns: [
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("Entered", (row) => countText(row.entries), "entries"),
      figureColumn("Left forward", (row) => countText(row.forward), "forward"),
      figureColumn("Left backward", (row) => countText(row.back), "back"),
      figureColumn("Forward", (row) => percentText(row.forwardRate.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.forwardRate)),
    ],
  });
  type Month = ClosedLoop["period"]["months"][number];
  const months = table<Month>({
    caption: "By month",
    rows: report.period.months,
    drill: { table: "periodMonths", row: (row) => `${row.stage} ${row.month}` },
    columns: [
      textColumn("Month", (row) => row.month),
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("Entered", (row) => countText(row.entries), "entries"),
      figureColumn("Left forward", (row) => countText(row.forward), "forward"),
      figureColumn("Left backward", (row) => countText(row.back), "back"),
      figureColumn("Forward", (row) => percentText(row.forwardRate.percent)),
    ],
  });
  return html`<section id="period"><h2>In the period</h2><p class="note">What happened between the two dates, whenever the person first came. This is not a cohort: those who left a stage need not be those who entered it.</p>${stages}${folded("Month by month", months)}</section>`;
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
  type Step = (typeof steps)[number];
  const between = table<Step>({
    caption: "Days between stages",
    rows: steps,
    columns: [
      textColumn("Step", (step) => step.label),
      figureColumn("People", (step) => countText(step.count)),
      figureColumn("Median days", (step) => daysText(step.medianDays)),
      figureColumn("p90 days", (step) => daysText(step.p90Days)),
    ],
  });
  type Stay = ClosedLoop["timeInStage"][number];
  const stays = table<Stay>({
    caption: "Days in a stage (stays that have ended)",
    rows: report.timeInStage,
    columns: [
      textColumn("Stage", (stay) => stageLabel(stay.stage)),
      figureColumn("Stays", (stay) => countText(stay.count)),
      figureColumn("Median days", (stay) => daysText(stay.medianDays)),
      figureColumn("p90 days", (stay) => daysText(stay.p90Days)),
    ],
  });
  return html`<section id="velocity"><h2>Speed</h2><p class="note">Days from entering one stage to entering the next one seen. Dark: half of the people are faster. Light: nine in ten are. Steps that skip a stage stand in the table only.</p>${chart("Days between stages", lines, axis(top, " d"))}<div class="pair"><div>${between}</div><div>${stays}</div></div>${ageTable(report)}</section>`;
}

const AGES = [
  { label: "up to 7 days", tone: "won" },
  { label: "8 to 30", tone: "accent" },
  { label: "31 to 90", tone: "warn" },
  { label: "older", tone: "lost" },
];

function ageTable(report: ClosedLoop): Markup {
  type Row = ClosedLoop["openByAge"][number];
  const sum = (row: Row): number => row.upTo7 + row.upTo30 + row.upTo90 + row.older;
  const lines = report.openByAge.map((row) => ({
    label: stageLabel(row.stage),
    value: countText(sum(row)),
    note: "open",
    drawing: shares(
      [row.upTo7, row.upTo30, row.upTo90, row.older].map((count, index) => ({
        share: count / sum(row),
        tone: AGES[index]?.tone ?? "",
      })),
    ),
  }));
  const rows = table<Row>({
    caption: "Open leads by the days in their stage",
    rows: report.openByAge,
    drill: { table: "openByAge", row: (row) => row.stage },
    columns: [
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("up to 7", (row) => countText(row.upTo7), "upTo7"),
      figureColumn("8 to 30", (row) => countText(row.upTo30), "upTo30"),
      figureColumn("31 to 90", (row) => countText(row.upTo90), "upTo90"),
      figureColumn("older", (row) => countText(row.older), "older"),
    ],
  });
  const keys = AGES.map((age) => ({ ...age, count: 0 }));
  return html`<h3>How long the open ones have waited</h3>${chart("Open leads by age", lines, null)}${legend(keys, null)}${rows}`;
}
