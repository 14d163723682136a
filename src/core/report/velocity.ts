/** How long people took: from first contact to won, from each stage to the next one they entered, and how long a stay in a stage lasts. */

import type { Moment, StageEntry } from "../model/report-row.ts";
import { STAGES, type Stage } from "../model/rulebook.ts";
import { DAY_MS, FUNNEL, type FunnelStage, type ReportLead } from "./report-lead.ts";
import { NumberList, type Spread } from "./statistics.ts";

export interface StageVelocity extends Spread {
  readonly from: FunnelStage;
  readonly to: FunnelStage;
}

/** Stays that have ended; those that go on are in the table of open ones by age. */
export interface TimeInStage extends Spread {
  readonly stage: Stage;
}

const STEPS = FUNNEL.length;

export class VelocityCounter {
  /** Durations in days. */
  readonly tally = {
    steps: Array.from({ length: STEPS * STEPS }, () => new NumberList()),
    stays: STAGES.map(() => new NumberList()),
    won: new NumberList(),
  };

  add(lead: ReportLead, stages: readonly StageEntry[], asOf: Moment): void {
    if (!Number.isNaN(lead.daysToWon)) this.tally.won.push(lead.daysToWon);
    const { entered } = lead;
    let before = -1;
    for (let stage = 0; stage < STEPS; stage += 1) {
      const at = entered[stage] ?? Number.NaN;
      if (Number.isNaN(at)) continue;
      if (before >= 0) this.tally.steps[before * STEPS + stage]?.push((at - (entered[before] ?? 0)) / DAY_MS);
      before = stage;
    }
    for (let index = 1; index < stages.length; index += 1) {
      const [entry, next] = [stages[index - 1], stages[index]];
      if (entry === undefined || next === undefined || next.at > asOf) break;
      this.tally.stays[entry.place]?.push((next.at - entry.at) / DAY_MS);
    }
  }

  timeToWon(): Spread {
    return this.tally.won.spread();
  }

  /** In the order of the funnel; a skipped stage shows as a step past it. */
  steps(): readonly StageVelocity[] {
    return this.tally.steps.flatMap((days, index) => {
      const [from, to] = [FUNNEL[Math.floor(index / STEPS)], FUNNEL[index % STEPS]];
      return days.length === 0 || from === undefined || to === undefined ? [] : [{ from, to, ...days.spread() }];
    });
  }

  timeInStage(): readonly TimeInStage[] {
    return STAGES.map((stage, place) => ({ stage, ...(this.tally.stays[place] ?? new NumberList()).spread() }));
  }
}
