/** The shape of config/suppression.yml: what may not be done with whom. */
import * as z from "zod";
import { CHANNELS } from "../core/model/follow-up.ts";
import type { SuppressionRule } from "../core/model/rulebook.ts";
import { choice, condition, kebabName, text } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

const ruleShape = z.strictObject({
  name: kebabName("do-not-call"),
  when: condition().describe("For whom."),
  stops: z
    .array(choice(CHANNELS, "a channel"))
    .min(1, { error: `is empty; write what it stops: ${CHANNELS.join(", ")}` })
    .describe("What is not done with them."),
  because: text('"must not be called"').describe("What people read."),
});

export const suppressionShape = z.strictObject({
  rules: z.array(ruleShape).describe("Each that holds stops what it names; no rule takes another one back."),
});

export function toSuppression(shape: z.infer<typeof suppressionShape>, checks: RuleChecks): readonly SuppressionRule[] {
  checks.distinct(
    shape.rules.map(({ name }, index) => ({ path: ["rules", index, "name"], name })),
    "a rule",
  );
  return shape.rules.map(({ name, when, stops, because }, index) => ({
    name,
    when: checks.condition(["rules", index, "when"], when),
    stops,
    because,
  }));
}
