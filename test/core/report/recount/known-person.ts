/** What a naive reader knows of a person at the report's moment: everything that came later is struck out first. Shares nothing with src/core/report. */
import type {
  DealRow,
  HandoffRow,
  Moment,
  PersonLedger,
  StageEntry,
  TaskRow,
  TouchRow,
} from "../../../../src/core/model/report-row.ts";
import { STAGES, type Stage } from "../../../../src/core/model/rulebook.ts";

export interface Span {
  readonly asOf: Moment;
  readonly from: Moment | null;
  readonly to: Moment | null;
}

export type Outcome = "won" | "lost" | "open";

export interface Known {
  readonly id: string;
  readonly ledger: PersonLedger;
  /** When they were first in touch; a date that is still to come is taken as it is. */
  readonly first: Moment;
  readonly firstIsSaid: boolean;
  readonly entries: readonly StageEntry[];
  readonly handoffs: readonly HandoffRow[];
  readonly tasks: readonly TaskRow[];
  readonly deals: readonly DealRow[];
  readonly touches: readonly TouchRow[];
}

export const CUSTOMER = STAGES.indexOf("customer");
export const MQL = STAGES.indexOf("mql");
const OPPORTUNITY = STAGES.indexOf("opportunity");

export const isExit = (stage: Stage): boolean => stage === "recycled" || stage === "disqualified";

/** First in touch in the period. */
export function isLead({ first }: Known, { from, to }: Span): boolean {
  return (from === null || first >= from) && (to === null || first < to);
}

export function inSpan(at: Moment, span: Span): boolean {
  if (!(at <= span.asOf)) return false;
  if (span.from !== null && at < span.from) return false;
  return span.to === null || at < span.to;
}

/** Everybody whose handoffs and tasks count: not who was forgotten. Those of who became another person were given and done all the same. */
export function everybodyIn(rows: readonly PersonLedger[], firstFact: string, asOf: Moment): readonly Known[] {
  const known: Known[] = [];
  for (const ledger of rows) {
    const { person } = ledger;
    if (person.state === "erased") continue;
    const said = Date.parse(String(person.facts[firstFact] ?? ""));
    const entries = ledger.stages.filter((entry) => entry.at <= asOf);
    // The fact, else the earliest entry of the ledger, else when LeadLoop first saw them.
    const otherwise = entries.length > 0 ? Math.min(...entries.map(({ at }) => at)) : person.firstSeenAt;
    known.push({
      id: person.id,
      ledger,
      first: Number.isNaN(said) ? otherwise : said,
      firstIsSaid: !Number.isNaN(said),
      entries,
      handoffs: ledger.handoffs.filter((handoff) => handoff.at <= asOf),
      tasks: ledger.tasks.filter((task) => task.createdAt <= asOf),
      // Some enter an opportunity after it was won.
      deals: ledger.deals.filter((deal) => deal.openedAt <= asOf || (deal.closed && deal.stageAt <= asOf)),
      touches: ledger.touches.filter((touch) => touch.at <= asOf),
    });
  }
  return known;
}

/** Those who count as people: known by then, and not part of another person by now. */
export function peopleOf(everybody: readonly Known[], asOf: Moment): readonly Known[] {
  const people: Known[] = [];
  for (const known of everybody) {
    const { person } = known.ledger;
    const isKnown = known.entries.length > 0 || known.first <= asOf || person.firstSeenAt <= asOf;
    if (isKnown && person.state !== "superseded") people.push(known);
  }
  return people;
}

export const isClosed = (deal: DealRow, asOf: Moment): boolean => deal.closed && deal.stageAt <= asOf;
export const isWon = (deal: DealRow, asOf: Moment): boolean => deal.won && isClosed(deal, asOf);
export const isLost = (deal: DealRow, asOf: Moment): boolean => !deal.won && isClosed(deal, asOf);

/** The furthest they came, by what they entered and by their opportunities. */
export function furthest({ entries, deals }: Known, asOf: Moment): number {
  let place = 0;
  for (const entry of entries) if (!isExit(entry.stage)) place = Math.max(place, entry.place);
  for (const deal of deals) place = Math.max(place, isWon(deal, asOf) ? CUSTOMER : OPPORTUNITY);
  return place;
}

export const wasIn = ({ entries }: Known, stage: Stage): boolean => entries.some((entry) => entry.stage === stage);

export function standsIn({ entries, ledger }: Known): Stage {
  const last = entries.at(-1);
  if (last !== undefined) return last.stage;
  return (ledger.stages.length === 0 ? ledger.person.stage : null) ?? "subscriber";
}

/** When they were first won, NaN where never. */
export function wonAt({ entries, deals }: Known, asOf: Moment): Moment {
  const moments: number[] = [];
  for (const entry of entries) if (entry.place >= CUSTOMER && !isExit(entry.stage)) moments.push(entry.at);
  for (const deal of deals) if (isWon(deal, asOf)) moments.push(deal.stageAt);
  return moments.length === 0 ? Number.NaN : Math.min(...moments);
}

export function outcomeOf(known: Known, asOf: Moment): { readonly outcome: Outcome; readonly reason: string } {
  if (furthest(known, asOf) >= CUSTOMER) return { outcome: "won", reason: "" };
  const last = known.entries.at(-1);
  if (last?.stage === "disqualified") return { outcome: "lost", reason: last.reason };
  const lost = known.deals.filter((deal) => isLost(deal, asOf));
  if (lost.length > 0 && lost.length === known.deals.length) {
    const latest = lost.reduce((one, other) => (other.stageAt >= one.stageAt ? other : one));
    const again = last !== undefined && last.at > latest.stageAt && ["mql", "sal", "sql"].includes(last.stage);
    if (!again) return { outcome: "lost", reason: latest.lostReason ?? latest.stageName };
  }
  return { outcome: "open", reason: last?.stage === "recycled" ? last.reason : "" };
}
