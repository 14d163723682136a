/** What happened in a period, what became of those who entered a stage in a month, and how long it took: counted again by hand. */
import type { HandoffRow, StageEntry } from "../../../../src/core/model/report-row.ts";
import { STAGES, type Stage } from "../../../../src/core/model/rulebook.ts";
import { type CellShelf, quantile } from "./cell-shelf.ts";
import { CUSTOMER, furthest, inSpan, isExit, isLead, type Known, outcomeOf, type Span, wonAt } from "./known-person.ts";

const DAY = 86_400_000;
const WAY = STAGES.filter((stage) => !isExit(stage));
const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

export interface Pace {
  readonly count: number;
  readonly medianDays: number | null;
  readonly p90Days: number | null;
}

function earliestIn(entries: readonly StageEntry[], stage: Stage): StageEntry | undefined {
  return entries.filter((one) => one.stage === stage).sort((one, other) => one.at - other.at)[0];
}

export function recountPeriod(shelf: CellShelf, people: readonly Known[], span: Span): void {
  for (const { id, entries } of people) {
    for (const [place, entry] of entries.entries()) {
      if (inSpan(entry.at, span)) {
        shelf.put("period", entry.stage, "entries", id);
        shelf.put("periodMonths", `${entry.stage} ${monthOf(entry.at)}`, "entries", id);
      }
      const next = entries[place + 1];
      if (next === undefined || !inSpan(next.at, span)) continue;
      if (!isExit(next.stage) && next.place <= entry.place) continue;
      const way = isExit(next.stage) ? "back" : "forward";
      shelf.put("period", entry.stage, way, id);
      shelf.put("periodMonths", `${entry.stage} ${monthOf(next.at)}`, way, id);
    }
  }
}

/** Not answered, nor withdrawn since, by a deadline in the period that is over. */
function isMissed({ deadline, endedAt, outcome }: HandoffRow, span: Span): boolean {
  if (endedAt <= deadline || !inSpan(deadline, span) || deadline === span.asOf) return false;
  return !(outcome === "withdrawn" && endedAt <= Math.min(span.asOf, span.to ?? span.asOf));
}

/** What the tiles of the period and the changes against the one before name: each exit, each deadline missed, and each opportunity opened, won or lost in it. */
export function recountPeriodFigures(shelf: CellShelf, everybody: readonly Known[], span: Span): void {
  for (const { id, entries, ledger } of everybody) {
    if (ledger.person.state === "superseded") continue;
    const own = ledger.deals.filter((deal) => deal.counts);
    const closed = own.filter((deal) => deal.closed && inSpan(deal.stageAt, span));
    const back = entries.filter((entry) => isExit(entry.stage) && inSpan(entry.at, span));
    const found: Readonly<Record<string, readonly string[]>> = {
      turnedBack: back.map(() => id),
      late: ledger.handoffs.filter((handoff) => isMissed(handoff, span)).map(() => id),
      opened: own.filter((deal) => inSpan(deal.openedAt, span)).map(({ opportunityId }) => opportunityId),
      won: closed.filter((deal) => deal.won).map(({ opportunityId }) => opportunityId),
      lost: closed.filter((deal) => !deal.won).map(({ opportunityId }) => opportunityId),
    };
    for (const [figure, ids] of Object.entries(found))
      for (const one of ids) shelf.put("periodFigures", figure, "now", one);
  }
}

export function recountCohorts(shelf: CellShelf, people: readonly Known[], span: Span): void {
  const leads = people.filter((known) => isLead(known, span));
  for (const stage of WAY.slice(1, 6)) {
    for (const known of leads) {
      const entry = earliestIn(known.entries, stage);
      if (entry === undefined) continue;
      const row = `${stage} ${monthOf(entry.at)}`;
      shelf.put("cohorts", row, "entered", known.id);
      if (furthest(known, span.asOf) > entry.place) shelf.put("cohorts", row, "next", known.id);
      if (furthest(known, span.asOf) >= CUSTOMER) shelf.put("cohorts", row, "won", known.id);
    }
  }
}

export interface Times {
  readonly timeToWon: Pace;
  readonly velocity: ReadonlyMap<string, Pace>;
  readonly timeInStage: ReadonlyMap<string, Pace>;
}

export function recountTimes(shelf: CellShelf, people: readonly Known[], span: Span): Times {
  const leads = people.filter((known) => isLead(known, span));
  const [toWon, velocity, stays] = [new DayLists(), new DayLists(), new DayLists()];
  for (const known of people) if (wonAt(known, span.asOf) <= span.asOf) shelf.put("maturity", "all", "won", known.id);
  for (const known of leads) {
    const won = wonAt(known, span.asOf);
    if (Number.isNaN(won)) continue;
    shelf.put("velocity", "first contact to won", "people", known.id);
    toWon.add("won", known.first, won);
  }
  for (const { id, entries } of leads) {
    const seen = WAY.map((stage) => earliestIn(entries, stage)).filter((one) => one !== undefined);
    for (const [place, entry] of seen.entries()) {
      const next = seen[place + 1];
      if (next === undefined) continue;
      shelf.put("velocity", `${entry.stage} to ${next.stage}`, "people", id);
      velocity.add(`${entry.stage} ${next.stage}`, entry.at, next.at);
    }
  }
  for (const { id, entries } of leads) {
    for (const [place, entry] of entries.entries()) {
      const next = entries[place + 1];
      if (next === undefined) continue;
      shelf.put("timeInStage", entry.stage, "stays", id);
      stays.add(entry.stage, entry.at, next.at);
    }
  }
  return {
    timeToWon: toWon.paceOf("won"),
    velocity: new Map(velocity.names.map((step) => [step, velocity.paceOf(step)])),
    timeInStage: new Map(STAGES.map((stage) => [stage, stays.paceOf(stage)])),
  };
}

class DayLists {
  readonly #lists = new Map<string, number[]>();

  add(name: string, from: number, to: number): void {
    this.#lists.set(name, [...(this.#lists.get(name) ?? []), (to - from) / DAY]);
  }

  get names(): readonly string[] {
    return [...this.#lists.keys()];
  }

  paceOf(name: string): Pace {
    const days = this.#lists.get(name) ?? [];
    return { count: days.length, medianDays: quantile(days, 0.5), p90Days: quantile(days, 0.9) };
  }
}

interface TimeAsMql {
  readonly score: number | null;
  readonly from: number;
  until: number;
  isSentBack: boolean;
}

/** Each time that somebody became an MQL, by the score of that moment. */
export function recountCalibration(shelf: CellShelf, people: readonly Known[], span: Span): void {
  for (const known of people) {
    if (!isLead(known, span)) continue;
    // Whoever was a customer before was not won by it.
    const won = wonAt(known, span.asOf);
    for (const { score, from, until, isSentBack } of timesAsMql(known, span.asOf)) {
      let verdict = isSentBack ? "sentBack" : "open";
      if (won >= from && won < until) verdict = "won";
      shelf.put("calibration", scoreRow(score), "entries", known.id);
      shelf.put("calibration", scoreRow(score), verdict, known.id);
    }
  }
}

/** Until they are sent back a second entry is the same time. */
function timesAsMql(known: Known, asOf: number): readonly TimeAsMql[] {
  const times: TimeAsMql[] = [];
  for (const { stage, at, score } of known.entries) {
    const current = times.at(-1);
    if (isExit(stage) && current !== undefined) current.isSentBack = true;
    if (stage !== "mql" || (current !== undefined && !current.isSentBack)) continue;
    if (current !== undefined) current.until = at;
    times.push({ score, from: at, until: Number.POSITIVE_INFINITY, isSentBack: false });
  }
  const last = times.at(-1);
  if (last !== undefined && outcomeOf(known, asOf).outcome === "lost") last.isSentBack = true;
  return times;
}

function scoreRow(score: number | null): string {
  if (score === null) return "(not scored)";
  const low = Math.min(90, Math.max(0, Math.floor(score / 10) * 10));
  return low === 90 ? "90\u2013100" : `${low}\u2013${low + 9}`;
}
