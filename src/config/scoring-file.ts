/** The shape of config/scoring.yml: what a person is worth, and from which score on sales should call. */
import * as z from "zod";
import type { Decay, ScoreGroup, ScoreRule, Scoring, TimesDone } from "../core/model/rulebook.ts";
import { amount, condition, fieldName, kebabName, share, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";
import type { Path } from "./yaml-position.ts";

const timesShape = {
  field: fieldName("hs_email_open"),
  "within-days": whole(1, 400, "days")
    .optional()
    .describe("Counts only what LeadLoop saw happen in the last so many days."),
};

const scoreRuleShape = z.strictObject({
  name: kebabName("e-mail-opens"),
  when: condition().describe("Whom the rule is about."),
  points: amount(-100, 100, "points").optional().describe("What it adds, or takes away when negative."),
  reason: text('"e-mails opened: {hs_email_open}"').describe("Said to the rep; {field} is replaced by the value."),
  per: z
    .strictObject({ ...timesShape, "up-to": whole(1, 1000, "times") })
    .optional()
    .describe("Multiplies the points by how often something was done, at most so many times."),
  steps: z
    .strictObject({
      ...timesShape,
      points: z
        .array(z.strictObject({ "at-least": whole(1, 100_000, "times"), points: amount(-100, 100, "points") }))
        .min(1, { error: "is empty; write at least one step, such as { at-least: 3, points: 5 }" }),
    })
    .optional()
    .describe("Instead of points: those of the highest step that was reached."),
  decay: z
    .strictObject({
      "half-life-days": amount(0.1, 3650, "days").optional(),
      "linear-days": amount(0.1, 3650, "days").optional(),
      from: fieldName("hs_email_last_open_date"),
    })
    .optional()
    .describe("After that date the points fall by half every so many days, or evenly to nothing within so many."),
});

const groupShape = z.strictObject({
  group: kebabName("e-mail"),
  cap: whole(0, 100, "points").describe("The most that all rules of the group can give together."),
  rules: z.array(scoreRuleShape).min(1, { error: "is empty; write at least one rule" }),
});

export const scoringShape = z.strictObject({
  "mql-at": amount(0, 100, "a score").default(60).describe("From this score on a person is an MQL."),
  "rearm-below": amount(0, 100, "a score").default(45).describe("Below this score a person may become an MQL again."),
  "fade-step": amount(0, 100, "a score")
    .default(5)
    .describe("A fading score is written again when it has moved this far, or its band or a threshold is reached."),
  bands: z
    .strictObject({
      fit: z.strictObject({ a: share().default(0.66), b: share().default(0.33) }).prefault({}),
      engagement: z.strictObject({ one: share().default(0.66), two: share().default(0.33) }).prefault({}),
    })
    .prefault({})
    .describe(
      "Where the letters A and B (fit) and the numbers 1 and 2 (engagement) begin, as a share of all caps; the rest is C and 3.",
    ),
  caps: z
    .strictObject({
      fit: amount(0, 100, "points").default(100),
      engagement: amount(0, 100, "points").default(100),
      total: amount(1, 100, "points").default(100),
    })
    .prefault({})
    .describe("The most that fit, engagement and both together can give, beyond the caps of the groups."),
  fit: z.array(groupShape).describe("Who they are."),
  engagement: z.array(groupShape).describe("What they did."),
});

type ScoringFile = z.infer<typeof scoringShape>;

export function toScoring(shape: ScoringFile, checks: RuleChecks): Scoring {
  const { fit, engagement } = shape.bands;
  if (shape["rearm-below"] > shape["mql-at"] && checks.isSure([], ["rearm-below", "mql-at"]))
    checks.issue(["rearm-below"], `is above mql-at (${shape["mql-at"]}); write a lower score`);
  if (fit.b > fit.a && checks.isSure(["bands", "fit"], ["a", "b"]))
    checks.issue(["bands", "fit", "b"], `is above a (${fit.a}); write a lower share`);
  if (engagement.two > engagement.one && checks.isSure(["bands", "engagement"], ["one", "two"]))
    checks.issue(["bands", "engagement", "two"], `is above one (${engagement.one}); write a lower share`);
  const names = (["fit", "engagement"] as const).flatMap((part) =>
    shape[part].flatMap(({ rules }, group) =>
      rules.map(({ name }, rule) => ({ path: [part, group, "rules", rule, "name"], name })),
    ),
  );
  checks.distinct(names, "a rule");
  return {
    fit: shape.fit.map((group, index) => toGroup(group, ["fit", index], checks)),
    engagement: shape.engagement.map((group, index) => toGroup(group, ["engagement", index], checks)),
    mqlAt: shape["mql-at"],
    rearmBelow: shape["rearm-below"],
    fadeStep: shape["fade-step"],
    caps: shape.caps,
    bands: { fit: [fit.a, fit.b], engagement: [engagement.one, engagement.two] },
  };
}

function toGroup(group: ScoringFile["fit"][number], path: Path, checks: RuleChecks): ScoreGroup {
  return {
    name: group.group,
    cap: group.cap,
    rules: group.rules.map((rule, index) => toRule(rule, [...path, "rules", index], checks)),
  };
}

function toRule(rule: ScoringFile["fit"][number]["rules"][number], path: Path, checks: RuleChecks): ScoreRule {
  const { name, when, points, reason, per, steps } = rule;
  const at = (...more: Path): Path => [...path, ...more];
  if (steps === undefined && points === undefined && checks.isSure(path, ["steps", "points"]))
    checks.keyIssue(
      checks.entry(path),
      `${checks.isOwn(at("name")) ? name : "this"} gives nothing; write points:, or steps: with points for each`,
    );
  if (steps !== undefined && (points !== undefined || per !== undefined))
    checks.keyIssue(at("steps"), "stand instead of points: and per:; remove those, or the steps");
  const ascending = (steps?.points ?? []).toSorted((a, b) => a["at-least"] - b["at-least"]);
  return {
    name,
    reason: checks.template(at("reason"), reason),
    when: checks.condition(at("when"), when),
    points: points ?? 0,
    per: per === undefined ? null : { ...toTimes(per, at("per"), checks), upTo: per["up-to"] },
    steps:
      steps === undefined
        ? null
        : {
            ...toTimes(steps, at("steps"), checks),
            points: ascending.map((step) => ({ atLeast: step["at-least"], points: step.points })),
          },
    decay: toDecay(rule, at("decay"), checks),
  };
}

function toTimes(
  times: { readonly field: string; readonly "within-days"?: number | undefined },
  path: Path,
  checks: RuleChecks,
): TimesDone {
  const withinDays = times["within-days"] ?? null;
  const field = checks.fact([...path, "field"], times.field, ["number"]);
  if (withinDays !== null) checks.count(field);
  return { field, withinDays };
}

function toDecay({ decay }: ScoringFile["fit"][number]["rules"][number], path: Path, checks: RuleChecks): Decay | null {
  if (decay === undefined) return null;
  const { "half-life-days": halfLife, "linear-days": linear, from } = decay;
  const isSure = checks.isSure(path, ["half-life-days", "linear-days"]);
  if (isSure && (halfLife === undefined) === (linear === undefined))
    checks.keyIssue(
      checks.isOwn([...path, "from"]) ? [...path, "from"] : path,
      "needs one of half-life-days: and linear-days:, and not both",
    );
  return {
    kind: linear === undefined ? "half-life" : "linear",
    days: linear ?? halfLife ?? 1,
    from: checks.fact([...path, "from"], from, ["date", "datetime"]),
  };
}
