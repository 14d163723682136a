/** Which campaigns a deal is owed to, by five models side by side; each model gives away exactly the deal's amount. */

import type { DealRow, Moment, TouchRow } from "../model/report-row.ts";
import { isClosed, MQL, NO_CAMPAIGN, type ReportLead } from "./report-lead.ts";

export const MODELS = ["first", "last", "linear", "u", "w"] as const;
export type Model = (typeof MODELS)[number];

/** How much of a deal each campaign gets: shares that add up to 1. */
export type Credit = ReadonlyMap<string, number>;

export interface DealCredit {
  readonly touches: readonly TouchRow[];
  readonly credit: Readonly<Record<Model, Credit>>;
}

/**
 * - `first`, `last`: all to the first or last touch before the deal was closed. `linear`: the same to each.
 * - `u`: 40 % to the first touch, 40 % to the last one before the person became an MQL, 20 % to the others together.
 * - `w`: 30 % each to those two and to the last one before the opportunity was opened, 10 % to the others.
 *
 * Where there are no others, their part goes to the named ones in equal parts; one touch in two roles gets both. Without any touch all of it is nobody's.
 */
export function creditDeal(deal: DealRow, lead: ReportLead, touches: readonly TouchRow[], asOf: Moment): DealCredit {
  const end = isClosed(deal, asOf) ? deal.stageAt : asOf;
  const before = touches.filter((touch) => touch.at <= end);
  const last = before.length - 1;
  if (last < 0) {
    const none: Credit = new Map([[NO_CAMPAIGN, 1]]);
    return { touches: [], credit: { first: none, last: none, linear: none, u: none, w: none } };
  }
  if (last === 0) {
    // One touch plays every part.
    const all = credit(before, [1], [0]);
    return { touches: before, credit: { first: all, last: all, linear: all, u: all, w: all } };
  }
  const qualified = lastUpTo(before, lead.entered[MQL] ?? Number.NaN);
  const opened = lastUpTo(before, deal.openedAt);
  return {
    touches: before,
    credit: {
      first: credit(before, [1], [0]),
      last: credit(before, [1], [last]),
      linear: credit(before, [], []),
      u: credit(before, [0.4, 0.4], [0, qualified]),
      w: credit(before, [0.3, 0.3, 0.3], [0, qualified, opened]),
    },
  };
}

/** Every touch of a person in order: what was recorded, and before it the first contact itself with the campaign that the person is counted under. */
export function touchesOf(lead: ReportLead, recorded: readonly TouchRow[], asOf: Moment): readonly TouchRow[] {
  const known = recorded
    .filter((touch) => touch.at <= asOf)
    .sort((a, b) => a.at - b.at || (a.campaign < b.campaign ? -1 : 1));
  const first = known[0];
  if (!lead.firstContactKnown || lead.firstContact > asOf || (first !== undefined && first.at <= lead.firstContact))
    return known;
  return [{ at: lead.firstContact, campaign: lead.campaign === NO_CAMPAIGN ? "" : lead.campaign }, ...known];
}

/** The place of the last touch up to a moment; where the moment never came or came before all touches, of the last or of the first. */
function lastUpTo(touches: readonly TouchRow[], moment: Moment): number {
  if (Number.isNaN(moment)) return touches.length - 1;
  return Math.max(
    0,
    touches.findLastIndex((touch) => touch.at <= moment),
  );
}

function credit(touches: readonly TouchRow[], shares: readonly number[], places: readonly number[]): Credit {
  const weights = touches.map(() => 0);
  let given = 0;
  for (const [index, place] of places.entries()) {
    const share = shares[index] ?? 0;
    weights[place] = (weights[place] ?? 0) + share;
    given += share;
  }
  const left = 1 - given;
  if (left > 1e-9) {
    const others = weights.filter((_, place) => !places.includes(place)).length;
    const takes = (place: number): boolean => places.includes(place) === (others === 0);
    const takers = others === 0 ? weights.length : others;
    for (let place = 0; place < weights.length; place += 1)
      if (takes(place)) weights[place] = (weights[place] ?? 0) + left / takers;
  }
  const byCampaign = new Map<string, number>();
  for (const [place, touch] of touches.entries()) {
    const weight = weights[place] ?? 0;
    if (weight === 0) continue;
    const campaign = touch.campaign === "" ? NO_CAMPAIGN : touch.campaign;
    byCampaign.set(campaign, (byCampaign.get(campaign) ?? 0) + weight);
  }
  return byCampaign;
}
