/** The shape of config/lifecycle.yml: the ten stages, what each system calls them, and how a person moves. */
import * as z from "zod";
import { type Lifecycle, STAGES } from "../core/model/rulebook.ts";
import { amount, choice, condition, fieldName, text } from "./file-shapes.ts";
import { writeInstead } from "./nearest-name.ts";
import type { RuleChecks } from "./rule-checks.ts";

const stageShape = z.strictObject({
  stage: choice(STAGES, "a stage").describe("LeadLoop's own word."),
  hubspot: text("marketingqualifiedlead").describe(
    "The internal value of HubSpot's lifecycle stage; several stages may share one.",
  ),
  salesforce: text("MQL").describe("The value of the stage field in Salesforce."),
});

export const lifecycleShape = z.strictObject({
  stages: z.array(stageShape).describe("All ten stages, each once."),
  "lead-when": condition().optional().describe("Makes a subscriber a lead."),
  "fast-track": condition().optional().describe("Makes anybody an MQL, whatever the score."),
  "sal-when": condition().optional().describe("Sales took it."),
  "sal-after-hours": amount(0.1, 8760, "hours")
    .optional()
    .describe("An MQL that nobody rejected for so many hours counts as accepted."),
  "lost-reason": fieldName("Loss_Reason__c")
    .optional()
    .describe("The field of a Salesforce opportunity that says why it was lost."),
  product: fieldName("Product__c")
    .optional()
    .describe("The field of a Salesforce opportunity that says what it is about: a text, picklist or multi-select."),
  "opportunities-through": choice(["contact-roles", "account"], "a way")
    .default("contact-roles")
    .describe("`account`: an opportunity without any contact role belongs to the contacts of its account."),
  "sql-when": condition().optional().describe("Sales knows what it must know."),
  "evangelist-when": condition().optional().describe("A customer who refers, reviews or comes back."),
  recycle: z
    .strictObject({
      when: condition().describe("Sales sent the person back."),
      reason: fieldName("rejection").describe("The fact that holds the reason."),
      "retry-on": fieldName("retry_on").optional().describe("The fact that holds the date to try again."),
    })
    .optional(),
  "disqualify-reasons": z.array(text("Competitor")).default([]).describe("Reasons that end it for good."),
});

type LifecycleFile = z.infer<typeof lifecycleShape>;

/** `reasons` are the values of the rejection picklist (handoff.yml); none where they are not known. */
export function toLifecycle(shape: LifecycleFile, checks: RuleChecks, reasons: readonly string[]): Lifecycle {
  checkStages(shape, checks);
  checkReasons(shape, checks, reasons);
  const { recycle } = shape;
  return {
    names: shape.stages,
    leadWhen: checks.optionalCondition(["lead-when"], shape["lead-when"]),
    fastTrack: checks.optionalCondition(["fast-track"], shape["fast-track"]),
    salWhen: checks.optionalCondition(["sal-when"], shape["sal-when"]),
    salAfterHours: shape["sal-after-hours"] ?? null,
    lostReason: shape["lost-reason"] ?? null,
    product: shape.product ?? null,
    opportunitiesThrough: shape["opportunities-through"],
    sqlWhen: checks.optionalCondition(["sql-when"], shape["sql-when"]),
    evangelistWhen: checks.optionalCondition(["evangelist-when"], shape["evangelist-when"]),
    recycle:
      recycle === undefined
        ? null
        : {
            when: checks.condition(["recycle", "when"], recycle.when),
            reason: checks.fact(["recycle", "reason"], recycle.reason, ["text"]),
            retryOn:
              recycle["retry-on"] === undefined
                ? null
                : checks.fact(["recycle", "retry-on"], recycle["retry-on"], ["date", "datetime"]),
          },
    disqualifyReasons: shape["disqualify-reasons"],
  };
}

function checkReasons(shape: LifecycleFile, checks: RuleChecks, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  shape["disqualify-reasons"].forEach((reason, index) => {
    if (reasons.includes(reason)) return;
    const advice = writeInstead(
      reason,
      reasons,
      "add it to rejection-reasons in handoff.yml, and to the picklist in Salesforce",
    );
    checks.issue(["disqualify-reasons", index], `"${reason}" is not one of the rejection reasons; ${advice}`);
  });
}

function checkStages({ stages }: LifecycleFile, checks: RuleChecks): void {
  const isOwn = (index: number, key: "stage" | "salesforce"): boolean => checks.isOwn(["stages", index, key]);
  /** Whether a line further up says the same. */
  const isDoubled = (at: number, key: "stage" | "salesforce"): boolean =>
    isOwn(at, key) && stages.slice(0, at).some((other, index) => isOwn(index, key) && other[key] === stages[at]?.[key]);
  stages.forEach(({ stage, salesforce }, index) => {
    if (isDoubled(index, "stage")) {
      checks.issue(["stages", index, "stage"], `${stage} stands here twice; keep one line for it`);
    } else if (isDoubled(index, "salesforce")) {
      // Salesforce carries our stage in a field of its own, so that nothing is lost where HubSpot has one word for several stages.
      checks.issue(
        ["stages", index, "salesforce"],
        `${salesforce} is already the Salesforce value of another stage; each needs its own`,
      );
    }
  });
  const missing = STAGES.filter((stage) => !stages.some((other) => other.stage === stage));
  if (missing.length > 0 && checks.areAllKnown(["stages"], stages.length, "stage"))
    checks.keyIssue(
      ["stages"],
      `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing; write one line for each of the ten stages`,
    );
}
