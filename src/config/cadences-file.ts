/** The shape of config/cadences.yml: who is touched when, by which means, and what ends it. */
import * as z from "zod";
import { type CadenceStep, CHANNELS, type StepDelay } from "../core/model/follow-up.ts";
import type { Anchor, Cadence, FollowUps } from "../core/model/rulebook.ts";
import { STAGES } from "../core/model/rulebook.ts";
import { TASK_WORDS } from "../core/rules/task-words.ts";
import { choice, condition, emailAddress, fieldName, kebabName, text, whole } from "./file-shapes.ts";
import { writeInstead } from "./nearest-name.ts";
import type { RuleChecks } from "./rule-checks.ts";
import type { Path } from "./yaml-position.ts";

const PRIORITIES = ["High", "Normal", "Low"] as const;
const priority = (usual: (typeof PRIORITIES)[number]) =>
  choice(PRIORITIES, "a priority of a Salesforce task").default(usual);
const count = (unit: string) => whole(0, 3650, unit).optional();

const stepShape = z.strictObject({
  name: kebabName("first-call"),
  day: count("days").describe("Days after the anchor; or one of the following four."),
  "business-day": count("days").describe("Working days after the anchor."),
  month: count("months").describe("Months after the anchor."),
  after: count("days").describe("Days after the step before."),
  "after-business-days": count("days").describe("Working days after the step before."),
  by: choice(CHANNELS, "a channel").describe("email: HubSpot sends it; the others are tasks."),
  subject: text('"Call {{ name }}"').optional().describe("The task's subject."),
  text: text('"{{ reasons }}"').optional().describe("The task's comment."),
  priority: priority("Normal"),
});

const cadenceShape = z.strictObject({
  name: kebabName("nurture"),
  label: text("Nurture after a conversion"),
  from: z
    .strictObject({
      fact: fieldName("recent_conversion_date").optional(),
      stage: choice(STAGES, "a stage").optional(),
      cadence: kebabName("onboarding").optional(),
    })
    .describe("Day 0: an instant among the facts, the entry into a stage, or the end of another cadence."),
  include: condition().describe("Who may be in it; whoever it no longer holds for jumps out."),
  leave: z
    .array(
      z.strictObject({
        when: condition().optional(),
        since: fieldName("hs_email_last_reply_date").optional(),
        because: text("replied"),
      }),
    )
    .default([])
    .describe("What ends it early: a condition (when), or an instant later than its start (since)."),
  owner: emailAddress().optional().describe("Whose e-mail address: they get its tasks where the person has no owner."),
  "max-age-days": whole(0, 3650, "days").default(7).describe("An anchor older than this, when first seen, is history."),
  steps: z.array(stepShape).min(1, { error: "is empty; write at least one step" }),
  next: kebabName("referral").optional().describe("The cadence that begins when this one has come to its end."),
});

export const cadencesShape = z.strictObject({
  cadences: z.array(cadenceShape).default([]),
  "contact-logged": fieldName("last_contacted")
    .optional()
    .describe("The fact that says when somebody last had real contact with the person."),
  retry: z
    .strictObject({
      subject: text('"Call {{ name }}"'),
      text: text('"{{ stage_reason }}"'),
      priority: priority("High"),
    })
    .optional()
    .describe("The task on the date that the buyer named."),
});

type CadencesFile = z.infer<typeof cadencesShape>;
type CadenceLine = CadencesFile["cadences"][number];
type StepLine = CadenceLine["steps"][number];

export function toFollowUps(shape: CadencesFile, checks: RuleChecks): FollowUps {
  checks.distinct(
    shape.cadences.map(({ name }, index) => ({ path: ["cadences", index, "name"], name })),
    "a cadence",
  );
  checkChains(shape.cadences, checks);
  const cadences = shape.cadences.map((line, index) => toCadence(line, ["cadences", index], shape.cadences, checks));
  const { retry, "contact-logged": contactLogged } = shape;
  return {
    cadences,
    contactLogged:
      contactLogged === undefined ? null : checks.fact(["contact-logged"], contactLogged, ["datetime", "date"]),
    retry:
      retry === undefined
        ? null
        : {
            subject: checks.liquid(["retry", "subject"], retry.subject, TASK_WORDS),
            text: checks.liquid(["retry", "text"], retry.text, TASK_WORDS),
            priority: retry.priority,
          },
  };
}

function toCadence(line: CadenceLine, path: Path, all: readonly CadenceLine[], checks: RuleChecks): Cadence {
  checks.distinct(
    line.steps.map(({ name }, index) => ({ path: [...path, "steps", index, "name"], name })),
    "a step",
  );
  checkOrder(line, path, checks);
  return {
    name: line.name,
    label: line.label,
    anchor: toAnchor(line, path, all, checks),
    include: checks.condition([...path, "include"], line.include),
    leave: line.leave.map(({ when, since, because }, index) => {
      const place = [...path, "leave", index];
      if ((when === undefined) === (since === undefined) && checks.isSure(place, ["when", "since"]))
        checks.issue(place, "needs one of when (a condition) and since (a fact that is an instant)");
      return {
        when: checks.optionalCondition([...place, "when"], when),
        since: since === undefined ? null : checks.fact([...place, "since"], since, ["datetime"]),
        because,
      };
    }),
    steps: line.steps.map((step, index) => toStep(step, [...path, "steps", index], checks)),
    next: line.next ?? null,
    owner: line.owner ?? null,
    maxAgeDays: line["max-age-days"],
  };
}

function toAnchor(
  { name: own, from }: CadenceLine,
  path: Path,
  all: readonly CadenceLine[],
  checks: RuleChecks,
): Anchor {
  const place = [...path, "from"];
  const { fact, stage, cadence } = from;
  const isSure = checks.isSure(place, ["fact", "stage", "cadence"]);
  if (isSure && [fact, stage, cadence].filter((one) => one !== undefined).length !== 1)
    checks.issue(place, "needs one of fact, stage and cadence, such as { fact: recent_conversion_date }");
  if (stage !== undefined) return { kind: "stage", stage };
  if (fact !== undefined) return { kind: "fact", fact: checks.fact([...place, "fact"], fact, ["date", "datetime"]) };
  const before = all.find(({ name }) => name === cadence);
  if (before?.name === own) checks.issue([...place, "cadence"], `${own} would wait for its own end; name another one`);
  if (cadence !== undefined && before === undefined && checks.areAllKnown(["cadences"], all.length, "name")) {
    const names = all.map(({ name }) => name);
    checks.issue([...place, "cadence"], `there is no cadence ${cadence}; ${writeInstead(cadence, names, "add it")}`);
  }
  return { kind: "cadence" };
}

const DELAYS = ["day", "business-day", "month", "after", "after-business-days"] as const;

function toStep(step: StepLine, path: Path, checks: RuleChecks): CadenceStep {
  const given = DELAYS.filter((key) => step[key] !== undefined);
  if (given.length !== 1 && checks.isSure(path, DELAYS))
    checks.issue(
      path,
      `needs one of ${DELAYS.join(", ")}, such as day: 3 (from the start) or after: 1 (from the step before)`,
    );
  const isSure = checks.isSure(path, ["by", "subject", "text"]);
  if (isSure && step.by === "email" && (step.subject !== undefined || step.text !== undefined))
    checks.issue(path, "an e-mail's words are in HubSpot; remove subject and text here");
  if (isSure && step.by !== "email" && step.subject === undefined)
    checks.issue(path, 'a task has a subject; write subject: "Call {{ name }}"');
  const template = (key: "subject" | "text") =>
    step[key] === undefined ? null : checks.liquid([...path, key], step[key], TASK_WORDS);
  return {
    name: step.name,
    delay: delayOf(step),
    channel: step.by,
    subject: template("subject"),
    text: template("text"),
    priority: step.priority,
  };
}

function delayOf(step: StepLine): StepDelay {
  if (step.month !== undefined) return { from: "anchor", unit: "months", count: step.month };
  if (step["business-day"] !== undefined) return { from: "anchor", unit: "business-days", count: step["business-day"] };
  if (step.day !== undefined) return { from: "anchor", unit: "days", count: step.day };
  if (step.after !== undefined) return { from: "step", unit: "days", count: step.after };
  return { from: "step", unit: "business-days", count: step["after-business-days"] ?? 0 };
}

/** A step that counts from the start must not lie before the one above it: it could never be taken in order. */
function checkOrder({ steps }: CadenceLine, path: Path, checks: RuleChecks): void {
  let reached = 0;
  steps.forEach((step, index) => {
    // A step whose day is not known says nothing about those around it.
    if (!checks.isSure([...path, "steps", index], DELAYS)) return;
    const { from, unit, count: days } = delayOf(step);
    const at = (unit === "months" ? 30 : 1) * days;
    if (from === "step") reached += at;
    else if (at < reached) {
      checks.issue(
        [...path, "steps", index],
        `${checks.isOwn([...path, "steps", index, "name"]) ? step.name : "this"} would be due on day ${at}, before the step above it (day ${reached}); put it further up, or write a later day`,
      );
    } else reached = at;
  });
}

/** Cadences that lead into each other would go on for ever. */
function checkChains(cadences: readonly CadenceLine[], checks: RuleChecks): void {
  const names = cadences.map(({ name }) => name);
  const isComplete = checks.areAllKnown(["cadences"], names.length, "name");
  cadences.forEach(({ name, next }, index) => {
    if (next === undefined) return;
    if (!names.includes(next)) {
      if (!isComplete) return;
      const advice = writeInstead(next, names, "add it, or remove this line");
      checks.issue(["cadences", index, "next"], `there is no cadence ${next}; ${advice}`);
      return;
    }
    const way = wayFrom(name, cadences);
    if (way.at(-1) === name)
      checks.issue(
        ["cadences", index, "next"],
        `${way.join(" leads to ")}: it would never end; remove one of the \`next\` lines`,
      );
  });
}

/** The cadences that follow each other, up to the first that comes again. */
function wayFrom(start: string, cadences: readonly CadenceLine[]): readonly string[] {
  const way = [start];
  for (;;) {
    const next = cadences.find(({ name }) => name === way.at(-1))?.next;
    if (next === undefined) return way;
    const isLoop = way.includes(next);
    way.push(next);
    if (isLoop) return way;
  }
}
