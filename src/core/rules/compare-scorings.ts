/** Says what another scoring would have changed: MQLs gained and lost, how many of them were won, and the tasks of each rep. */
import type { CurrencyRates, HandoffEntry } from "../model/ledger.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Rulebook, Scoring } from "../model/rulebook.ts";
import { type PersonHistory, type ReplayedMql, replayMqls } from "./replay-mqls.ts";
import { findOwner, NO_OWNER_WORK, routeLead } from "./route-lead.ts";
import { inCorporate } from "./sales-facts.ts";

/** One cycle of a person in which the two scorings differ, or in which they agree that there is an MQL. */
export interface ComparedCycle {
  readonly link: string;
  readonly name: string;
  readonly epoch: number;
  /** Null where there is no MQL up to the end of the period. */
  readonly before: ReplayedMql | null;
  readonly after: ReplayedMql | null;
  /** Whether the MQL lies in the period. */
  readonly counts: { readonly before: boolean; readonly after: boolean };
  /** The person bought something that was opened or won in this cycle. */
  readonly won: boolean;
  /** Of what counts for them, in the organisation's own currency. */
  readonly amount: number;
}

export interface ReplayGround {
  readonly rulebook: Rulebook;
  readonly scoring: Scoring;
  readonly rates: CurrencyRates;
  /** The period in which MQLs count; `to` is not part of it. */
  readonly from: Instant;
  readonly to: Instant;
}

/** The cycles of one person that have an MQL in the period under either scoring. */
export function compareCycles(history: PersonHistory, ground: ReplayGround): readonly ComparedCycle[] {
  const { rulebook, scoring, from, to } = ground;
  const isWithin = (mql: ReplayedMql | null): boolean => mql !== null && mql.at >= from && mql.at < to;
  const before = replayMqls(history, rulebook, rulebook.scoring, to);
  const after = replayMqls(history, rulebook, scoring, to);
  const epochs = [...new Set([...before, ...after].map(({ epoch }) => epoch))].sort((a, b) => a - b);
  return epochs.flatMap((epoch) => {
    const of = (mqls: readonly ReplayedMql[]): ReplayedMql | null => mqls.find((one) => one.epoch === epoch) ?? null;
    const sides = { before: of(before), after: of(after) };
    const counts = { before: isWithin(sides.before), after: isWithin(sides.after) };
    if (!counts.before && !counts.after) return [];
    return [
      { link: history.link, name: history.name, epoch, ...sides, counts, ...wonIn(history, epoch, ground.rates) },
    ];
  });
}

function wonIn(
  { stages, outcomes }: PersonHistory,
  epoch: number,
  rates: CurrencyRates,
): { readonly won: boolean; readonly amount: number } {
  const start = stages.find((event) => event.epoch === epoch)?.at ?? "";
  const end = stages.find((event) => event.epoch > epoch)?.at ?? "9999";
  const won = outcomes.filter(({ won: isWon, stageAt }) => isWon && stageAt >= start && stageAt < end);
  const own = won.filter(({ counts }) => counts);
  const amount = own.reduce((sum, deal) => sum + inCorporate(deal.amount ?? 0, deal.currency, rates), 0);
  return { won: won.length > 0, amount };
}

export interface MqlRow {
  readonly link: string;
  readonly name: string;
  readonly epoch: number;
  readonly at: Instant;
  readonly score: number;
  readonly band: string;
  readonly because: string;
  readonly reasons: readonly string[];
  readonly won: boolean;
  readonly amount: number;
}

export interface Comparison {
  readonly mqls: { readonly before: number; readonly after: number };
  /** Of those MQLs, how many were won, and for how much. */
  readonly won: { readonly before: number; readonly after: number };
  readonly gained: readonly MqlRow[];
  readonly lost: readonly MqlRow[];
  /** MQLs under both, at another time. */
  readonly moved: readonly (MqlRow & { readonly instead: Instant })[];
  /** Tasks by owner; those whose handoff makes none (do not call) are left out. */
  readonly tasks: readonly { readonly owner: string; readonly before: number; readonly after: number }[];
}

/** Everything in order of time, then of person, so that the same cycles give the same comparison in whatever order they come. */
export function compareScorings(
  cycles: readonly ComparedCycle[],
  handoffs: readonly HandoffEntry[],
  owners: readonly Owner[],
  rulebook: Rulebook,
): Comparison {
  const gained = cycles.flatMap((cycle) =>
    cycle.before === null && cycle.after !== null ? [rowOf(cycle, cycle.after)] : [],
  );
  const lost = cycles.flatMap((cycle) =>
    cycle.after === null && cycle.before !== null ? [rowOf(cycle, cycle.before)] : [],
  );
  const moved = cycles.flatMap((cycle) => {
    const { before, after } = cycle;
    return before === null || after === null || before.at === after.at
      ? []
      : [{ ...rowOf(cycle, before), instead: after.at }];
  });
  const wonOf = (side: "before" | "after"): number => cycles.filter(({ counts, won }) => counts[side] && won).length;
  const before = tasksOf(cycles, "before", handoffs, owners, rulebook);
  const after = tasksOf(cycles, "after", handoffs, owners, rulebook);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return {
    mqls: { before: countOf(cycles, "before"), after: countOf(cycles, "after") },
    won: { before: wonOf("before"), after: wonOf("after") },
    gained: gained.sort(byTime),
    lost: lost.sort(byTime),
    moved: moved.sort(byTime),
    tasks: names.map((owner) => ({ owner, before: before.get(owner) ?? 0, after: after.get(owner) ?? 0 })),
  };
}

function countOf(cycles: readonly ComparedCycle[], side: "before" | "after"): number {
  return cycles.filter(({ counts }) => counts[side]).length;
}

function rowOf({ link, name, epoch, won, amount }: ComparedCycle, { at, score, because }: ReplayedMql): MqlRow {
  const reasons = score.reasons.slice(0, 3).map(({ text }) => text);
  return { link, name, epoch, at, score: score.total, band: score.band, because, reasons, won, amount };
}

function byTime(
  a: { readonly at: Instant; readonly link: string },
  b: { readonly at: Instant; readonly link: string },
) {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.link < b.link ? -1 : Number(a.link > b.link);
}

/**
 * The owner whom the lead really got, else whoever owns the person, else whom the rules would have given it to in turn. Whom somebody made an MQL by hand is a
 * task where there really was a handoff: not when it was history by the time LeadLoop met them.
 */
function tasksOf(
  cycles: readonly ComparedCycle[],
  side: "before" | "after",
  handoffs: readonly HandoffEntry[],
  owners: readonly Owner[],
  { routing, handoff }: Rulebook,
): ReadonlyMap<string, number> {
  const real = new Map(handoffs.map(({ link, epoch, ownerEmail }) => [`${link} ${epoch}`, ownerEmail]));
  const inTurn = new Map<string, Map<string, number>>();
  const tasks = new Map<string, number>();
  const mqls = cycles.flatMap((cycle) => {
    const mql = cycle[side];
    return mql === null || !cycle.counts[side] ? [] : [{ link: cycle.link, ...mql }];
  });
  for (const { link, epoch, facts, at, byHand } of mqls.sort(byTime)) {
    if (handoff.suppressWhen?.holds(facts, at) === true) continue;
    const given = real.get(`${link} ${epoch}`) ?? null;
    if (byHand && given === null) continue;
    const known = given ?? findOwner(facts["hubspot_owner_id"] ?? "", owners)?.email ?? null;
    const routed =
      known === null ? routeLead({ routing, facts, owners, given: inTurn, work: NO_OWNER_WORK, now: at }) : null;
    const owner = known ?? routed?.owner?.email ?? routed?.owner?.name ?? routing.fallback;
    tasks.set(owner, (tasks.get(owner) ?? 0) + 1);
    if (routed === null || routed.owner === null) continue;
    const ofRule = inTurn.get(routed.rule) ?? new Map<string, number>();
    const email = owner.toLowerCase();
    inTurn.set(routed.rule, ofRule.set(email, (ofRule.get(email) ?? 0) + 1));
  }
  return tasks;
}
