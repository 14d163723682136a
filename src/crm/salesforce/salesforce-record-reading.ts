/** Reads records by id, by the value of a field or by its having one, following merges to the survivor. */
import type { CrmRecord } from "../../core/model/record.ts";
import type { CrmClient, ReadAnswer, ReadRequest } from "../../jobs/ports.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { SIZES } from "./salesforce-paths.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { fieldsToSelect, recordFrom } from "./salesforce-wire.ts";
import { inLists, isNotBlank, isOneOf, select } from "./soql.ts";

type FieldRequest = Parameters<CrmClient["readByField"]>[0];

/** A survivor can itself have been merged; a chain longer than this is left to the next run. */
const MERGE_HOPS = 5;

/**
 * Records by the id asked for, deleted and converted ones included. A merged record is found as its survivor, whose `mergedIds` names it. Ids of 15
 * characters are welcome. `missing`: Salesforce does not know the id, or hides the record from the integration user.
 */
export async function readByIds(calls: SalesforceCalls, request: ReadRequest): Promise<ReadAnswer> {
  const asked = new Map(request.ids.map((id) => [id, toEighteen(id)] as const));
  const known = new Map<string, CrmRecord>();
  let wanted = [...new Set([...asked.values()].filter((id) => id !== null))];
  for (let hop = 0; wanted.length > 0 && hop < MERGE_HOPS; hop += 1) {
    for (const record of await read(calls, { ...request, field: "Id", values: wanted, includeDeleted: true })) {
      known.set(record.ref.id, record);
    }
    wanted = mastersOf(known).filter((id) => !known.has(id));
  }
  const survivors = withMergedIds(known);
  const found = new Map<string, CrmRecord>();
  const missing: string[] = [];
  for (const [id, eighteen] of asked) {
    const record = eighteen === null ? undefined : survivors.get(eighteen);
    if (record === undefined) missing.push(id);
    else found.set(id, record);
  }
  return { found, missing };
}

/** Records whose field has one of the values; Salesforce compares e-mails without regard to case. Blank values find nothing. */
export function readByField(calls: SalesforceCalls, request: FieldRequest): Promise<readonly CrmRecord[]> {
  const usable = request.values.filter((value) => value.trim() !== "" && value.length <= SIZES.literal);
  const distinct = new Set(request.field === "Email" ? usable.map((value) => value.toLowerCase()) : usable);
  return read(calls, { ...request, values: [...distinct] });
}

/** Records whose field is not blank, in the order of their ids. */
export async function readWithValue(
  calls: SalesforceCalls,
  object: string,
  field: string,
  wanted: readonly string[],
): Promise<readonly CrmRecord[]> {
  const fields = fieldsToSelect(object, wanted);
  const [rows = []] = await readRows(calls, [{ object, fields, where: [isNotBlank(field)], includeDeleted: false }]);
  return rows.map((row) => recordFrom(object, wanted, row));
}

async function read(calls: SalesforceCalls, request: FieldRequest): Promise<readonly CrmRecord[]> {
  const { object, field, values, includeDeleted = false } = request;
  const fields = fieldsToSelect(object, request.fields);
  const room =
    SIZES.uriBytes -
    calls.paths.query(select({ object, fields, where: [], orderBy: ["Id"], limit: SIZES.page }), includeDeleted)
      .length -
    200;
  const selections = inLists(values, room).map((list) => ({
    object,
    fields,
    where: [isOneOf(field, list)],
    includeDeleted,
  }));
  const rows = await readRows(calls, selections);
  return rows.flatMap((list) => list.map((row) => recordFrom(object, request.fields, row)));
}

function mastersOf(records: ReadonlyMap<string, CrmRecord>): string[] {
  const masters = new Set<string>();
  for (const { fate } of records.values()) if (fate.kind === "merged") masters.add(fate.into);
  return [...masters];
}

/** Every id with the record it lives on in. A merged record whose survivor cannot be read stays as it is, its fate telling where it went. */
function withMergedIds(records: ReadonlyMap<string, CrmRecord>): ReadonlyMap<string, CrmRecord> {
  const survivorOf = new Map<string, string>();
  const merged = new Map<string, string[]>();
  for (const id of records.keys()) {
    const survivor = survivorId(records, id);
    survivorOf.set(id, survivor);
    if (survivor !== id) merged.set(survivor, [...(merged.get(survivor) ?? []), id]);
  }
  const answer = new Map<string, CrmRecord>();
  for (const [id, survivor] of survivorOf) {
    const record = records.get(survivor);
    if (record === undefined) continue;
    const mergedIds = merged.get(survivor);
    answer.set(id, mergedIds === undefined ? record : { ...record, mergedIds });
  }
  return answer;
}

function survivorId(records: ReadonlyMap<string, CrmRecord>, start: string): string {
  let id = start;
  for (let hop = 0; hop < MERGE_HOPS; hop += 1) {
    const fate = records.get(id)?.fate;
    if (fate?.kind !== "merged" || !records.has(fate.into)) return id;
    id = fate.into;
  }
  return id;
}
