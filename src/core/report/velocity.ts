/** How long people took: from first contact to won, from each stage to the next one they entered, and how long a stay in a stage lasts. */

import type { StageEntry } from "../model/report-row.ts";
import { STAGES, type Stage } from "../model/rulebook.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
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
/** Bits of a lead's group: the stages they were seen in, whether they were won, and the stages of ended stays. */
const [WON, FIRST_STAY] = [1 << STEPS, STEPS + 1];
const WON_STEP = "first contact to won";

export class VelocityCounter {
  /** In days. */
  readonly #steps: readonly DurationList[];
  readonly #stays: readonly DurationList[];
  readonly #won: DurationList;
  readonly #book: CellBook;
  readonly #people: CellTable;
  readonly #ended: CellTable;
  /** By the bits above: who came the same way is counted at once. */
  readonly #groups = new Map<number, number>();

  constructor(book: CellBook) {
    this.#book = book;
    this.#people = book.table("velocity", ["people"]);
    this.#ended = book.table("timeInStage", ["stays"]);
    const places = Array.from({ length: STEPS * STEPS }, (_, place) => place);
    this.#steps = places.map((place) => book.list(`step ${place}`, DAY_MS));
    this.#stays = STAGES.map((stage) => book.list(`stay ${stage}`, DAY_MS));
    this.#won = book.list("won", DAY_MS);
  }

  add(lead: ReportLead, stages: readonly StageEntry[]): void {
    let way = 0;
    if (!Number.isNaN(lead.daysToWon)) {
      this.#won.push(lead.wonAt - lead.firstContact);
      way |= WON;
    }
    const { entered } = lead;
    let before = -1;
    for (let stage = 0; stage < STEPS; stage += 1) {
      const at = entered[stage] ?? Number.NaN;
      if (Number.isNaN(at)) continue;
      if (before >= 0) this.#steps[before * STEPS + stage]?.push(at - (entered[before] ?? 0));
      way |= 1 << stage;
      before = stage;
    }
    for (let index = 1; index < stages.length; index += 1) {
      const [entry, next] = [stages[index - 1], stages[index]];
      if (entry === undefined || next === undefined) break;
      this.#stays[entry.place]?.push(next.at - entry.at);
      const stay = 1 << (FIRST_STAY + entry.place);
      if ((way & stay) !== 0) this.#ended.add(entry.stage, 0, lead.id);
      way |= stay;
    }
    this.#book.add(this.#groups.get(way) ?? this.#group(way), lead.id);
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

  #group(way: number): number {
    const seen = FUNNEL.filter((_, place) => (way & (1 << place)) !== 0);
    const steps = seen.slice(1).map((stage, place) => `${seen[place] ?? ""} to ${stage}`);
    const stays = STAGES.filter((_, place) => (way & (1 << (FIRST_STAY + place))) !== 0);
    const rows = [...steps, ...((way & WON) === 0 ? [] : [WON_STEP])].map((step) => this.#people.row(step));
    const group = this.#book.group(
      [...rows, ...stays.map((stage) => this.#ended.row(stage))].map((row) => row.cellsIn(1)),
    );
    this.#groups.set(way, group);
    return group;
  }
}
