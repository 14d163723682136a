/** The shape of config/signals.yml: what sales is shown of people whom it knows. */
import * as z from "zod";
import { SIGNAL_KINDS, type SignalKind, type Signals } from "../core/model/rulebook.ts";
import { amount, choice, text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

/** Words that a signal's text may use besides the facts (see `planSignals`). */
const SIGNAL_WORDS = ["name", "stage", "score", "reasons", "when"] as const;

const taskShape = z.strictObject({
  subject: text('"Answer {name}"').describe("The task's subject; {words} are filled in."),
  description: text('"{reasons}"'),
  priority: choice(["High", "Normal", "Low"], "a priority of a Salesforce task").default("Normal"),
  "due-in-days": whole(0, 365, "days").default(1),
});

export const signalsShape = z.strictObject({
  "quiet-days": amount(1, 3650, "days")
    .default(90)
    .describe("Who does something after so many quiet days is a sleeper who woke up."),
  "fresh-days": amount(0.1, 365, "days")
    .default(7)
    .describe("What happened longer ago than this is no signal any more."),
  reply: taskShape.optional().describe("An answer to an e-mail."),
  sleeper: taskShape.optional().describe("Life after a long quiet, told to the owner."),
  comeback: taskShape.optional().describe("A form filled by a contact or customer whom sales knows."),
});

type SignalsFile = z.infer<typeof signalsShape>;

export function toSignals(shape: SignalsFile, checks: RuleChecks): Signals {
  const toTask = (kind: SignalKind): Signals["tasks"][SignalKind] => {
    const task = shape[kind];
    if (task === undefined) return null;
    return {
      subject: checks.template([kind, "subject"], task.subject, SIGNAL_WORDS),
      description: checks.template([kind, "description"], task.description, SIGNAL_WORDS),
      priority: task.priority,
      dueInDays: task["due-in-days"],
    };
  };
  const [reply, sleeper, comeback] = SIGNAL_KINDS.map(toTask);
  return {
    quietDays: shape["quiet-days"],
    freshDays: shape["fresh-days"],
    tasks: { reply: reply ?? null, sleeper: sleeper ?? null, comeback: comeback ?? null },
  };
}
