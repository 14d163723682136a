/** Shapes records and batches the way the API answers them. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import { formatInstant } from "./hubspot-instants.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
import type { HubSpotRefusal } from "./hubspot-refusals.ts";
import { readHistory, readValue } from "./record-values.ts";
import { derivedNames, type PreparedWrite } from "./record-writing.ts";

/** Properties that are in every read of a record, asked for or not. */
const alwaysRead: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: ["createdate", "hs_object_id", "lastmodifieddate"],
  tasks: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
};

/** Properties of a read that asks for none. */
const readByDefault: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: ["email", "firstname", "lastname"],
  tasks: [],
};

/** Values that HubSpot works out itself and puts into the answer of a write; recorded for contacts. */
const answeredOnCreate: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: [
    "createdate",
    "hs_all_contact_vids",
    "hs_is_contact",
    "hs_is_unworked",
    "hs_object_id",
    "hs_pipeline",
    "lastmodifieddate",
  ],
  tasks: [
    "hs_createdate",
    "hs_lastmodifieddate",
    "hs_object_id",
    "hs_object_source",
    "hs_object_source_id",
    "hs_task_completion_count",
    "hs_task_is_overdue",
  ],
};
const answeredOnUpdate: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: ["lastmodifieddate"],
  tasks: ["hs_lastmodifieddate"],
};

export type RecordAnswer = Record<string, unknown>;

/** Singular, upper-case name of a type, as error messages use it. */
export function singularName(type: ObjectType): string {
  return type === "contacts" ? "CONTACT" : "TASK";
}

/** A record with the properties asked for. Names that are no property are left out; a property that never had a value is null, a cleared one "" (recorded). */
export function readAnswer(
  account: HubSpotAccount,
  type: ObjectType,
  state: RecordState,
  properties: readonly string[],
  withHistory: readonly string[] = [],
): RecordAnswer {
  const now = account.clock.now();
  const asked = properties.length === 0 ? readByDefault[type] : properties;
  const names = [...new Set([...alwaysRead[type], ...asked])].filter(
    (name) => account.catalogue.get(type, name) !== undefined,
  );
  const values: Record<string, string | null> = {};
  for (const name of names.sort()) {
    values[name] = readValue(type, state, name, now) ?? (state.values[name] === undefined ? null : "");
  }
  const history: Record<string, unknown> = {};
  for (const name of withHistory) {
    if (account.catalogue.get(type, name) !== undefined) history[name] = readHistory(type, state, name, now);
  }
  return {
    id: state.id,
    properties: values,
    ...(withHistory.length === 0 ? {} : { propertiesWithHistory: history }),
    ...timesOf(state),
  };
}

/** A written record: only what was written and what HubSpot worked out because of it. `before` is undefined for a create. */
export function writeAnswer(
  account: HubSpotAccount,
  type: ObjectType,
  before: RecordState | undefined,
  after: RecordState,
  write: PreparedWrite,
): RecordAnswer {
  const now = account.clock.now();
  const computed = [
    ...(before === undefined ? answeredOnCreate[type] : answeredOnUpdate[type]),
    ...(type === "contacts" && (write.echo["email"] ?? "") !== "" ? ["hs_email_domain"] : []),
    ...derivedNames(before, after),
  ];
  const values: Record<string, string> = { ...write.echo };
  for (const name of computed) values[name] = readValue(type, after, name, now) ?? "";
  const sorted = Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { id: after.id, properties: sorted, ...timesOf(after) };
}

/** The body of a batch answer; `errors` make it the 207 kind. */
export function batchAnswer(
  account: HubSpotAccount,
  results: readonly RecordAnswer[],
  errors: readonly Record<string, unknown>[] = [],
): Record<string, unknown> {
  const now = account.clock.now();
  return {
    status: "COMPLETE",
    results: account.random.shuffle(results),
    ...(errors.length === 0 ? {} : { numErrors: errors.length, errors }),
    startedAt: formatInstant(now),
    completedAt: formatInstant(now + account.random.integer(20, 250)),
  };
}

/** One entry of a 207 answer's errors, with the trace id of the input it belongs to. */
export function batchError(refusal: HubSpotRefusal, traceId: string | undefined): Record<string, unknown> {
  const { context = {}, ...details } = refusal.details as { context?: Record<string, unknown> };
  return {
    status: "error",
    ...(refusal.category === undefined ? {} : { category: refusal.category }),
    message: refusal.message,
    ...details,
    context: { ...context, ...(traceId === undefined ? {} : { objectWriteTraceId: [traceId] }) },
  };
}

function timesOf(state: RecordState): RecordAnswer {
  return {
    createdAt: formatInstant(state.createdAt),
    updatedAt: formatInstant(state.modifiedAt),
    archived: state.archivedAt !== undefined,
    ...(state.archivedAt === undefined ? {} : { archivedAt: formatInstant(state.archivedAt) }),
  };
}
