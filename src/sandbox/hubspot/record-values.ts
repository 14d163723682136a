/** Reads the values of a record, those included that HubSpot works out itself, and adds versions to its history. */
import { formatInstant, parseInstant } from "./hubspot-instants.ts";
import type { HistoryEntry, ObjectType, RecordState, ValueVersion, Writer } from "./hubspot-model.ts";

/** Versions kept per contact property, the newest included; 20 for other objects. */
const VERSIONS_KEPT: Readonly<Record<ObjectType, number>> = { contacts: 45, tasks: 20 };

/** The writer of values that HubSpot works out itself. */
export const calculatedWriter: Writer = { sourceType: "CALCULATED", sourceId: "PropertyCalculation" };

type Computation = (state: RecordState, now: number) => string;

const common: Readonly<Record<string, Computation>> = {
  hs_object_id: (state) => state.id,
  hs_object_source: (state) => state.createdBy.sourceType,
  hs_object_source_id: (state) => state.createdBy.sourceId,
  hs_object_source_label: (state) => state.createdBy.sourceType,
};

const computations: Readonly<Record<ObjectType, Readonly<Record<string, Computation>>>> = {
  contacts: {
    ...common,
    createdate: (state) => formatInstant(state.createdAt),
    lastmodifieddate: (state) => formatInstant(state.modifiedAt),
    hs_email_domain: (state) => (state.values["email"]?.value ?? "").split("@")[1] ?? "",
    hs_is_contact: () => "true",
    hs_is_unworked: (state) => ((state.values["notes_last_contacted"]?.value ?? "") === "" ? "true" : "false"),
    hs_pipeline: () => "contacts-lifecycle-pipeline",
    hs_additional_emails: (state) => state.additionalEmails.join(";"),
    hs_all_contact_vids: (state) => [state.id, ...state.mergedRecords.map((merged) => merged.id)].join(";"),
    hs_merged_object_ids: (state) => state.mergedRecords.map((merged) => merged.id).join(";"),
    hs_calculated_merged_vids: (state) => state.mergedRecords.map((merged) => `${merged.id}:${merged.at}`).join(";"),
  },
  tasks: {
    ...common,
    hs_createdate: (state) => formatInstant(state.createdAt),
    hs_lastmodifieddate: (state) => formatInstant(state.modifiedAt),
    hs_task_is_overdue: (state, now) => String(isOverdue(state, now)),
    hs_task_completion_count: (state) => (state.values["hs_task_status"]?.value === "COMPLETED" ? "1" : "0"),
  },
};

/** The names of the values HubSpot works out itself and nobody writes. */
export const computedNames: Readonly<Record<ObjectType, ReadonlySet<string>>> = {
  contacts: new Set(Object.keys(computations.contacts)),
  tasks: new Set(Object.keys(computations.tasks)),
};

/** The value of a property now; null when it has none. */
export function readValue(type: ObjectType, state: RecordState, name: string, now: number): string | null {
  const compute = computations[type][name];
  const value = compute === undefined ? state.values[name]?.value : compute(state, now);
  return value === undefined || value === "" ? null : value;
}

/** The versions of a property, newest first. */
export function readHistory(type: ObjectType, state: RecordState, name: string, now: number): readonly HistoryEntry[] {
  if (computations[type][name] !== undefined) {
    const value = readValue(type, state, name, now);
    return value === null ? [] : [entry({ value, at: state.modifiedAt, by: calculatedWriter, older: undefined })];
  }
  const entries: HistoryEntry[] = [];
  for (let version = state.values[name]; version !== undefined; version = version.older) entries.push(entry(version));
  return entries;
}

/**
 * The values with `changes` written at `at`. A value that does not differ adds no version.
 * `times` gives single properties another time than `at`.
 */
export function withChanges(
  type: ObjectType,
  values: Readonly<Record<string, ValueVersion>>,
  changes: Readonly<Record<string, string>>,
  by: Writer,
  at: number,
  times: Readonly<Record<string, number>> = {},
): Readonly<Record<string, ValueVersion>> {
  const next: Record<string, ValueVersion> = { ...values };
  for (const [name, value] of Object.entries(changes)) {
    const newest = next[name];
    if ((newest?.value ?? "") === value) continue;
    next[name] = { value, at: times[name] ?? at, by, older: keep(newest, VERSIONS_KEPT[type] - 1) };
  }
  return next;
}

/** The newest `count` versions; a chain that is short enough is shared and not copied. */
function keep(newest: ValueVersion | undefined, count: number): ValueVersion | undefined {
  let length = 0;
  for (let version = newest; version !== undefined; version = version.older) length += 1;
  return length <= count ? newest : copied(newest, count);
}

function copied(version: ValueVersion | undefined, count: number): ValueVersion | undefined {
  if (version === undefined || count === 0) return undefined;
  return { ...version, older: copied(version.older, count - 1) };
}

function entry(version: ValueVersion): HistoryEntry {
  const user = /^userId:(\d+)$/.exec(version.by.sourceId)?.[1];
  return {
    value: version.value,
    timestamp: formatInstant(version.at),
    sourceType: version.by.sourceType,
    sourceId: version.by.sourceId,
    updatedByUserId: user === undefined ? null : Number(user),
  };
}

function isOverdue(state: RecordState, now: number): boolean {
  const due = parseInstant(state.values["hs_timestamp"]?.value ?? "");
  return due !== undefined && due < now && state.values["hs_task_status"]?.value !== "COMPLETED";
}
