/** How long people took: from first contact to won, from each stage to the next one they entered, and how long a stay in a stage lasts. */

import type { StageEntry } from "../model/report-row.ts";
import { STAGES, type Stage } from "../model/rulebook.ts";
import type { CellBook } from "./cell-book.ts";
import type { DurationList } from "./duration-list.ts";
import { DAY_MS, FUNNEL, type FunnelStage, type ReportLead } from "./report-lead.ts";
import type { Spread } from "./statistics.ts";

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
  /** In days. */
  readonly #steps: readonly DurationList[];
  readonly #stays: readonly DurationList[];
  readonly #won: DurationList;

  constructor(book: CellBook) {
    const places = Array.from({ length: STEPS * STEPS }, (_, place) => place);
    this.#steps = places.map((place) => book.list(`step ${place}`, DAY_MS));
    this.#stays = STAGES.map((stage) => book.list(`stay ${stage}`, DAY_MS));
    this.#won = book.list("won", DAY_MS);
  }

  add(lead: ReportLead, stages: readonly StageEntry[]): void {
    if (!Number.isNaN(lead.daysToWon)) this.#won.push(lead.wonAt - lead.firstContact);
    const { entered } = lead;
    let before = -1;
    for (let stage = 0; stage < STEPS; stage += 1) {
      const at = entered[stage] ?? Number.NaN;
      if (Number.isNaN(at)) continue;
      if (before >= 0) this.#steps[before * STEPS + stage]?.push(at - (entered[before] ?? 0));
      before = stage;
    }
    for (let index = 1; index < stages.length; index += 1) {
      const [entry, next] = [stages[index - 1], stages[index]];
      if (entry === undefined || next === undefined) break;
      this.#stays[entry.place]?.push(next.at - entry.at);
    }
  }

  timeToWon(): Spread {
    return this.#won.list.spread();
  }

  /** In the order of the funnel; a skipped stage shows as a step past it. */
  steps(): readonly StageVelocity[] {
    return this.#steps.flatMap(({ list: days }, index) => {
      const [from, to] = [FUNNEL[Math.floor(index / STEPS)], FUNNEL[index % STEPS]];
      return days.length === 0 || from === undefined || to === undefined ? [] : [{ from, to, ...days.spread() }];
    });
  }

  timeInStage(): readonly TimeInStage[] {
    return STAGES.flatMap((stage, place) => {
      const stays = this.#stays[place];
      return stays === undefined ? [] : [{ stage, ...stays.list.spread() }];
    });
  }
}
