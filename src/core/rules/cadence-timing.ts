/** When the steps of a cadence are due. */

import type { CadenceRun } from "../model/follow-up.ts";
import type { StageEvent } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";
import type { Anchor, Cadence, Facts } from "../model/rulebook.ts";
import { addWorkingDays, type WorkingCalendar } from "./business-hours.ts";

const DAY_MS = 86_400_000;

/** The instant that a cadence would count from now; null when there is none. The end of another cadence is not looked up here. */
export function anchorInstant(
  anchor: Anchor,
  facts: Facts,
  stages: readonly StageEvent[],
  epoch: number,
): Instant | null {
  switch (anchor.kind) {
    case "fact": {
      const at = Date.parse(facts[anchor.fact] ?? "");
      return Number.isNaN(at) ? null : new Date(at).toISOString();
    }
    case "stage":
      return stages.findLast((event) => event.epoch === epoch && event.stage === anchor.stage)?.at ?? null;
    case "cadence":
      return null;
  }
}

/**
 * When the run's next step is due; null when there is none left. However late the last step was, a day passes before the next one: nobody gets a week's
 * worth of steps at once because a machine stood still.
 */
export function nextStepAt(cadence: Cadence, run: CadenceRun, calendar: WorkingCalendar): Instant | null {
  const step = cadence.steps[run.taken];
  if (step === undefined) return null;
  const { from, unit, count } = step.delay;
  const planned = added(from === "anchor" ? run.anchorAt : (run.lastAt ?? run.anchorAt), unit, count, calendar);
  if (run.lastAt === null) return planned;
  const rested = new Date(Date.parse(run.lastAt) + DAY_MS).toISOString();
  return rested > planned ? rested : planned;
}

function added(
  start: Instant,
  unit: "days" | "business-days" | "months",
  count: number,
  calendar: WorkingCalendar,
): Instant {
  if (unit === "business-days") return addWorkingDays(start, count, calendar);
  if (unit === "days") return new Date(Date.parse(start) + count * DAY_MS).toISOString();
  return addMonths(start, count);
}

/** The same day of a later month, or that month's last day where it is shorter. */
function addMonths(start: Instant, months: number): Instant {
  const at = new Date(start);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return at.toISOString();
}
