/** Pairs records by the key that LeadLoop once wrote on both of them, where the state does not know it: it was put back from a backup, or lost. */
import type { CrmRecord, System } from "../core/model/record.ts";
import { attachRecord, newLink, preferContact } from "../core/sync/pair-records.ts";
import { lookForTasks } from "./lost-tasks.ts";
import type { PeopleIndex } from "./people-index.ts";
import { emailOf, keyOf, mergedInto } from "./record-identity.ts";
import { HUBSPOT_CONTACTS, personObjects, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

/** What a key of ours can look like; anything else in the field was put there by somebody else. */
const OWN_KEY = /^[\w-]{8,64}$/;

type Sides = Record<System, CrmRecord[]>;

/**
 * Makes the link again, under its old id, of every two records that carry one key: whatever their addresses say, and so that tasks that were made for the
 * person are known by their causes. Records whose keys are known are left to others. `known`: what this run has read already. Asks the systems only for
 * the other halves of keys that nobody knows, so never in an ordinary run.
 */
export async function adoptKeys(
  dependencies: SyncDependencies,
  index: PeopleIndex,
  records: readonly CrmRecord[],
  known: Iterable<CrmRecord>,
  { startedAt, dry }: Pick<RunFacts, "startedAt" | "dry">,
): Promise<void> {
  const sides = new Map<string, Sides>();
  for (const record of records) {
    const key = unknownKey(dependencies, index, record);
    if (key === null || isTaken(index, record) || mergedInto(index, record) !== undefined) continue;
    sidesOf(sides, key)[record.ref.system].push(record);
  }
  if (sides.size === 0) return;
  if (!dry) await lookForTasks(dependencies.store, startedAt);
  for (const record of known) take(dependencies, sides, record);
  for (const system of ["salesforce", "hubspot"] as const) {
    const lacking = [...sides].flatMap(([key, found]) => (found[system].length === 0 ? [key] : []));
    for (const record of await readByKey(dependencies, system, lacking)) take(dependencies, sides, record);
    const ids = [...sides.values()].flatMap((found) => found[system].map(({ ref }) => ref.id));
    await index.loadRecords(system, ids);
  }
  for (const [key, found] of sides) {
    const [contact, ...doubles] = found.hubspot;
    const [person, ...others] = standing(found.salesforce);
    if (contact === undefined || person === undefined || doubles.length + others.length > 0) continue;
    if (isTaken(index, contact) || isTaken(index, person)) continue;
    const email = emailOf(dependencies, contact) ?? emailOf(dependencies, person);
    index.fresh.add(key);
    index.put(attachRecord(newLink(key, contact, email, "single", startedAt), person));
  }
}

/** The id of a new link for a record: the one it carries where nobody has it, so that no record is told another key and the other half finds it later. */
export function idFor(dependencies: SyncDependencies, index: PeopleIndex, record: CrmRecord): string {
  return unknownKey(dependencies, index, record) ?? dependencies.newId();
}

function unknownKey(dependencies: SyncDependencies, index: PeopleIndex, record: CrmRecord): string | null {
  const key = keyOf(dependencies, record);
  return key !== null && OWN_KEY.test(key) && index.get(key) === undefined ? key : null;
}

function isTaken(index: PeopleIndex, { ref }: CrmRecord): boolean {
  return index.byRecord(ref.system, ref.id) !== undefined;
}

function sidesOf(sides: Map<string, Sides>, key: string): Sides {
  const found = sides.get(key) ?? { hubspot: [], salesforce: [] };
  sides.set(key, found);
  return found;
}

/** Where none is live, one that became another record leads on to that one: without it the person would be made a second time. */
function standing(records: readonly CrmRecord[]): readonly CrmRecord[] {
  const live = records.filter(({ fate }) => fate.kind === "live");
  return live.length > 0 ? preferContact(live) : records;
}

function take(dependencies: SyncDependencies, sides: ReadonlyMap<string, Sides>, record: CrmRecord): void {
  const found = record.fate.kind === "deleted" ? undefined : sides.get(keyOf(dependencies, record) ?? "");
  const side = found?.[record.ref.system];
  if (side?.some(({ ref }) => ref.id === record.ref.id) === false) side.push(record);
}

async function readByKey(
  { clients, mappings, ownFields }: SyncDependencies,
  system: System,
  values: readonly string[],
): Promise<readonly CrmRecord[]> {
  if (values.length === 0) return [];
  const field = ownFields.key[system];
  const email = mappings.flatMap((mapping) => mapping.fields).find(({ name }) => name === "email")?.[system];
  const fields = [field, ...(email === undefined ? [] : [email])];
  const found: CrmRecord[] = [];
  for (const object of system === "hubspot" ? [HUBSPOT_CONTACTS] : personObjects(mappings)) {
    const includeDeleted = system === "salesforce";
    found.push(...(await clients[system].readByField({ object, field, values, fields, includeDeleted })));
  }
  return found;
}
