/** The sections of the report page about time: cohorts, the period, speed, and how long the open ones have waited. */

import type { ClosedLoop } from "../core/report/report-figures.ts";
import { FUNNEL } from "../core/report/report-lead.ts";
import { countText, daysText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, numberIn, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import type { PageSection } from "./page-sections.ts";
import { stageLabel } from "./stage-labels.ts";
import { axis, bars, chart, percentTop, roundTop, shares, whisker } from "./svg-charts.ts";

type Cohort = ClosedLoop["cohorts"][number];
/** A month with fewer people says nothing in percent: it stands in the table only. */
const FEWEST_DRAWN = 10;
/** Months drawn: the newest ones. */
const MONTHS_DRAWN = 15;

export function cohortSection(report: ClosedLoop): PageSection {
  const mqls = report.cohorts.filter((cohort) => cohort.stage === "mql");
  const drawn = mqls.filter((cohort) => cohort.entered >= FEWEST_DRAWN).slice(-MONTHS_DRAWN);
  const top = percentTop(drawn.map((cohort) => cohort.won.high));
  const lines = drawn.map((cohort) => ({
    label: cohort.month,
    value: percentText(cohort.won.percent),
    note: `${countText(cohort.won.count)} of ${countText(cohort.entered)} won${cohort.immature ? " so far, immature" : ""}`,
    cell: { table: "cohorts", row: `mql ${cohort.month}`, column: "won" },
    drawing: whisker(cohort.won, top, { isHollow: cohort.immature }),
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
      textColumn("Remark", (row) => (row.immature ? "immature" : "")),
    ],
  });
  const few = mqls.filter((cohort) => cohort.entered < FEWEST_DRAWN).length;
  const left =
    few === 0
      ? html``
      : html`<p class="note">${countText(few)} ${few === 1 ? "month" : "months"} with fewer than ${FEWEST_DRAWN} MQLs ${few === 1 ? "stands" : "stand"} in the table only.</p>`;
  const drawing =
    lines.length === 0
      ? html``
      : html`${chart("MQL cohorts: share won", lines, axis(top, " %"))}${legend(MATURITIES, null)}`;
  return {
    id: "cohorts",
    label: "Cohorts",
    title: "Cohorts",
    kind: "cohort",
    note: html`What became, by now, of everyone who became an MQL in a month. ${maturityText(report)}`,
    body: html`${drawing}${left}${folded("All stages and months", rows)}`,
  };
}

/** When a month can be compared with older ones. */
export function maturityText({ maturity: { days, won } }: ClosedLoop): Markup {
  const everWon = numberIn(countText(won), { table: "maturity", row: "all", column: "won" }, "Ever won");
  return days === null
    ? html`Only ${everWon} ${won === 1 ? "person was" : "people were"} ever won, so nobody can say how long it takes: every month is immature, and drawn hollow and dashed.`
    : html`A month is immature, and drawn hollow and dashed, until ${daysText(days)} days after its end: nine in ten of the ${everWon} ever won took no longer from first contact. Immature months are not to be compared with older ones.`;
}

const MATURITIES = [
  { label: "Mature", count: 0, tone: "accent" },
  { label: "Immature: more will be won", count: 0, tone: "open-key" },
];

export function periodSection(report: ClosedLoop): PageSection {
  type Stage = ClosedLoop["period"]["stages"][number];
  const stages = table<Stage>({
    caption: "By stage",
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
  return {
    id: "period",
    label: "Stages",
    title: "Stages entered and left",
    kind: "period",
    note: "What happened between the two dates, whenever the person first came. This is not a cohort: those who left a stage need not be those who entered it.",
    body: html`${stages}${folded("Month by month", months)}`,
  };
}

export function velocitySection(report: ClosedLoop): PageSection {
  const steps = [
    ...report.velocity.map((step) => ({
      label: `${stageLabel(step.from)} to ${stageLabel(step.to)}`,
      cell: `${step.from} to ${step.to}`,
      ...step,
    })),
    { label: "First contact to won", cell: "first contact to won", ...report.timeToWon },
  ];
  const top = roundTop(Math.max(0, ...steps.map((step) => step.p90Days ?? 0)));
  const drawn = steps.filter((step) => !("from" in step) || FUNNEL.indexOf(step.to) === FUNNEL.indexOf(step.from) + 1);
  const lines = drawn.map((step) => ({
    label: step.label,
    value: step.medianDays === null ? daysText(null) : `${daysText(step.medianDays)} d`,
    note: step.p90Days === null ? "" : `p90 ${daysText(step.p90Days)} d`,
    drawing: bars([
      { share: (step.p90Days ?? 0) / top, tone: "soft" },
      { share: (step.medianDays ?? 0) / top, tone: "accent" },
    ]),
  }));
  type Step = (typeof steps)[number];
  const between = table<Step>({
    caption: "Days between stages",
    rows: steps,
    drill: { table: "velocity", row: (step) => step.cell },
    columns: [
      textColumn("Step", (step) => step.label),
      figureColumn("People", (step) => countText(step.count), "people"),
      figureColumn("Median days", (step) => daysText(step.medianDays)),
      figureColumn("p90 days", (step) => daysText(step.p90Days)),
    ],
  });
  type Stay = ClosedLoop["timeInStage"][number];
  const stays = table<Stay>({
    caption: "Days in a stage (stays that have ended)",
    rows: report.timeInStage,
    drill: { table: "timeInStage", row: (stay) => stay.stage },
    columns: [
      textColumn("Stage", (stay) => stageLabel(stay.stage)),
      figureColumn("Stays", (stay) => countText(stay.count), "stays"),
      figureColumn("Median days", (stay) => daysText(stay.medianDays)),
      figureColumn("p90 days", (stay) => daysText(stay.p90Days)),
    ],
  });
  return {
    id: "velocity",
    label: "Speed",
    title: "Speed",
    kind: "cohort",
    note: "Days from entering one stage to entering the next one seen. Steps that skip a stage stand in the table only.",
    body: html`${chart("Days between stages", lines, axis(top, " d"))}${legend(PACES, null)}${folded("All steps, and days in a stage", html`<div class="pair"><div>${between}</div><div>${stays}</div></div>`)}`,
  };
}

const PACES = [
  { label: "Half of the people are faster (median)", count: 0, tone: "accent" },
  { label: "Nine in ten are faster (p90)", count: 0, tone: "soft" },
];

const AGES = [
  { label: "up to 7 days", tone: "age1" },
  { label: "8 to 30", tone: "age2" },
  { label: "31 to 90", tone: "age3" },
  { label: "older", tone: "age4" },
];

export function openSection(report: ClosedLoop): PageSection {
  type Row = ClosedLoop["openByAge"][number];
  const sum = (row: Row): number => row.upTo7 + row.upTo30 + row.upTo90 + row.older;
  const lines = report.openByAge.map((row) => ({
    label: stageLabel(row.stage),
    value: countText(sum(row)),
    note: "open",
    drawing: shares(
      [row.upTo7, row.upTo30, row.upTo90, row.older].map((count, index) => ({ count, tone: AGES[index]?.tone ?? "" })),
      sum(row),
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
  return {
    id: "open",
    label: "Waiting",
    title: "How long the open ones have waited",
    kind: "now",
    note: "Open leads by the days since they entered the stage they stand in.",
    body:
      lines.length === 0
        ? rows
        : html`${chart("Open leads by age", lines, null)}${legend(keys, null)}${folded("The same as a table", rows)}`,
  };
}
