/** The shape of config/scoring.yml: what a person is worth, and from which score on sales should call. */
import * as z from "zod";
import type { ScoreGroup, Scoring } from "../core/model/rulebook.ts";
import { amount, condition, fieldName, kebabName, share, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";
import type { Path } from "./yaml-position.ts";

const scoreRuleShape = z.strictObject({
  name: kebabName("e-mail-opens"),
  when: condition().describe("Whom the rule is about."),
  points: amount(-100, 100, "points").describe("What it adds, or takes away when negative."),
  reason: text('"opened {hs_email_open} e-mails"').describe("Said to the rep; {field} is replaced by the value."),
  per: z
    .strictObject({ field: fieldName("hs_email_open"), "up-to": whole(1, 1000, "times") })
    .optional()
    .describe("Multiplies the points by a number field, at most so many times."),
  decay: z
    .strictObject({ "half-life-days": amount(0.1, 3650, "days"), from: fieldName("hs_email_last_open_date") })
    .optional()
    .describe("The points fall by half every so many days after that date."),
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
  fit: z.array(groupShape).describe("Who they are."),
  engagement: z.array(groupShape).describe("What they did."),
});

type ScoringFile = z.infer<typeof scoringShape>;

export function toScoring(shape: ScoringFile, checks: RuleChecks): Scoring {
  const { fit, engagement } = shape.bands;
  if (shape["rearm-below"] > shape["mql-at"])
    checks.issue(["rearm-below"], `is above mql-at (${shape["mql-at"]}); write a lower score`);
  if (fit.b > fit.a) checks.issue(["bands", "fit", "b"], `is above a (${fit.a}); write a lower share`);
  if (engagement.two > engagement.one)
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
    bands: { fit: [fit.a, fit.b], engagement: [engagement.one, engagement.two] },
  };
}

function toGroup(group: ScoringFile["fit"][number], path: Path, checks: RuleChecks): ScoreGroup {
  return {
    name: group.group,
    cap: group.cap,
    rules: group.rules.map(({ name, when, points, reason, per, decay }, index) => {
      const at = (...steps: Path): Path => [...path, "rules", index, ...steps];
      return {
        name,
        reason: checks.template(at("reason"), reason),
        when: checks.condition(at("when"), when),
        points,
        per:
          per === undefined
            ? null
            : { field: checks.fact(at("per", "field"), per.field, ["number"]), upTo: per["up-to"] },
        decay:
          decay === undefined
            ? null
            : {
                halfLifeDays: decay["half-life-days"],
                from: checks.fact(at("decay", "from"), decay.from, ["date", "datetime"]),
              },
      };
    }),
  };
}
