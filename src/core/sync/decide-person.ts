/** Everything one run decides about one person: merged fields, score, stage, handoff, and the writes that follow from them. */
import type { StageEvent, TaskEntry } from "../model/ledger.ts";
import type { Link, ScoreState } from "../model/link.ts";
import type { Skip, Write } from "../model/plan.ts";
import type { Value } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import { decideStage, type StageDecision } from "../rules/decide-stage.ts";
import { lookedAtAgain } from "../rules/default-acceptance.ts";
import type { FollowUpPlan } from "../rules/follow-up-plan.ts";
import { planHandoff } from "../rules/plan-handoff.ts";
import { planSignals, signalNotices } from "../rules/plan-signals.ts";
import { salesFacts } from "../rules/sales-facts.ts";
import { isScoredAnew, scoreLead } from "../rules/score-lead.ts";
import { MEMBERSHIP_FACT, membershipEvents, membershipNow } from "../rules/segment-membership.ts";
import { withdrawnHandoffs } from "../rules/withdrawn-handoffs.ts";
import { archiveSurvivor, withoutArchive } from "./archive-survivor.ts";
import { fieldsToWrite, type OwnValue, type Unencodable, updateWrite } from "./build-writes.ts";
import { withContactSeen } from "./contact-left.ts";
import { createWrite, isFinal, ownerByReply, wantsCreate } from "./decide-create.ts";
import { decideFollowUps, factChange, silenceBefore } from "./decide-follow-ups.ts";
import { assignOwner, conflictEntries, holdUnencodable, notesAsConflicts, rejectEntries } from "./explain-decision.ts";
import { flagDeletion, withoutFlag } from "./flag-deletion.ts";
import { gatherFacts, personName, withCounts, withDerived } from "./gather-facts.ts";
import { type MergedPerson, mergePerson, singleValues } from "./merge-person.ts";
import { clearStageWrite, createdStages, ownValues, shownStages, stageInput } from "./own-values.ts";
import type { DecisionContext, PersonDecision, PersonInput } from "./person-decision.ts";
import { queueGround, withQueue } from "./queue-owner.ts";
import { withoutOldRefusals, withoutRefusedOwn } from "./refused-own.ts";
import { tightenAside } from "./share-objections.ts";
import { withChecks } from "./sight-fields.ts";

/** Decides one person. Pure: same input, same decision. */
export function decidePerson(input: PersonInput, context: DecisionContext): PersonDecision {
  const { link, hubspot, salesforce } = input;
  const { rulebook, now } = context;
  if (isFinal(link)) return nothingDecided(input, context);
  let merged = mergeSides(input, context);
  const gathered = gatherFacts(link.facts, merged.values, [
    { record: hubspot, sources: rulebook.facts.hubspot },
    { record: salesforce, sources: rulebook.facts.salesforce },
  ]);
  const known = withCounts(gathered, rulebook.counted, hubspot?.createdAt ?? link.firstSeenAt, now);
  const score = scoreOf(input, known, context);
  const sales = salesFacts(input.outcomes, context.salesClasses, now);
  const earlier = { ...withDerived(known, score, link.stage, input.tasks), ...sales };
  const silence = silenceBefore(input, context);
  const stage = decideStage({ ...stageInput(input, earlier, score, context), silence });
  const shown = { ...known, ...shownStages(input, stage, context) };
  const name = personName(link, shown);
  const stageEvents = numbered(link, input.stageEvents, stage, score);
  const derived = { ...withDerived(shown, score, stage.state, input.tasks), ...sales };
  const membership = membershipNow(rulebook.segments, link.facts, derived, now);
  const facts = withoutArchive(
    withoutFlag(membership === null ? withoutMembership(shown) : { ...shown, [MEMBERSHIP_FACT]: membership }),
  );
  const ground = {
    link: link.id,
    name,
    facts: derived,
    score,
    stage: stage.state,
    tasks: input.tasks,
    rulebook,
    owners: context.owners,
    currentOwnerEmail: ownerEmail(facts),
    given: context.given,
    work: context.work,
    now,
  };
  const queue = queueGround(input, ground.currentOwnerEmail, context);
  const handoff = planHandoff({ ...ground, ...queue, entered: stageEvents, handoffs: input.handoffs, silence });
  const signals = planSignals({ ...ground, ...signalGround(input), isHandedOver: handoff.handoff !== null });
  const newTasks = [...(handoff.task === null ? [] : [handoff.task]), ...signals];
  const followUps = decideFollowUps(
    input,
    { link, name, facts: derived, score, stage: stage.state, stageEvents, handoff, ownerEmail: ownerEmail(facts) },
    context,
  );
  const newOwner = followUps.newOwner ?? handoff.newOwner ?? ownerByReply(link, input, signals, ground);
  merged = assignOwner(merged, input, newOwner, context);
  const { followUpAt: _, ...kept } = link;
  const queued = withQueue(facts, input, followUps.handoffs, stage.state.epoch, context);
  const next: Link = {
    ...kept,
    version: link.version + 1,
    name,
    email: emailOf(facts) ?? link.email,
    fields: merged.fields,
    facts: queued.facts,
    score: lookedAtAgain(score, rulebook, stage.state, derived, now),
    stage: stage.state,
    ...(followUps.dueAt === null ? {} : { followUpAt: followUps.dueAt }),
  };
  const own = [
    ...ownValues(next, stage, input.outcomes, [...input.stageEvents, ...stageEvents], context),
    ...nextStep(followUps.emailStep, context),
    ...queued.own,
  ];
  const built = buildWrites(next, input, merged, withoutRefusedOwn(next, own), stage, derived, context);
  return {
    link: {
      ...next,
      facts: { ...queued.facts, ...createdStages(built.writes, context) },
      state: built.state,
      fields: fieldsAfter(next, input, merged, built, own),
    },
    writes: built.writes,
    conflicts: [...conflictEntries(next, merged, context), ...notesAsConflicts(next, stage, context)],
    rejects: rejectEntries(next, input, merged, built.unencodable, context),
    skips: [...built.skips, ...skipsOf(next, [...handoff.skips, ...suppressedWords(newTasks), ...leftOut(followUps)])],
    stageEvents,
    handoffs: followUps.handoffs,
    tasks: [...followUps.tasks, ...signals],
    cadenceRuns: followUps.runs,
    followUpEvents: [...followUps.events, ...membershipEvents(next, link.facts, now)],
    notices: [...followUps.notices, ...signalNotices(signals, now)],
    factChange: factChange(link.facts, queued.facts, link.version === 0),
    routed: handoff.routed ?? followUps.routed,
    lookAgainAt: null,
  };
}

function signalGround({ link, salesforce }: PersonInput): {
  readonly before: Facts | null;
  readonly isContact: boolean;
} {
  return { before: link.version === 0 ? null : link.facts, isContact: salesforce?.ref.object === "Contact" };
}

function withoutMembership(facts: Facts): Facts {
  const { [MEMBERSHIP_FACT]: _, ...others } = facts;
  return others;
}

function skipsOf({ id, name }: Link, reasons: readonly string[]): Skip[] {
  return reasons.map((reason) => ({ link: id, recordName: name, system: null, reason }));
}

/** What is not done, for the plan. */
function suppressedWords(tasks: readonly TaskEntry[]): string[] {
  return tasks
    .filter(({ state }) => state === "suppressed")
    .map(({ purpose, reason }) => `no task (${purpose}): ${reason}`);
}

/** Steps that did not reach the person, with the reason. */
function leftOut({ events }: FollowUpPlan): string[] {
  return events.filter(({ kind, text }) => kind === "skipped" || text.includes("left out")).map(({ text }) => text);
}

/** At most, the record that is left is told that the other one was deleted, or follows it, or is told what the person who goes on objects to. */
function nothingDecided(input: PersonInput, context: DecisionContext): PersonDecision {
  const handoffs = withdrawnHandoffs(input.link, input.handoffs, context.now);
  const none = { conflicts: [], rejects: [], skips: [], stageEvents: [], handoffs, tasks: [] };
  const followed = { cadenceRuns: [], followUpEvents: [], notices: [], factChange: null };
  const { followUpAt: _, ...kept } = input.link;
  const flagged = flagDeletion({ ...kept, version: kept.version + 1 }, input, context);
  const archived = archiveSurvivor(flagged.link, input);
  const record = input.salesforce ?? input.hubspot;
  const seen = withContactSeen(archived.link, input.hubspot);
  const { link, writes } = tightenAside(seen, input.mapping, record, input.objections, context);
  const all = [...flagged.writes, ...archived.writes, ...writes];
  return { ...none, ...followed, link, writes: all, routed: null, lookAgainAt: null };
}

function mergeSides(input: PersonInput, context: DecisionContext): MergedPerson {
  const { link, mapping, hubspot, salesforce } = input;
  if (hubspot !== null && salesforce !== null) {
    return mergePerson(link, mapping, hubspot, salesforce, {
      tieSide: context.rulebook.connector.tieSide,
      now: context.now,
      arrivals: input.arrivals,
    });
  }
  const only = hubspot ?? salesforce;
  const targets = pendingTargets(link);
  const values: Readonly<Record<string, Value>> =
    only === null ? {} : { ...singleValues(link, mapping, only), ...targets };
  return { fields: link.fields, targets, values, conflicts: [], unreadable: [] };
}

/** What was decided for somebody known to one side, and has not been seen to arrive. */
function pendingTargets(link: Link): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(link.fields).flatMap(([name, { register }]) =>
      register === undefined ? [] : [[name, register.target]],
    ),
  );
}

/** The e-mail step that HubSpot's workflows listen to. */
function nextStep(step: string | null | undefined, { ownFields }: DecisionContext): OwnValue[] {
  return step === undefined ? [] : [{ system: "hubspot", field: ownFields.nextStep, value: step, rule: "follow-up" }];
}

function scoreOf(input: PersonInput, facts: Facts, context: DecisionContext): ScoreState {
  const { link } = input;
  // Decay alone is the follow-up pass's business, so that a sync with nothing to do stays a sync that does nothing.
  if (link.score !== null && !input.rescore && !isScoredAnew(context.rulebook.scoring, link.facts, facts))
    return link.score;
  return scoreLead(context.rulebook.scoring, facts, context.now);
}

function ownerEmail(facts: Facts): string | null {
  return facts["hubspot_owner_id"] ?? null;
}

function emailOf(facts: Facts): string | null {
  return facts["email"]?.trim().toLowerCase() ?? null;
}

function numbered(
  link: Link,
  known: readonly StageEvent[],
  stage: StageDecision,
  score: ScoreState | null,
): StageEvent[] {
  const start = known.reduce((highest, event) => Math.max(highest, event.sequence), 0);
  return stage.events.map((event, index) => ({
    ...event,
    link: link.id,
    sequence: start + index + 1,
    score: event.score ?? score?.total ?? null,
    band: event.band ?? score?.band ?? null,
  }));
}

interface BuiltWrites {
  readonly writes: readonly Write[];
  readonly unencodable: readonly Unencodable[];
  readonly skips: readonly Skip[];
  readonly state: Link["state"];
}

function buildWrites(
  link: Link,
  input: PersonInput,
  merged: MergedPerson,
  own: readonly OwnValue[],
  stage: StageDecision,
  derived: Facts,
  context: DecisionContext,
): BuiltWrites {
  const writes: Write[] = [];
  const unencodable: Unencodable[] = [];
  const skips: Skip[] = [];
  const records = [input.salesforce, input.hubspot].filter((record) => record !== null);
  for (const record of records) {
    const { system, object } = record.ref;
    const side = fieldsToWrite(record, input.mapping, merged.targets, own, {
      mayWrite: (field) => context.mayWrite(system, object, field, "update"),
      holdsMoment: (field) => context.holdsMoment(system, object, field),
    });
    unencodable.push(...side.unencodable);
    if (Object.keys(side.fields).length > 0)
      writes.push(updateWrite(link, record, side, isFirstMeeting(input.link) ? "meet" : "fields"));
    if (system === "hubspot" && stage.hubspot.kind === "clear")
      writes.push(clearStageWrite(link, record, context.ownFields));
  }
  const missing = wantsCreate(link, input, derived, context.now);
  if (missing.kind === "skip")
    skips.push({ link: link.id, recordName: link.name, system: missing.system, reason: missing.reason });
  if (missing.kind === "create") {
    const created = createWrite(link, missing.system, input.mapping, merged.values, own, context);
    writes.push(created.write);
    unencodable.push(...created.unencodable);
  }
  const state = nextState(link, missing.kind === "create", records.length);
  return { writes, unencodable, skips, state };
}

function isFirstMeeting(before: Link): boolean {
  return Object.values(before.fields).every((state) => state.base === undefined);
}

/** What cannot be written waits; what is written to HubSpot is to be checked. */
function fieldsAfter(
  link: Link,
  input: PersonInput,
  merged: MergedPerson,
  built: BuiltWrites,
  own: readonly OwnValue[],
): Link["fields"] {
  const held = holdUnencodable(link.fields, input.link.fields, built.unencodable, merged.targets);
  const fields = withoutOldRefusals(held, own, input);
  const write = built.writes.find(
    (one) => one.system === "hubspot" && one.operation === "update" && one.purpose !== "clear-stage",
  );
  return write === undefined || input.hubspot === null
    ? fields
    : withChecks(fields, input.mapping, write, input.hubspot);
}

function nextState(link: Link, creates: boolean, sides: number): Link["state"] {
  if (creates) return "pending";
  if (sides === 2) return "linked";
  return link.state;
}
