/** Whom changed rules say something else of: by score, reason, threshold, hand raised, or segment. */
import { expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { Rulebook, Scoring } from "../../../src/core/model/rulebook.ts";
import { rulesSayOtherwise } from "../../../src/core/rules/changed-rules.ts";
import { scoreLead } from "../../../src/core/rules/score-lead.ts";
import { MEMBERSHIP_FACT } from "../../../src/core/rules/segment-membership.ts";
import { personLink } from "../../contracts/state-samples.ts";
import { at, DAY_MS, fact, LIFECYCLE, NOW, SCORING } from "./rule-subjects.ts";

type Rules = Pick<Rulebook, "scoring" | "lifecycle" | "segments">;

function scoringOf(points: number, reason = "has a budget", from: string | null = null): Scoring {
  const decay = from === null ? null : { kind: "linear" as const, days: 100, from };
  const rule = { name: "budget", reason, when: fact("budget"), points, per: null, steps: null, decay };
  return { ...SCORING, fit: [{ name: "fit", cap: 100, rules: [rule] }] };
}

const RULES: Rules = { scoring: scoringOf(50), lifecycle: LIFECYCLE, segments: [] };
const BIG = { name: "big", label: "Big", when: fact("employees"), shown: "ongoing" as const };
const FACTS = { budget: "true", employees: "500", visited: at(-10 * DAY_MS) };
const LINK: Link = {
  ...personLink("a"),
  state: "linked",
  facts: FACTS,
  score: scoreLead(RULES.scoring, FACTS, at(-DAY_MS)),
  stage: null,
};
const SCORED_BY = (scoring: Scoring): Partial<Link> => ({ score: scoreLead(scoring, FACTS, at(-DAY_MS)) });
const IN_BIG: Partial<Link> = { facts: { ...FACTS, [MEMBERSHIP_FACT]: `big=${at(-DAY_MS)}` } };

test.each<[what: string, link: Partial<Link>, rules: Partial<Rules>, otherwise: boolean]>([
  ["the same rules", {}, {}, false],
  ["other points", {}, { scoring: scoringOf(40) }, true],
  ["another reason for the same points", {}, { scoring: scoringOf(50, "can pay") }, true],
  ["never scored", { score: null }, {}, true],
  ["points that have faded since", SCORED_BY(scoringOf(50, "has a budget", "visited")), {}, true],
  ["a lower threshold", {}, { scoring: { ...scoringOf(50), mqlAt: 50 } }, true],
  ["a hand was raised, which counts now", { facts: { ...FACTS, asked_for_demo: "true" } }, {}, true],
  ["a segment that holds", {}, { segments: [BIG] }, true],
  ["in it already", IN_BIG, { segments: [BIG] }, false],
  ["a segment that is gone", IN_BIG, {}, true],
  ["deleted: nothing is decided any more", { state: "tombstoned" }, { scoring: scoringOf(40) }, false],
])("%s", (_, link, rules, otherwise) => {
  const person = { ...LINK, ...link };
  expect(rulesSayOtherwise(person, person.facts, { ...RULES, ...rules }, NOW)).toBe(otherwise);
});
