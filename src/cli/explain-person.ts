/** Gathers everything that is known about one person, and finds out who wrote each value last and by which rule. */
import type { Loaded } from "../config/load-config.ts";
import type { CadenceRun, Channel, FollowUpEvent } from "../core/model/follow-up.ts";
import type {
  ConflictEntry,
  HandoffEntry,
  IntentEntry,
  OutcomeEntry,
  RejectEntry,
  StageEvent,
  TaskEntry,
} from "../core/model/ledger.ts";
import type { FieldState, Link, Origin } from "../core/model/link.ts";
import type { FieldMapping, ObjectMapping, SyncRule } from "../core/model/mapping.ts";
import type { NoticeEntry } from "../core/model/notice.ts";
import { type Instant, type RawValue, SYSTEMS, type System, type Value } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { membershipsOf } from "../core/rules/segment-membership.ts";
import { suppressionsOf } from "../core/rules/suppression.ts";
import { type NextThing, whatsNext } from "../core/rules/whats-next.ts";
import { whoseAndWhy } from "../core/rules/whose-and-why.ts";
import { archiveInWords } from "../core/sync/archive-survivor.ts";
import { flagInWords } from "../core/sync/flag-deletion.ts";
import { withDerived } from "../core/sync/gather-facts.ts";
import { boughtBy } from "../jobs/sales-classes.ts";
import type { Alias, StateStore } from "../jobs/state-port.ts";
import { mappingFor } from "../jobs/sync-dependencies.ts";

/** What LeadLoop last wrote to one side in a field. */
export interface LastWrite {
  readonly system: System;
  readonly at: Instant;
  readonly to: RawValue;
  readonly rule: string;
  readonly run: string;
}

export interface ExplainedField {
  readonly field: string;
  readonly hubspot: string;
  readonly salesforce: string;
  readonly rule: SyncRule;
  /** What both sides together say now; absent where neither was read yet. */
  readonly value?: Value;
  /** What both sides last agreed on; absent where they never did. */
  readonly base?: Value;
  /** The side that the value came from, and when it was entered there. */
  readonly origin: Origin | null;
  readonly lastWrite: LastWrite | null;
  /** A value on its way, and the sides that hold it already. */
  readonly pending: { readonly target: Value; readonly delivered: Readonly<Record<System, boolean>> } | null;
  readonly held: NonNullable<FieldState["held"]> | null;
}

/** A person as `explain --json` shows them. */
export interface ExplainedPerson {
  readonly person: Pick<
    Link,
    | "id"
    | "state"
    | "name"
    | "email"
    | "hubspotId"
    | "salesforceObject"
    | "salesforceId"
    | "firstSeenAt"
    | "seen"
    | "quarantine"
  >;
  /** Records that were merged or converted into the person's. */
  readonly formerly: readonly Pick<Alias, "system" | "oldId" | "cause">[];
  /** Why the person has no record in one of the systems, or is not paired; null where they are in both. */
  readonly absent: string | null;
  /** What became of the other record after a deletion; null where there is nothing to tell. */
  readonly deletion: string | null;
  readonly stage: Link["stage"];
  readonly stages: readonly StageEvent[];
  readonly score: Link["score"];
  readonly fields: readonly ExplainedField[];
  readonly facts: Link["facts"];
  readonly conflicts: readonly ConflictEntry[];
  readonly rejects: readonly RejectEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly handoffs: readonly HandoffEntry[];
  readonly opportunities: readonly OutcomeEntry[];
  /** The shown segments the person is in, and since when. */
  readonly segments: readonly { readonly segment: string; readonly since: Instant }[];
  /** What may not be done with the person, as of the last look. */
  readonly stops: readonly { readonly rule: string; readonly stops: readonly Channel[]; readonly because: string }[];
  /** Why the person is whose they are; null where nobody owns them. */
  readonly owner: { readonly email: string; readonly because: string } | null;
  /** Scores as they were shown to the systems, oldest first. */
  readonly scores: readonly { readonly at: Instant; readonly score: string; readonly band: string }[];
  /** What happens if nobody does anything, as of the last look. */
  readonly next: readonly NextThing[];
  /** `steps`: how many the cadence has; null where it is no longer there. */
  readonly cadences: readonly (CadenceRun & { readonly steps: number | null })[];
  readonly events: readonly FollowUpEvent[];
  readonly notices: readonly NoticeEntry[];
  /** Newest last. */
  readonly writes: readonly IntentEntry[];
}

/** Nothing is followed up for them, whatever was running. */
const OVER: ReadonlySet<Link["state"]> = new Set(["tombstoned", "superseded", "erased", "ambiguous"]);

/** Most conflicts and rejects of one person that are told. */
const MOST_ROWS = 100;

/** Reads the state alone. */
export async function explainPerson(store: StateStore, loaded: Loaded, link: Link): Promise<ExplainedPerson> {
  const ids = [link.id];
  const mapping = mappingFor(loaded.mappings, link.salesforceObject);
  const writes = await store.intentsOf(link.id);
  const [tasks, handoffs, cadences, events] = [
    await store.tasksOf(ids),
    await store.handoffsOf(ids),
    await store.cadenceRunsOf(ids),
    await store.followUpEventsOf(ids),
  ];
  const { rulebook, ownFields } = loaded;
  const lastLook = lastLookAt(link);
  const opportunities = await store.outcomesOf(ids);
  const bought = await boughtBy(store, opportunities, lastLook);
  const facts = { ...withDerived(link.facts, link.score, link.stage, tasks), ...bought };
  const owners = (await store.owners("salesforce"))?.owners ?? [];
  const ownerEmail = facts["hubspot_owner_id"] ?? null;
  const { score, stage: standing } = link;
  const ground = {
    facts,
    score,
    stage: standing,
    tasks,
    handoffs,
    runs: cadences,
    events,
    rulebook,
    owners,
    ownerEmail,
    inSalesforce: link.salesforceId !== null,
  };
  const { id, state, name, email, hubspotId, salesforceObject, salesforceId, firstSeenAt, seen, quarantine } = link;
  return {
    person: { id, state, name, email, hubspotId, salesforceObject, salesforceId, firstSeenAt, seen, quarantine },
    formerly: (await store.aliasesOf(link.id)).map(({ system, oldId, cause }) => ({ system, oldId, cause })),
    absent: whyAbsent(link, mapping, facts, lastLook),
    deletion: archiveInWords(link, mapping) ?? flagInWords(link),
    stage: link.stage,
    stages: await store.stageEventsOf(ids),
    score: link.score,
    fields: mapping.fields.map((field) => explainField(field, link, writes)),
    facts: link.facts,
    conflicts: await store.conflicts({ link: link.id, limit: MOST_ROWS }),
    rejects: await store.rejects({ link: link.id, limit: MOST_ROWS }),
    tasks,
    handoffs,
    opportunities,
    segments: [...membershipsOf(link.facts)].map(([segment, since]) => ({ segment, since })),
    stops: suppressionsOf(rulebook.suppression, facts, lastLook).map(({ name, stops, because }) => ({
      rule: name,
      stops,
      because,
    })),
    owner: whoseAndWhy({ ...ground, email: ownerEmail, routing: rulebook.routing, origin: ownerOrigin(mapping, link) }),
    scores: scoresOf(writes, ownFields),
    next: OVER.has(state) ? [] : whatsNext({ ...ground, now: lastLook }),
    cadences: cadences.map((run) => ({
      ...run,
      steps: rulebook.followUps.cadences.find(({ name }) => name === run.cadence)?.steps.length ?? null,
    })),
    events,
    notices: await store.noticesOf(ids),
    writes,
  };
}

function ownerOrigin(mapping: ObjectMapping, link: Link): Origin | null {
  const field = mapping.fields.find(({ name }) => name === "hubspot_owner_id");
  return field === undefined ? null : (link.fields[field.name]?.origin ?? null);
}

function whyAbsent(link: Link, mapping: ObjectMapping, facts: Facts, now: Instant): string | null {
  const { state, hubspotId, salesforceId, email } = link;
  if (state === "ambiguous")
    return "more than one record could be this person, so nothing is written for any of them; merge them, or give each an e-mail address of its own";
  if (state === "tombstoned")
    return "one of the two records was deleted, or merged into one of somebody who asked to be forgotten; nobody is made anew, and the other one is no longer kept in step";
  if (state !== "single" || (hubspotId !== null && salesforceId !== null)) return null;
  const system = salesforceId === null ? "salesforce" : "hubspot";
  const place = system === "salesforce" ? "Salesforce" : "HubSpot";
  if (!mapping.create.includes(system)) return `not in ${place}: mappings/ lets nobody be made there`;
  if (email === null) return `not in ${place}: without an e-mail address nobody could be recognised there`;
  const { include } = mapping;
  if (system === "salesforce" && include !== null && !include.holds(facts, now))
    return `not in ${place}: made there once this holds: ${include.source}`;
  return `not in ${place} yet: the next sync makes them there`;
}

function lastLookAt(link: Link): Instant {
  const looks = Object.values(link.seen).map(({ at }) => at);
  return looks.toSorted().at(-1) ?? link.firstSeenAt;
}

/** From what was written to HubSpot, where both fields are; a band that stayed is not written again. */
function scoresOf(writes: readonly IntentEntry[], { score, band }: Loaded["ownFields"]): ExplainedPerson["scores"] {
  let lastBand = "";
  return writes.flatMap(({ system, state, fields, sentAt }) => {
    const shown = fields[score.hubspot]?.to ?? null;
    if (system !== "hubspot" || state !== "written" || shown === null) return [];
    lastBand = String(fields[band.hubspot]?.to ?? lastBand);
    return [{ at: sentAt, score: String(shown), band: lastBand }];
  });
}

function explainField(field: FieldMapping, link: Link, writes: readonly IntentEntry[]): ExplainedField {
  const state = link.fields[field.name] ?? {};
  const value = link.facts[field.name];
  const { register } = state;
  return {
    field: field.name,
    hubspot: field.hubspot,
    salesforce: field.salesforce,
    rule: field.rule,
    ...(value === undefined ? {} : { value }),
    ...(state.base === undefined ? {} : { base: state.base }),
    origin: register?.origin ?? state.origin ?? null,
    lastWrite: lastWriteOf(field, writes),
    pending: register === undefined ? null : { target: register.target, delivered: register.delivered },
    held: state.held ?? null,
  };
}

function lastWriteOf(field: FieldMapping, writes: readonly IntentEntry[]): LastWrite | null {
  for (const intent of writes.toReversed()) {
    if (intent.state !== "written") continue;
    const system = SYSTEMS.find((side) => side === intent.system);
    const written = system === undefined ? undefined : intent.fields[field[system]];
    if (system === undefined || written === undefined) continue;
    return { system, at: intent.sentAt, to: written.to, rule: written.rule, run: intent.run };
  }
  return null;
}
