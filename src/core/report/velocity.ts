/** How long people took: from first contact to won, and from each stage to the next one they entered. */
import { FUNNEL, type FunnelStage, type ReportLead } from "./report-lead.ts";
import { daysBetween, type Spread, spread } from "./statistics.ts";

export interface StageVelocity extends Spread {
  readonly from: FunnelStage;
  readonly to: FunnelStage;
}

export class VelocityCounter {
  readonly #steps = new Map<string, number[]>();
  readonly #won: number[] = [];

  add(lead: ReportLead): void {
    if (lead.daysToWon !== null) this.#won.push(lead.daysToWon);
    let before: FunnelStage | null = null;
    for (const stage of FUNNEL) {
      if (lead.entered[stage] === undefined) continue;
      if (before !== null) this.#step(before, stage, daysBetween(lead.entered[before] ?? "", lead.entered[stage]));
      before = stage;
    }
  }

  timeToWon(): Spread {
    return spread(this.#won);
  }

  /** In the order of the funnel; a skipped stage shows as a step past it. */
  steps(): readonly StageVelocity[] {
    return FUNNEL.flatMap((from) =>
      FUNNEL.flatMap((to) => {
        const days = this.#steps.get(`${from} ${to}`);
        return days === undefined ? [] : [{ from, to, ...spread(days) }];
      }),
    );
  }

  #step(from: FunnelStage, to: FunnelStage, days: number): void {
    const key = `${from} ${to}`;
    const known = this.#steps.get(key) ?? [];
    this.#steps.set(key, known);
    known.push(days);
  }
}
