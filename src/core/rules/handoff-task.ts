/** Writes the task that a rep gets with a handoff: what to do, for whom, why, and by when. */
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { ScoreState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import { localText, type WorkingCalendar, workingDateAfter } from "./business-hours.ts";
import { fillTemplate } from "./fill-template.ts";
import { suppressedBy } from "./suppression.ts";

/** Salesforce, Object Reference, Task: Subject takes 255 characters, Description 32,000. */
const SUBJECT_LENGTH = 255;
const DESCRIPTION_LENGTH = 32_000;
const MOST_REASONS = 3;

/** The key of the one task of a handoff, in Salesforce too. */
export function handoffCause(link: string, epoch: number): string {
  return `mql:${link}:${epoch}`;
}

/**
 * The task of a handoff. Placeholders: {name} {company} {score} {band} {reasons} {next}, else the fact of that name; what is missing leaves no trace. It is
 * `suppressed`, and says so, when the person may not be contacted.
 */
export function writeHandoffTask(input: {
  readonly handoff: HandoffEntry;
  readonly name: string;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly rulebook: Rulebook;
  readonly calendar: WorkingCalendar;
  readonly because: string;
  readonly now: Instant;
}): TaskEntry {
  const { handoff, rulebook, calendar, facts, now } = input;
  const rules = rulebook.handoff;
  const values = placeholders(input);
  const fill = (template: string): string => fillTemplate(template, (name) => values[name] ?? facts[name] ?? null);
  const stopped = whyNoTask(rulebook, facts, now);
  const subject = fill(rules.task.subject.replace(/\s*\n\s*/g, " "));
  return {
    cause: handoffCause(handoff.link, handoff.epoch),
    link: handoff.link,
    epoch: handoff.epoch,
    purpose: "mql",
    state: stopped === null ? "due" : "suppressed",
    subject: shortened(subject === "" ? "New lead" : subject, SUBJECT_LENGTH),
    description: shortened(fill(rules.task.description), DESCRIPTION_LENGTH),
    priority: rules.task.priority,
    dueOn: workingDateAfter(now, rules.task.dueInDays, calendar),
    ownerEmail: handoff.ownerEmail,
    createdAt: now,
    notBefore: null,
    salesforceId: null,
    reason: stopped === null ? input.because : `not made: ${stopped}`,
    status: null,
    closedAt: null,
    closedByUs: false,
  };
}

/** Why nobody is asked to call: in the words of the rule that says so, else by the condition that holds. Null where the task may be made. */
function whyNoTask({ handoff, suppression }: Rulebook, facts: Facts, now: Instant): string | null {
  const { suppressWhen } = handoff;
  if (suppressWhen?.holds(facts, now) !== true) return null;
  return suppressedBy(suppression, "call", facts, now)?.because ?? `this holds: ${suppressWhen.source}`;
}

function placeholders(input: {
  readonly handoff: HandoffEntry;
  readonly name: string;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly calendar: WorkingCalendar;
}): Readonly<Record<string, string | null>> {
  const { handoff, score, facts, calendar } = input;
  return {
    name: input.name === "" ? (facts["email"] ?? null) : input.name,
    company: facts["company"] ?? null,
    score: score === null ? null : String(score.total),
    band: score?.band ?? null,
    reasons: score === null ? null : reasonsText(score),
    next: `Accept or reject by ${localText(handoff.deadline, calendar.timeZone)} (${calendar.timeZone})`,
  };
}

/** The strongest reasons with their points, as in "asked for a demo (+25); opened 3 e-mails (+9)". */
function reasonsText(score: ScoreState): string {
  return score.reasons
    .slice(0, MOST_REASONS)
    .map(({ text, points }) => `${text} (${points > 0 ? "+" : ""}${points})`)
    .join("; ");
}

/** Cut at whole characters, so that no half of an emoji is left. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
}
