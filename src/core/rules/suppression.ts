/** What may not be done with a person, and why: no call, no e-mail, no letter, no meeting. */

import type { Channel } from "../model/follow-up.ts";
import type { Instant } from "../model/record.ts";
import type { Condition, Facts, SuppressionRule } from "../model/rulebook.ts";

/** Why this channel is closed to the person, by the first rule that says so; null when it is open. */
export function suppressedBy(
  rules: readonly SuppressionRule[],
  channel: Channel,
  facts: Facts,
  now: Instant,
): SuppressionRule | null {
  return rules.find((rule) => rule.stops.includes(channel) && rule.when.holds(facts, now)) ?? null;
}

/** Everything that is closed to the person. */
export function suppressionsOf(rules: readonly SuppressionRule[], facts: Facts, now: Instant): SuppressionRule[] {
  return rules.filter((rule) => rule.when.holds(facts, now));
}

/** One condition for all rules that stop the channel, and for `also`; null when nothing does. */
export function stopsChannel(
  rules: readonly SuppressionRule[],
  channel: Channel,
  also: Condition | null,
): Condition | null {
  const stopping = rules.filter(({ stops }) => stops.includes(channel)).map(({ when }) => when);
  const all = also === null ? stopping : [also, ...stopping];
  if (all.length === 0) return null;
  return {
    source: [...new Set(all.map(({ source }) => source))].join(" || "),
    holds: (facts, now) => all.some((when) => when.holds(facts, now)),
  };
}
