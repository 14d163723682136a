/** What LeadLoop itself keeps on both records: its key, the score with reasons, the stage and cycle, the outcome. */
import type { OutcomeEntry, StageEvent } from "../model/ledger.ts";
import type { Link, ScoreState } from "../model/link.ts";
import type { OwnFields } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import type { CrmRecord, Instant, RawValue, System } from "../model/record.ts";
import type { Facts, Lifecycle, Stage } from "../model/rulebook.ts";
import type { StageDecision, StageInput } from "../rules/decide-stage.ts";
import { membershipsOf } from "../rules/segment-membership.ts";
import { spellStage } from "../rules/stage-spelling.ts";
import type { OwnValue } from "./build-writes.ts";
import { liftedFlags } from "./flag-deletion.ts";
import { isKeyTaken, KEY } from "./key-taken.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";
import { newestEntry } from "./sight-fields.ts";

/** LeadLoop_Reasons__c is a text field of 255 characters. */
const REASONS_LENGTH = 255;

/** Facts that hold the stage as each record shows it. */
export const STAGE_FACT = { hubspot: "hubspot_stage", salesforce: "salesforce_stage" } as const;

export function stageText(value: RawValue): string {
  return value === null ? "" : String(value);
}

/** How a system spells a stage. */
export function stageName(lifecycle: Lifecycle, stage: Stage, system: System): string {
  return lifecycle.names.find((names) => names.stage === stage)?.[system] ?? stage;
}

/** Every value of our own that the two records of a person shall show now. Writes are made only where they differ. */
export function ownValues(
  link: Link,
  stage: StageDecision,
  outcomes: readonly OutcomeEntry[],
  entries: readonly StageEvent[],
  context: DecisionContext,
): OwnValue[] {
  const { ownFields } = context;
  const values: OwnValue[] = [];
  const put = (system: System, field: string, value: RawValue, rule: string): number =>
    values.push({ system, field, value, rule });
  for (const system of ["hubspot", "salesforce"] as const) {
    if (!isKeyTaken(link, system)) put(system, ownFields.key[system], link.id, KEY);
    if (link.score === null) continue;
    put(system, ownFields.score[system], scoreValue(link.score.total, system), "score");
    put(system, ownFields.band[system], link.score.band, "score");
    put(system, ownFields.reasons[system], reasonsText(link.score), "score");
  }
  if (stage.hubspot.kind === "set") put("hubspot", ownFields.stage.hubspot, stage.hubspot.value, "stage");
  if (stage.salesforce !== null) {
    put("salesforce", ownFields.stage.salesforce, stage.salesforce.stage, "stage");
    put("salesforce", ownFields.epoch, stage.salesforce.epoch, "stage");
  }
  if (ownFields.segments !== null) {
    const names = segmentsText(link.facts);
    for (const system of ["hubspot", "salesforce"] as const) put(system, ownFields.segments[system], names, "segments");
  }
  values.push(...liftedFlags(ownFields));
  for (const { stage: entered, at } of entries) {
    const fields = ownFields.entered[entered];
    if (fields === undefined || entries.some((other) => other.stage === entered && other.at > at)) continue;
    for (const system of ["hubspot", "salesforce"] as const)
      put(system, fields[system], wholeSecond(at), "stage entered");
  }
  const { state } = stage;
  if (state.stage === "recycled" || state.stage === "disqualified")
    put("hubspot", ownFields.recycleReason, state.reason, "outcome");
  const outcome = latestOutcome(outcomes);
  if (outcome !== null) values.push(...outcomeValues(outcome, ownFields));
  return values;
}

/** The stage as it is given to a record that is being created. */
export function stageForCreate(link: Link, system: System, context: DecisionContext): OwnValue[] {
  if (link.stage === null) return [];
  const value = stageName(context.rulebook.lifecycle, link.stage.stage, system);
  const values: OwnValue[] = [{ system, field: context.ownFields.stage[system], value, rule: "stage" }];
  if (system === "salesforce")
    values.push({ system, field: context.ownFields.epoch, value: link.stage.epoch, rule: "stage" });
  return values;
}

/** Salesforce keeps no fractions of a second: with them every read would look like somebody's change, and be written again. */
function wholeSecond(at: Instant): Instant {
  return `${at.slice(0, 19)}.000Z`;
}

function scoreValue(total: number, system: System): RawValue {
  return system === "hubspot" ? String(total) : total;
}

function reasonsText(score: ScoreState): string | null {
  const text = score.reasons
    .slice(0, 3)
    .map((reason) => reason.text)
    .join("; ");
  return text === "" ? null : text.slice(0, REASONS_LENGTH).trim();
}

/** The names of the shown segments, as many as the text field takes. */
function segmentsText(facts: Facts): string | null {
  let text = "";
  for (const name of membershipsOf(facts).keys()) {
    const longer = text === "" ? name : `${text};${name}`;
    if (longer.length <= REASONS_LENGTH) text = longer;
  }
  return text === "" ? null : text;
}

function latestOutcome(outcomes: readonly OutcomeEntry[]): OutcomeEntry | null {
  const closed = outcomes.filter((outcome) => outcome.closed);
  if (closed.length === 0) return null;
  return closed.reduce((a, b) =>
    b.stageAt > a.stageAt || (b.stageAt === a.stageAt && b.opportunityId > a.opportunityId) ? b : a,
  );
}

/** The amount as sales entered it, in its own currency: it stands beside the opportunity's and must not drift with the rates. */
function outcomeValues(outcome: OutcomeEntry, ownFields: DecisionContext["ownFields"]): OwnValue[] {
  const amount = outcome.counts ? outcome.amount : null;
  const values: (readonly [field: string, value: RawValue])[] = [
    [ownFields.outcome, outcomeText(outcome)],
    [ownFields.outcomeAt, wholeSecond(outcome.stageAt)],
    [ownFields.outcomeAmount, amount === null ? null : String(amount)],
  ];
  if (ownFields.outcomeCurrency !== null)
    values.push([ownFields.outcomeCurrency, amount === null ? null : outcome.currency]);
  return values.map(([field, value]) => ({ system: "hubspot", field, value, rule: "outcome" }));
}

function outcomeText(outcome: OutcomeEntry): string {
  if (outcome.won) return "won";
  return outcome.lostReason === null ? "lost" : `lost: ${outcome.lostReason}`;
}

/** What the stage rules see of the two records. */
export function stageInput(input: PersonInput, facts: Facts, score: ScoreState, context: DecisionContext): StageInput {
  const { hubspot, salesforce, link } = input;
  const { ownFields, rulebook, now } = context;
  return {
    state: link.stage,
    lifecycle: rulebook.lifecycle,
    scoring: rulebook.scoring,
    facts,
    score,
    hubspot: hubspotSighting(hubspot, ownFields),
    salesforce: salesforceSighting(salesforce, ownFields),
    outcomes: input.outcomes,
    createdAt: firstContact(facts, input, context),
    now,
  };
}

function firstContact(facts: Facts, input: PersonInput, context: DecisionContext): Instant {
  const named = context.rulebook.report.firstContact;
  const said = named === null ? null : (facts[named] ?? null);
  if (said !== null && !Number.isNaN(Date.parse(said))) return new Date(Date.parse(said)).toISOString();
  const created = [input.hubspot?.createdAt, input.salesforce?.createdAt].filter((at) => at !== undefined);
  return created.sort()[0] ?? input.link.firstSeenAt;
}

/** The stage as each record shows it once this decision is written, for the count of stages by system; "" for a blank. What is not written: `noteUnshown`. */
export function shownStages(input: PersonInput, stage: StageDecision, context: DecisionContext): Facts {
  const { ownFields } = context;
  const hubspot = stage.hubspot.kind === "set" ? stage.hubspot.value : input.hubspot?.fields[ownFields.stage.hubspot];
  const salesforce = stage.salesforce?.stage ?? input.salesforce?.fields[ownFields.stage.salesforce];
  return {
    ...(hubspot === undefined ? {} : { [STAGE_FACT.hubspot]: stageText(hubspot) }),
    ...(salesforce === undefined ? {} : { [STAGE_FACT.salesforce]: stageText(salesforce) }),
  };
}

/** The same for the records that these writes create. */
export function createdStages(writes: readonly Write[], context: DecisionContext): Facts {
  const shown = writes.flatMap(({ purpose, system, fields }): [string, string][] => {
    const stage = fields[context.ownFields.stage[system]]?.to;
    return purpose === "create" && typeof stage === "string" ? [[STAGE_FACT[system], stage]] : [];
  });
  return Object.fromEntries(shown);
}

function hubspotSighting(record: CrmRecord | null, ownFields: OwnFields): StageInput["hubspot"] {
  const value = record?.fields[ownFields.stage.hubspot];
  if (record === null || value === undefined) return null;
  const history = record.history?.[ownFields.stage.hubspot] ?? [];
  return { value, history, at: history[0]?.at ?? record.modifiedAt };
}

function salesforceSighting(record: CrmRecord | null, ownFields: OwnFields): StageInput["salesforce"] {
  const stage = record?.fields[ownFields.stage.salesforce];
  if (record === null || stage === undefined) return null;
  return { stage, epoch: record.fields[ownFields.epoch] ?? null, at: record.modifiedAt };
}

/** A stage cannot go back in HubSpot unless it is blank first: cleared in one call, set in a later one. */
export function clearStageWrite(link: Link, record: CrmRecord, ownFields: OwnFields): Write {
  const field = ownFields.stage.hubspot;
  return {
    key: `${link.id}:${link.version}:hubspot:clear`,
    link: link.id,
    recordName: link.name,
    system: "hubspot",
    object: record.ref.object,
    id: record.ref.id,
    operation: "update",
    fields: { [field]: { from: record.fields[field], to: null, rule: "stage" } },
    reason: `stage goes back, so it is cleared first (newest entry read ${newestEntry(record, field)})`,
    unique: null,
    ifUnmodifiedSince: null,
    step: 0,
    purpose: "clear-stage",
  };
}

/** What the run that clears a stage writes once the clear is seen: a plan shows it beside the clear. */
export function setAfterClear(clear: Write, link: Link, lifecycle: Lifecycle, ownFields: OwnFields): Write {
  const field = ownFields.stage.hubspot;
  const to = link.stage === null ? null : spellStage(lifecycle, link.stage.stage, "hubspot");
  return {
    ...clear,
    key: `${clear.key}:set`,
    fields: { [field]: { from: null, to, rule: "stage" } },
    reason: "stage: set once it was cleared",
    step: 1,
    purpose: "fields",
  };
}
