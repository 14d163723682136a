/** The shape of config/handoff.yml: what happens when a lead is handed to sales. */
import * as z from "zod";
import { LADDER_STEPS } from "../core/model/follow-up.ts";
import type { Handoff } from "../core/model/rulebook.ts";
import { amount, choice, condition, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";
import type { Places } from "./yaml-source.ts";

/** Words that a task's text may use besides the facts about the person (see `writeHandoffTask`). */
const TASK_WORDS = ["name", "reasons", "next"] as const;

export const handoffShape = z.strictObject({
  "max-age-days": amount(0, 3650, "days")
    .default(30)
    .describe("A stage older than this when first seen is history: no task, no clock."),
  "accept-within-hours": amount(0.1, 1000, "hours")
    .default(24)
    .describe("The time in which the owner accepts or rejects."),
  "system-within-minutes": whole(1, 10_080, "minutes")
    .default(30)
    .describe("From the MQL to the task in Salesforce: what is late here is LeadLoop's, not the owner's."),
  ladder: z
    .array(
      z.strictObject({
        "after-hours": amount(0.1, 2000, "hours").describe("Working hours of the owner since the handoff."),
        do: choice(LADDER_STEPS, "a step of the ladder"),
      }),
    )
    .default([])
    .describe("What is done when the owner does not react, each once."),
  "silent-reason": text("No reaction").default("No reaction").describe("The reason of a recycle by the ladder."),
  "rejection-reasons": z
    .array(text("Bad timing"))
    .default([])
    .describe("The values of the rejection picklist in Salesforce; `check --live` compares them."),
  task: z.strictObject({
    subject: text('"Call {name}: score {score}"').describe("The task's subject; {words} are filled in."),
    description: text('"{reasons}"').describe("The task's comment."),
    priority: choice(["High", "Normal", "Low"], "a priority of a Salesforce task").default("High"),
    "due-in-days": whole(0, 365, "days").default(1),
  }),
  "suppress-when": condition().optional().describe("No task for people for whom this holds; the reason is recorded."),
});

type HandoffFile = z.infer<typeof handoffShape>;

export function toHandoff(shape: HandoffFile, checks: RuleChecks): Handoff {
  const { task } = shape;
  checkLadder(shape, checks);
  checks.distinct(
    shape["rejection-reasons"].map((name, index) => ({ path: ["rejection-reasons", index], name })),
    "a reason",
  );
  return {
    maxAgeDays: shape["max-age-days"],
    acceptWithinHours: shape["accept-within-hours"],
    task: {
      subject: checks.template(["task", "subject"], task.subject, TASK_WORDS),
      description: checks.template(["task", "description"], task.description, TASK_WORDS),
      priority: task.priority,
      dueInDays: task["due-in-days"],
    },
    systemWithinMinutes: shape["system-within-minutes"],
    ladder: shape.ladder.map((step) => ({ kind: step.do, afterHours: step["after-hours"] })),
    silentReason: shape["silent-reason"],
    rejectionReasons: shape["rejection-reasons"],
    suppressWhen: checks.optionalCondition(["suppress-when"], shape["suppress-when"]),
  };
}

/** The values of the rejection picklist; none where they are not known for certain. */
export function rejectionReasons(shape: HandoffFile, places: Places): readonly string[] {
  const reasons = shape["rejection-reasons"];
  const isCertain =
    places.isSure([], ["rejection-reasons"]) && reasons.every((_, index) => places.isOwn(["rejection-reasons", index]));
  return isCertain ? reasons : [];
}

/** Each step once, each later than the one above it, and nothing after the recycle. */
function checkLadder({ ladder }: HandoffFile, checks: RuleChecks): void {
  ladder.forEach((step, index) => {
    const isOwn = (at: number, key: string): boolean => checks.isOwn(["ladder", at, key]);
    const before = ladder[index - 1];
    if (ladder.findIndex((other, at) => other.do === step.do && isOwn(at, "do")) < index && isOwn(index, "do"))
      checks.issue(["ladder", index, "do"], `${step.do} stands here twice; each step is taken once`);
    else if (before?.do === "recycle" && isOwn(index - 1, "do"))
      checks.issue(
        ["ladder", index, "do"],
        `${step.do} comes after recycle, which ends the handoff; put it further up`,
      );
    else if (before !== undefined && isOwn(index - 1, "after-hours") && step["after-hours"] <= before["after-hours"])
      checks.issue(
        ["ladder", index, "after-hours"],
        `${step["after-hours"]} is not later than the step above it; write more than ${before["after-hours"]}`,
      );
  });
}
