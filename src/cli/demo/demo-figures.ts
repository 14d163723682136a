/** Counts what the simulated days brought, and picks the person whose story is worth telling. */
import type { Link } from "../../core/model/link.ts";
import type { Instant } from "../../core/model/record.ts";
import type { Stage } from "../../core/model/rulebook.ts";
import type { ReportRow, StateStore } from "../../jobs/state-port.ts";

const PAGE = 1_000;
/** Beyond so many stage entries a story does not get better. */
const MOST_EVENTS = 6;

export class DemoFigures {
  readonly #since: Instant;
  people = 0;
  linked = 0;
  ambiguous = 0;
  wonDeals = 0;
  revenue = 0;
  handoffs = 0;
  /** Answered before the deadline, accepted or rejected. */
  answeredInTime = 0;
  tasks = 0;
  tasksDone = 0;
  readonly #entered = new Map<Stage, number>();
  #storyteller: Link | null = null;
  #storyWorth = -1;

  /** Counts what happened at `since` or later. */
  constructor(since: Instant) {
    this.#since = since;
  }

  /** People who entered the stage; whoever entered it in two cycles counts once. */
  entered(stage: Stage): number {
    return this.#entered.get(stage) ?? 0;
  }

  /** Who went furthest, with the most to tell; null where there is nobody. */
  get storyteller(): Link | null {
    return this.#storyteller;
  }

  add(row: ReportRow): void {
    const { link, stages, handoffs, tasks, outcomes } = row;
    if (link.state === "superseded" || link.state === "erased") return;
    this.people += 1;
    if (link.state === "linked") this.linked += 1;
    if (link.state === "ambiguous") this.ambiguous += 1;
    const recent = stages.filter((event) => event.at >= this.#since);
    for (const stage of new Set(recent.map((event) => event.stage))) this.#entered.set(stage, this.entered(stage) + 1);
    const won = outcomes.filter((deal) => deal.won && deal.stageAt >= this.#since);
    this.wonDeals += won.length;
    this.revenue += won.reduce((sum, deal) => sum + (deal.amount ?? 0), 0);
    this.handoffs += handoffs.length;
    this.answeredInTime += handoffs.filter(isInTime).length;
    this.tasks += tasks.filter((task) => task.salesforceId !== null).length;
    this.tasksDone += tasks.filter((task) => task.closedAt !== null).length;
    const worth =
      (won.length > 0 ? MOST_EVENTS : 0) + Math.min(recent.length, MOST_EVENTS) + (handoffs.length > 0 ? 1 : 0);
    if (worth <= this.#storyWorth) return;
    this.#storyWorth = worth;
    this.#storyteller = link;
  }
}

function isInTime({ outcome, endedAt, deadline }: ReportRow["handoffs"][number]): boolean {
  return (outcome === "accepted" || outcome === "rejected") && endedAt !== null && endedAt <= deadline;
}

export async function demoFigures(store: StateStore, since: Instant): Promise<DemoFigures> {
  const figures = new DemoFigures(since);
  let after: string | null = null;
  while (true) {
    const page: readonly ReportRow[] = await store.reportRows(after, PAGE);
    for (const row of page) figures.add(row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return figures;
    after = last.link.id;
  }
}
