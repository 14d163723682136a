/** What a sync works with, and the facts about both systems that one run keeps in hand. */
import type { OwnerDirectory } from "../core/mapping/transform-options.ts";
import { type ObjectMapping, type OwnFields, optionalFields } from "../core/model/mapping.ts";
import type { ReadPass } from "../core/model/read-pass.ts";
import type { Instant, ObjectSchema, Owner, System } from "../core/model/record.ts";
import type { Rulebook } from "../core/model/rulebook.ts";
import type { SalesClasses } from "../core/rules/sales-facts.ts";
import type { HoldsMoment, MayWrite } from "../core/sync/person-decision.ts";
import type { Notifier } from "./notifier-port.ts";
import type { BulkJob, Clock, CrmClient, Log } from "./ports.ts";
import type { Cursor, DirtyMark, Lease, RunRow, StateStore } from "./state-port.ts";

export interface SyncDependencies {
  readonly connection: string;
  /** Who holds the lease, for messages. */
  readonly holder: string;
  readonly store: StateStore;
  readonly clients: Readonly<Record<System, CrmClient>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  readonly mappings: readonly ObjectMapping[];
  readonly rulebook: Rulebook;
  readonly ownFields: OwnFields;
  /** Hash of the effective configuration: a change re-reads the schemas. */
  readonly fingerprint: string;
  readonly newId: () => string;
  /** What runs of one process need not ask again: schemas, owners and accounts, by name. Empty at the start of a process. */
  readonly memory: Map<string, Remembered>;
  /** Tells the owner transform who is who, as soon as the owners are known. */
  readonly useOwners: (directory: OwnerDirectory) => void;
}

/** Something that was read, and when. */
export interface Remembered {
  readonly value: unknown;
  readonly readAt: Instant;
}

/** What stays the same during one run. */
export interface RunFacts {
  readonly run: string;
  /** The last instant at which the state knows of a run before this one; null when this is the first. */
  readonly knownUntil: Instant | null;
  readonly startedAt: Instant;
  /** How far each stream had been read when the run began. */
  readonly cursors: readonly Cursor[];
  /** The last runs, newest first, this one among them. */
  readonly recentRuns: readonly RunRow[];
  readonly lease: Lease;
  /** Nothing is stored and nothing is sent. */
  readonly dry: boolean;
  readonly accounts: Readonly<Record<System, string>>;
  readonly owners: Readonly<Record<System, readonly Owner[]>>;
  readonly schemas: ReadonlyMap<string, ObjectSchema>;
  /** Jobs of earlier runs that Salesforce may still be working on. */
  readonly bulkJobs: readonly BulkJob[];
  /** Reads of everybody that an earlier run has begun and not ended. */
  readonly readPasses: readonly ReadPass[];
  /** Schemas that show fields which they did not show before: these objects are read as a whole, and then the schema is stored. */
  readonly widened: readonly ObjectSchema[];
  /** Where the classes of customers begin; null where nothing was sold yet. */
  readonly salesClasses: SalesClasses | null;
  /** Who is in another class since today; stored with the others where the run is no dry one. */
  readonly reclassed: readonly DirtyMark[];
  readonly mayWrite: MayWrite;
  readonly holdsMoment: HoldsMoment;
  readonly deadline: Instant;
  /** Calls of the last 24 hours before this run, where a budget for the day is set. */
  readonly spentToday: Readonly<Record<System, number>> | null;
}

/** Runs that a run knows of; one that left more behind it has been away for long. */
export const MOST_RECENT_RUNS = 20;

export const HUBSPOT_CONTACTS = "contacts";
export const CONTACT = "Contact";
export const OPPORTUNITY = "Opportunity";
export const CONTACT_ROLE = "OpportunityContactRole";
export const TASK = "Task";

/** What a whole run of the sync is called. */
export const SYNC_JOB = "sync";

/** What a run about a few records that were told is called in `status`. */
export const CHANGES_JOB = "changes";

/** The Salesforce objects that hold people, in mapping order. */
export function personObjects(mappings: readonly ObjectMapping[]): string[] {
  return [...new Set(mappings.map((mapping) => mapping.salesforce))];
}

/** The mapping of a person whose Salesforce record is of this object; for one without a record, the mapping that may create one. */
export function mappingFor(mappings: readonly ObjectMapping[], salesforceObject: string | null): ObjectMapping {
  const found =
    salesforceObject === null
      ? mappings.find((mapping) => mapping.create.includes("salesforce"))
      : mappings.find((mapping) => mapping.salesforce === salesforceObject);
  const fallback = found ?? mappings[0];
  if (fallback === undefined) throw new Error("no mapping: load-config refuses an empty mappings folder");
  return fallback;
}

/** Asked for with every page and every person: the schemas of a run stand for the run. */
const FIELDS_OF_RUNS = new WeakMap<RunFacts["schemas"], Map<string, readonly string[]>>();

/** The fields that are read of an object: mapped ones, our own, and the facts that rules look at; only those the system shows. */
export function fieldsToRead(
  dependencies: SyncDependencies,
  facts: Pick<RunFacts, "schemas">,
  system: System,
  object: string,
): readonly string[] {
  const run = FIELDS_OF_RUNS.get(facts.schemas) ?? new Map<string, readonly string[]>();
  FIELDS_OF_RUNS.set(facts.schemas, run);
  const key = schemaKey(system, object);
  const fields = run.get(key) ?? findFieldsToRead(dependencies, facts, system, object);
  run.set(key, fields);
  return fields;
}

function findFieldsToRead(
  dependencies: SyncDependencies,
  facts: Pick<RunFacts, "schemas">,
  system: System,
  object: string,
): readonly string[] {
  const { mappings, ownFields, rulebook } = dependencies;
  const mapped = mappings
    .filter((mapping) => (system === "hubspot" ? mapping.hubspot : mapping.salesforce) === object)
    .flatMap((mapping) => mapping.fields.map((field) => field[system]));
  const own = [
    ownFields.key[system],
    ownFields.stage[system],
    ownFields.score[system],
    ownFields.band[system],
    ownFields.reasons[system],
    ...optionalFields(ownFields, system),
  ];
  const extra =
    system === "hubspot"
      ? [ownFields.outcome, ownFields.outcomeAt, ownFields.outcomeAmount, ownFields.recycleReason, ownFields.nextStep]
      : [ownFields.epoch];
  const wanted = [...mapped, ...own, ...extra, ...rulebook.facts[system].map((source) => source.field)];
  const schema = facts.schemas.get(schemaKey(system, object));
  const shown = schema === undefined ? null : new Set(schema.fields.map((field) => field.name));
  return [...new Set(wanted)].filter((name) => shown === null || shown.has(name)).sort();
}

/** The facts that are read over a relation, such as the name of a contact's account: a schema does not have them by itself. */
export function factsOverRelations({ facts }: Pick<Rulebook, "facts">, system: System): readonly string[] {
  return facts[system].map(({ field }) => field).filter((field) => field.includes("."));
}

export function schemaKey(system: System, object: string): string {
  return `${system}:${object}`;
}
