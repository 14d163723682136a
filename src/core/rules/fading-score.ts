/** Whether a score that fades has moved far enough to be shown again. */
import type { ScoreState } from "../model/link.ts";
import type { Scoring } from "../model/rulebook.ts";

/** True when a rep or a rule would act on the difference: another band, a threshold crossed, or a step of points. */
export function isWorthShowing(shown: ScoreState, present: ScoreState, scoring: Scoring): boolean {
  if (shown.band !== present.band) return true;
  const crosses = (line: number): boolean => shown.total >= line !== present.total >= line;
  if (crosses(scoring.mqlAt) || crosses(scoring.rearmBelow)) return true;
  return shown.total !== present.total && Math.abs(shown.total - present.total) >= scoring.fadeStep;
}
