/** The shape of config/handoff.yml: what happens when a lead is handed to sales. */
import * as z from "zod";
import type { Handoff } from "../core/model/rulebook.ts";
import { amount, choice, condition, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

/** Words that a task's text may use besides the facts about the person (see `writeHandoffTask`). */
const TASK_WORDS = ["name", "reasons", "next"] as const;

export const handoffShape = z.strictObject({
  "max-age-days": amount(0, 3650, "days")
    .default(30)
    .describe("A stage older than this when first seen is history: no task, no clock."),
  "accept-within-hours": amount(0.1, 1000, "hours")
    .default(24)
    .describe("The time in which the owner accepts or rejects."),
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
  return {
    maxAgeDays: shape["max-age-days"],
    acceptWithinHours: shape["accept-within-hours"],
    task: {
      subject: checks.template(["task", "subject"], task.subject, TASK_WORDS),
      description: checks.template(["task", "description"], task.description, TASK_WORDS),
      priority: task.priority,
      dueInDays: task["due-in-days"],
    },
    suppressWhen: checks.optionalCondition(["suppress-when"], shape["suppress-when"]),
  };
}
