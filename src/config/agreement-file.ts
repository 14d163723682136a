/** The shape of config/agreement.yml: what marketing and sales promise each other beside their rules. */
import * as z from "zod";
import { type AgreementTerms, MEASURE_NAMES, SIDES } from "../core/model/agreement.ts";
import { amount, choice, isoDay, text } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

const figure = () => amount(0, 1_000_000_000, "a figure");

const goalShape = z.strictObject({
  measure: choice(MEASURE_NAMES, "a measure").describe("A figure of the closed-loop report."),
  by: choice(SIDES, "a side").describe("Who promises it."),
  "at-least": figure().optional().describe("The least that is promised, in the measure's unit (percent as 90)."),
  "at-most": figure().optional().describe("The most."),
});

const duties = (example: string) => z.array(text(example), { error: "must be a list of duties, each a sentence" });

export const agreementShape = z.strictObject({
  title: text('"Agreement between marketing and sales"').default("Agreement between marketing and sales"),
  purpose: text('"Nobody who shows interest is dropped"').describe("Why there is an agreement."),
  marketing: duties('"Hands over whoever is an MQL"').default([]).describe("The duties of marketing."),
  sales: duties('"Answers within the agreed time"').default([]).describe("The duties of sales."),
  goals: z
    .array(goalShape, { error: "must be a list of goals, each with `measure`, `by`, and `at-least` or `at-most`" })
    .default([])
    .describe("What is promised in figures; the last period's stand beside them."),
  review: text('"Both teams look at it every quarter."').describe("When the agreement is looked at again."),
  term: text('"Until it is replaced."').describe("How long it holds."),
  accepted: z
    .array(z.strictObject({ name: text("Anna Berg"), role: text("Head of Sales"), on: isoDay() }), {
      error: "must be a list of people, each with `name`, `role` and `on`",
    })
    .default([])
    .describe("Who accepted it, and when."),
});

export function toAgreement(shape: z.infer<typeof agreementShape>, checks: RuleChecks): AgreementTerms {
  const { title, purpose, marketing, sales, review, term, accepted } = shape;
  const goals = shape.goals.map((goal, index) => {
    const { measure, by, "at-least": atLeast = null, "at-most": atMost = null } = goal;
    if (atLeast === null && atMost === null && checks.isSure(["goals", index], ["at-least", "at-most"]))
      checks.issue(["goals", index], "promises nothing; write at-least: or at-most: with a figure");
    if (atLeast !== null && atMost !== null && atLeast > atMost)
      checks.issue(["goals", index, "at-least"], `${atLeast} is more than at-most: ${atMost}; swap the two`);
    return { measure, by, atLeast, atMost };
  });
  checks.distinct(
    shape.goals.map(({ measure }, index) => ({ path: ["goals", index, "measure"], name: measure })),
    "a goal",
  );
  return { title, purpose, marketing, sales, goals, review, term, accepted };
}
