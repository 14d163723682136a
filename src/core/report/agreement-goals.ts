/** Holds the goals of the agreement against the figures of a period. */
import type { Goal, MeasureName } from "../model/agreement.ts";
import type { Stage } from "../model/rulebook.ts";
import type { ClosedLoop } from "./report-figures.ts";

export type Unit = "percent" | "hours" | "count" | "money";

interface Measure {
  readonly label: string;
  readonly unit: Unit;
  /** Null where the period has nothing to measure. */
  of(report: ClosedLoop): number | null;
}

const MEASURES: Readonly<Record<MeasureName, Measure>> = {
  "answered-in-time": {
    label: "Handoffs answered in time (accepted or rejected)",
    unit: "percent",
    of: ({ handoffs }) => handoffs.answeredInTime.percent,
  },
  accepted: {
    label: "Handoffs that sales accepted",
    unit: "percent",
    of: ({ handoffs }) => handoffs.acceptedRate.percent,
  },
  "median-hours-to-answer": {
    label: "Time to an answer by sales (median, nights included)",
    unit: "hours",
    of: ({ handoffs }) => handoffs.medianHoursToAnswer,
  },
  "p90-hours-to-answer": {
    label: "Time to an answer by sales (nine of ten, nights included)",
    unit: "hours",
    of: ({ handoffs }) => handoffs.p90HoursToAnswer,
  },
  touched: {
    label: "Handoffs that sales touched",
    unit: "percent",
    of: ({ followUp }) => followUp.touchedRate.percent,
  },
  "late-handoffs": {
    label: "Handoffs that came back unanswered",
    unit: "percent",
    of: ({ handoffs }) => shareOf(handoffs.late, handoffs.given - handoffs.withdrawn),
  },
  rejected: {
    label: "Handoffs that sales rejected",
    unit: "percent",
    of: ({ handoffs }) => shareOf(handoffs.rejected, handoffs.given - handoffs.withdrawn),
  },
  "overdue-tasks": {
    label: "Tasks past their day",
    unit: "percent",
    of: ({ tasks }) => shareOf(tasks.overdue, tasks.created),
  },
  "new-mqls": { label: "New MQLs", unit: "count", of: entered("mql") },
  "new-sqls": { label: "New SQLs", unit: "count", of: entered("sql") },
  "new-opportunities": { label: "New opportunities", unit: "count", of: entered("opportunity") },
  "new-customers": { label: "New customers", unit: "count", of: entered("customer") },
  "mql-to-sql": {
    label: "MQLs of the period's people that became SQL so far",
    unit: "percent",
    of: ({ total }) => total.rates.mqlToSql.percent,
  },
  "mql-to-won": {
    label: "MQLs of the period's people that were won so far",
    unit: "percent",
    of: ({ total }) => total.rates.mqlToWon.percent,
  },
  revenue: { label: "Revenue with the period's people so far", unit: "money", of: ({ total }) => total.revenue },
};

function entered(stage: Stage): Measure["of"] {
  return ({ period }) => period.stages.find((row) => row.stage === stage)?.entries ?? 0;
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100;
}

export interface HeldGoal extends Goal {
  readonly label: string;
  readonly unit: Unit;
  readonly figure: number | null;
  /** Null where there is no figure. */
  readonly kept: boolean | null;
}

/** In the order of the goals. Without a report nothing is known yet. */
export function holdGoals(goals: readonly Goal[], report: ClosedLoop | null): readonly HeldGoal[] {
  return goals.map((goal) => {
    const { label, unit, of } = MEASURES[goal.measure];
    const figure = report === null ? null : of(report);
    return { ...goal, label, unit, figure, kept: figure === null ? null : isKept(goal, figure) };
  });
}

function isKept({ atLeast, atMost }: Goal, figure: number): boolean {
  return (atLeast === null || figure >= atLeast) && (atMost === null || figure <= atMost);
}
