/** Counts what the simulated days brought, and picks the person whose story is worth telling. */
import type { Instant } from "../../core/model/record.ts";
import type { PersonLedger, ReportReading } from "../../core/model/report-row.ts";
import type { Stage } from "../../core/model/rulebook.ts";
import type { StateStore } from "../../jobs/state-port.ts";

/** Beyond so many stage entries a story does not get better. */
const MOST_EVENTS = 6;

export class DemoFigures {
  readonly #since: number;
  people = 0;
  linked = 0;
  ambiguous = 0;
  wonDeals = 0;
  revenue = 0;
  tasks = 0;
  tasksDone = 0;
  readonly #entered = new Map<Stage, number>();
  #storyteller: string | null = null;
  #storyWorth = -1;

  /** Counts what happened at `since` or later. */
  constructor(since: Instant) {
    this.#since = Date.parse(since);
  }

  /** People who entered the stage; whoever entered it in two cycles counts once. */
  entered(stage: Stage): number {
    return this.#entered.get(stage) ?? 0;
  }

  /** The link of who went furthest, with the most to tell; null where there is nobody. */
  get storyteller(): string | null {
    return this.#storyteller;
  }

  add(row: PersonLedger): void {
    const { person, stages, handoffs, tasks, deals } = row;
    if (person.state === "superseded" || person.state === "erased") return;
    this.people += 1;
    if (person.state === "linked") this.linked += 1;
    if (person.state === "ambiguous") this.ambiguous += 1;
    const recent = stages.filter((event) => event.at >= this.#since);
    for (const stage of new Set(recent.map((event) => event.stage))) this.#entered.set(stage, this.entered(stage) + 1);
    const won = deals.filter((deal) => deal.won && deal.stageAt >= this.#since);
    this.wonDeals += won.length;
    this.revenue += won.reduce((sum, deal) => sum + (deal.amount ?? 0), 0);
    this.tasks += tasks.filter((task) => task.salesforceId !== null).length;
    this.tasksDone += tasks.filter((task) => !Number.isNaN(task.closedAt)).length;
    const worth =
      (won.length > 0 ? MOST_EVENTS : 0) + Math.min(recent.length, MOST_EVENTS) + (handoffs.length > 0 ? 1 : 0);
    if (worth <= this.#storyWorth) return;
    this.#storyWorth = worth;
    this.#storyteller = person.id;
  }
}

/** Reads everybody; facts do not matter here, so those that the report reads are asked for. */
export async function demoFigures(store: StateStore, since: Instant, reading: ReportReading): Promise<DemoFigures> {
  const figures = new DemoFigures(since);
  for await (const page of store.reportPages(reading)) for (const ledger of page) figures.add(ledger);
  return figures;
}
