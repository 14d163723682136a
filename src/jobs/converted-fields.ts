/** Stops a run that would carry on what a system lost when a field was given another type, and has the field left out from then on. */
import { StopRun } from "../core/errors.ts";
import type { ObjectSchema } from "../core/model/record.ts";
import {
  beforeRetyping,
  type ConvertedField,
  conversionsBetween,
  convertedInWords,
  doubtedObjects,
  lostAlong,
  withoutConverted,
} from "../core/sync/converted-fields.ts";
import type { DecidedPerson } from "./decide-people.ts";
import {
  factsOverRelations,
  mappingFor,
  type RunFacts,
  type SyncDependencies,
  schemaKey,
} from "./sync-dependencies.ts";

/** Objects that a run has asked about: once is enough. */
const ASKED = new WeakMap<RunFacts["schemas"], Set<string>>();

/**
 * Asks for the schema of an object where values of it went in a way that no person does it. Throws StopRun where a field has another type than the run
 * knows; nothing has been stored of these people then, and they are decided by the next run, without the field.
 */
export async function assertNothingWasConverted(
  dependencies: SyncDependencies,
  facts: RunFacts,
  decided: readonly DecidedPerson[],
): Promise<void> {
  const people = decided.map(({ draft, decision }) => ({
    mapping: mappingFor(dependencies.mappings, decision.link.salesforceObject),
    records: draft.records,
    writes: decision.writes,
  }));
  const [along] = lostAlong(people, [...facts.schemas.values()], dependencies.mappings);
  if (along !== undefined)
    await leaveOut(dependencies, facts, facts.schemas.get(schemaKey(along.system, along.object)), [along.field]);
  const asked = ASKED.get(facts.schemas) ?? new Set<string>();
  ASKED.set(facts.schemas, asked);
  for (const { system, object } of doubtedObjects(people)) {
    const key = schemaKey(system, object);
    if (asked.has(key)) continue;
    asked.add(key);
    const known = facts.schemas.get(key);
    if (known !== undefined) await compare(dependencies, facts, known);
  }
}

async function compare(dependencies: SyncDependencies, facts: RunFacts, known: ObjectSchema): Promise<void> {
  const { clients, rulebook } = dependencies;
  const { system, object } = known;
  const now = await clients[system].describe(object, factsOverRelations(rulebook, system));
  const converted = conversionsBetween(beforeRetyping(known), now, dependencies.mappings);
  if (converted.length > 0) await leaveOut(dependencies, facts, now, [...(known.converted ?? []), ...converted]);
}

/** Stored at once, so that the next run knows of it. */
async function leaveOut(
  { store, memory, log, mappings }: SyncDependencies,
  facts: RunFacts,
  schema: ObjectSchema | undefined,
  converted: readonly ConvertedField[],
): Promise<void> {
  if (schema === undefined) return;
  const { system, object } = schema;
  const narrower = withoutConverted(schema, [...(schema.converted ?? []), ...converted], mappings);
  log.warn({ event: "schema.changed", system, object, fields: converted.map(({ name }) => name) });
  if (!facts.dry) {
    await store.saveSchema(narrower, facts.startedAt);
    memory.delete(`schema ${schemaKey(system, object)}`);
  }
  throw new StopRun(convertedInWords(narrower).join(" "));
}
