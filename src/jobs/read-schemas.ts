/** What both schemas allow, kept between runs, and what becomes of fields that are hidden and shown meanwhile. */

import type { CrmRecord, FieldSchema, Instant, ObjectSchema, System } from "../core/model/record.ts";
import { conversionsBetween, withoutConverted, withRetyped } from "../core/sync/converted-fields.ts";
import { hoursAgo, remember } from "./remember.ts";
import {
  factsOverRelations,
  fieldsToRead,
  HUBSPOT_CONTACTS,
  personObjects,
  type RunFacts,
  type SyncDependencies,
  schemaKey,
} from "./sync-dependencies.ts";

export async function readSchemas(
  dependencies: SyncDependencies,
  now: Instant,
  fresh: boolean,
): Promise<Pick<RunFacts, "schemas" | "widened">> {
  const { mappings, memory } = dependencies;
  const schemas = new Map<string, ObjectSchema>();
  const widened: ObjectSchema[] = [];
  const wanted: [System, string][] = [
    ["hubspot", HUBSPOT_CONTACTS],
    ...personObjects(mappings).map((object): [System, string] => ["salesforce", object]),
  ];
  for (const [system, object] of wanted) {
    const key = schemaKey(system, object);
    const read = await remember(dependencies, `schema ${key}`, fresh, () =>
      readSchema(dependencies, system, object, now, fresh),
    );
    schemas.set(key, read.schema);
    if (read.widened) widened.push(read.schema);
    // Asked again by the next run: what is widened is known only once everything behind it has been read.
    if (read.widened || read.hides) memory.delete(`schema ${key}`);
  }
  return { schemas, widened };
}

interface SchemaRead {
  readonly schema: ObjectSchema;
  readonly widened: boolean;
  /** A field that was hidden not long ago is still hidden. */
  readonly hides: boolean;
}

async function readSchema(
  dependencies: SyncDependencies,
  system: System,
  object: string,
  now: Instant,
  fresh: boolean,
): Promise<SchemaRead> {
  const { store, clients, rulebook, log, mappings } = dependencies;
  const stored = await store.schema(system, object);
  const since = hoursAgo(now, rulebook.connector.schemaMaxAgeHours);
  if (stored !== null && !fresh && stored.readAt > since)
    return { schema: stored.schema, widened: false, hides: false };
  const described = await clients[system].describe(object, factsOverRelations(rulebook, system));
  const schema = following(described, stored?.schema, mappings, { at: now, since });
  const present = new Set(schema.fields.map((field) => field.name));
  const missing = (stored?.schema.fields ?? []).filter((field) => !present.has(field.name)).map((field) => field.name);
  if (missing.length > 0) log.warn({ event: "schema.changed", system, object, fields: missing });
  if (stored !== null && showsMore(dependencies, system, object, stored.schema, schema))
    return { schema, widened: true, hides: false };
  const hides = await hidesStill(dependencies, schema, now);
  await store.saveSchema(schema, hides ? LONG_AGO : now);
  return { schema, widened: false, hides };
}

/**
 * What was known of fields goes on being known while they are hidden, so that one that comes back with another type is noticed; and so does, for as long as
 * schemas may be old, what a field was that has another type now.
 */
function following(
  described: ObjectSchema,
  stored: ObjectSchema | undefined,
  mappings: SyncDependencies["mappings"],
  times: Parameters<typeof withRetyped>[2],
): ObjectSchema {
  if (stored === undefined) return described;
  const known = { ...stored, fields: stored.earlier ?? [] };
  const converted = [...(stored.converted ?? []), ...conversionsBetween(known, described, mappings)];
  const present = new Set(described.fields.map(({ name }) => name));
  const left = new Set(converted.map(({ name }) => name));
  const earlier = [...known.fields, ...stored.fields].filter(({ name }) => !present.has(name) && !left.has(name));
  const schema = withRetyped(withoutConverted(described, converted, mappings), stored, times);
  return earlier.length === 0 ? schema : { ...schema, earlier };
}

/** Older than any schema may be: the next run asks the system again. */
const LONG_AGO: Instant = "1970-01-01T00:00:00.000Z";

/** What was hidden, and since when. Kept as a setting. */
interface Hidden {
  readonly fields: readonly string[];
  readonly since: Instant;
}

function hiddenName({ system, object }: Pick<ObjectSchema, "system" | "object">): string {
  return `hidden fields ${schemaKey(system, object)}`;
}

/** For as long as schemas may be old every run asks whether it is back; after that it is looked for as often as any new field. */
async function hidesStill({ store, rulebook }: SyncDependencies, schema: ObjectSchema, now: Instant): Promise<boolean> {
  const kept = await store.setting(hiddenName(schema));
  if (kept === null) return false;
  const { fields, since } = JSON.parse(kept) as Hidden;
  const present = new Set(schema.fields.map((field) => field.name));
  return since > hoursAgo(now, rulebook.connector.schemaMaxAgeHours) && fields.some((field) => !present.has(field));
}

/**
 * A Salesforce record came without a field that the schema has: it was hidden since the schema was read, and whoever edits it now is not seen. It is
 * struck from the schema before anything of this read is stored, so that its return is noticed and everybody is looked at again then.
 */
export async function noteHiddenFields(
  dependencies: SyncDependencies,
  facts: Pick<RunFacts, "dry" | "schemas" | "startedAt">,
  asked: readonly string[],
  record: CrmRecord,
): Promise<void> {
  const { system, object } = record.ref;
  const schema = facts.schemas.get(schemaKey(system, object));
  // HubSpot gives blank properties as it likes, and none that is hidden can be edited.
  if (system !== "salesforce" || schema === undefined || facts.dry) return;
  const hidden = asked.filter((field) => !field.includes(".") && !(field in record.fields));
  if (hidden.length === 0) return;
  const { store, memory } = dependencies;
  const isHidden = ({ name }: FieldSchema): boolean => hidden.includes(name);
  const earlier = [...(schema.earlier ?? []), ...schema.fields.filter(isHidden)];
  const narrower = { ...schema, earlier, fields: schema.fields.filter((field) => !isHidden(field)) };
  await store.saveSetting(
    hiddenName(schema),
    JSON.stringify({ fields: hidden, since: facts.startedAt } satisfies Hidden),
  );
  await store.saveSchema(narrower, LONG_AGO);
  memory.delete(`schema ${schemaKey(system, object)}`);
}

/** A field that is read is there (again), created or shown by an admin: no record has changed by that, so none would be looked at. */
function showsMore(
  dependencies: SyncDependencies,
  system: System,
  object: string,
  before: ObjectSchema,
  now: ObjectSchema,
): boolean {
  const fields = (schema: ObjectSchema): readonly string[] =>
    fieldsToRead(dependencies, { schemas: new Map([[schemaKey(system, object), schema]]) }, system, object);
  const known = new Set(fields(before));
  return fields(now).some((field) => !known.has(field));
}
