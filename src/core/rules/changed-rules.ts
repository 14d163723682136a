/** Whether a person would be scored, staged or grouped otherwise now than when they were last decided: what to look at again when an admin has changed the rules. */
import type { Link, LinkState, ScoreState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import { scoreLead } from "./score-lead.ts";
import { MEMBERSHIP_FACT, membershipNow, membershipsOf } from "./segment-membership.ts";
import { MQL_RANK, rankOf } from "./stages.ts";

const RULED: ReadonlySet<LinkState> = new Set(["single", "pending", "linked"]);

/** `asked`: the person's facts with those that are derived. Perhaps true for somebody whom nothing changes for, never false for somebody it does. */
export function rulesSayOtherwise(
  link: Link,
  asked: Facts,
  { scoring, lifecycle, segments }: Pick<Rulebook, "scoring" | "lifecycle" | "segments">,
  now: Instant,
): boolean {
  if (!RULED.has(link.state)) return false;
  const score = scoreLead(scoring, link.facts, now);
  if (link.score === null || isOther(link.score, score)) return true;
  const isBelowMql = link.stage === null || rankOf(link.stage.stage) < MQL_RANK;
  if (isBelowMql && (score.total >= scoring.mqlAt || lifecycle.fastTrack?.holds(asked, now) === true)) return true;
  const present = membershipsOf({ [MEMBERSHIP_FACT]: membershipNow(segments, link.facts, asked, now) });
  const before = membershipsOf(link.facts);
  return present.size !== before.size || [...present.keys()].some((name) => !before.has(name));
}

function isOther(shown: ScoreState, present: ScoreState): boolean {
  const { total, fit, engagement, band, reasons } = shown;
  if (total !== present.total || fit !== present.fit || engagement !== present.engagement || band !== present.band)
    return true;
  return (
    reasons.length !== present.reasons.length ||
    reasons.some(({ text }, index) => text !== present.reasons[index]?.text)
  );
}
