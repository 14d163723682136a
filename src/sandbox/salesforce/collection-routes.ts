/** Serves /composite/sobjects: up to 200 records created, changed, upserted, read or deleted in one call, each with its own outcome. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, notFound, objectBody, pathObject, writeContext } from "./api-call.ts";
import type { ObjectDefinition } from "./field-definition.ts";
import { inTransaction, tableOf } from "./org-state.ts";
import { deleteRecord } from "./record-deleting.ts";
import { type ItemError, itemError, SalesforceFault } from "./salesforce-fault.ts";
import { normaliseId, requireId } from "./salesforce-id.ts";
import { createRecord, type RecordInput, updateRecord } from "./sobject-writing.ts";
import { findField, sentValue } from "./soql-fields.ts";
import { attributesOf } from "./soql-running.ts";
import { keyField, upsertRecord } from "./upsert-matching.ts";

interface ItemResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly ItemError[];
  readonly created?: boolean;
}

const recordLimit = 200;
const chunkLimit = 10;

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm */
export function serveCollection(call: ApiCall): SandboxResponse {
  const [, , type, keyName] = call.parts;
  const { method } = call.request;
  if (type === undefined) {
    if (method === "POST") return create(call);
    if (method === "PATCH") return update(call);
    if (method === "DELETE") return remove(call);
    throw notFound();
  }
  const object = pathObject(call, type);
  if (keyName !== undefined && method === "PATCH") return upsert(call, object, keyName);
  if (keyName === undefined && method === "POST") return retrieve(call, object, objectBody(call));
  if (keyName === undefined && method === "GET") return retrieve(call, object, fromQuery(call));
  throw notFound();
}

function create(call: ApiCall): SandboxResponse {
  const { records, allOrNone } = recordsOf(call);
  const context = writeContext(call);
  return outcomes(call, records, allOrNone, (record) => {
    const { object, values } = typed(call, record);
    return { id: createRecord(call.state, object, values, context), success: true, errors: [] };
  });
}

function update(call: ApiCall): SandboxResponse {
  const { records, allOrNone } = recordsOf(call);
  const context = writeContext(call);
  const seen = new Set<string>();
  return outcomes(call, records, allOrNone, (record) => {
    const { object, values, id: given } = typed(call, record);
    if (typeof given !== "string")
      throw new SalesforceFault("MISSING_ARGUMENT", "Id not specified in an update call", { fields: ["Id"] });
    const id = requireId(given);
    if (seen.has(id)) throw new SalesforceFault("DUPLICATE_VALUE", `Duplicate id in list: ${id}`);
    seen.add(id);
    updateRecord(call.state, object, id, values, context);
    return { id, success: true, errors: [] };
  });
}

function upsert(call: ApiCall, object: ObjectDefinition, keyName: string): SandboxResponse {
  const { records, allOrNone } = recordsOf(call);
  const context = writeContext(call);
  const field = keyField(call.state, object, keyName);
  if (field === undefined) {
    throw new SalesforceFault(
      "INVALID_FIELD",
      `Field name provided, ${keyName} does not match an External ID, Salesforce Id, or indexed field for ${object.name}`,
    );
  }
  const keyOf = (record: RecordInput): unknown =>
    Object.entries(record).find(([name]) => name.toLowerCase() === field.name.toLowerCase())?.[1];
  const counts = new Map<string, number>();
  for (const record of records) {
    const key = String(keyOf(record)).toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return outcomes(call, records, allOrNone, (record) => {
    const key = keyOf(record);
    if (key !== undefined && key !== null && (counts.get(String(key).toLowerCase()) ?? 0) > 1) {
      throw new SalesforceFault("DUPLICATE_VALUE", `Duplicate external id specified: ${String(key)}`, {
        fields: [field.name],
      });
    }
    const { object: itsObject, values } = typed(call, record);
    if (itsObject.name !== object.name)
      throw new SalesforceFault("INVALID_TYPE", `record of type ${itsObject.name} in an upsert of ${object.name}`);
    const input = Object.fromEntries(
      Object.entries(values).filter(([name]) => name.toLowerCase() !== field.name.toLowerCase()),
    );
    const { id, created } = upsertRecord(call.state, object, field, key, input, context);
    return { id, success: true, errors: [], created };
  });
}

function remove(call: ApiCall): SandboxResponse {
  const ids = (call.request.query.get("ids") ?? "").split(",").filter((id) => id !== "");
  requireCount(ids.length, recordLimit);
  const context = writeContext(call);
  const allOrNone = call.request.query.get("allOrNone")?.toLowerCase() === "true";
  return outcomes(call, ids, allOrNone, (given) => {
    const id = requireId(given);
    const object = call.state.catalog.objectOfId(id);
    if (object === undefined) throw new SalesforceFault("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
    deleteRecord(call.state, object, id, context);
    return { id, success: true, errors: [] };
  });
}

interface Retrieval {
  readonly ids?: unknown;
  readonly fields?: unknown;
}

function fromQuery(call: ApiCall): Retrieval {
  const list = (name: string): string[] => (call.request.query.get(name) ?? "").split(",");
  return { ids: list("ids"), fields: list("fields") };
}

/** Records in the order of the ids; null for those that are unknown, deleted or of another object. */
function retrieve(call: ApiCall, object: ObjectDefinition, body: Retrieval): SandboxResponse {
  const { ids, fields } = body;
  if (!Array.isArray(ids) || !Array.isArray(fields)) {
    throw new SalesforceFault("INVALID_INPUT", "ids and fields are required");
  }
  requireCount(ids.length, 2000);
  const now = call.state.clock.now();
  const paths = [...new Set(["Id", ...fields.map(String)])].map((name) => findField(call.state, object, name));
  const unique = [...new Map(paths.map((path) => [path.field.name, path])).values()];
  const table = tableOf(call.state, object);
  const records = ids.map((given) => {
    const id = normaliseId(String(given));
    const record = id === undefined ? undefined : table.visible(id, now);
    if (record === undefined || record["IsDeleted"] === true) return null;
    const sent: Record<string, unknown> = { attributes: attributesOf(object, record, call.version) };
    for (const { field } of unique) sent[field.name] = sentValue(object, record, field);
    return sent;
  });
  return json(200, records);
}

function recordsOf(call: ApiCall): { records: readonly RecordInput[]; allOrNone: boolean } {
  const { records, allOrNone } = objectBody(call);
  if (!Array.isArray(records) || records.some((record) => typeof record !== "object" || record === null))
    throw new SalesforceFault("JSON_PARSER_ERROR", "The records property must be a list of objects");
  requireCount(records.length, recordLimit);
  let chunks = 0;
  let previous: unknown;
  for (const record of records as { attributes?: { type?: unknown } }[]) {
    const type = record.attributes?.type;
    if (type !== previous) chunks += 1;
    previous = type;
  }
  if (chunks > chunkLimit) {
    throw new SalesforceFault(
      "LIMIT_EXCEEDED",
      `Cannot have more than ${chunkLimit} chunks in a single operation. Please rearrange the data to reduce chunking.`,
    );
  }
  return { records, allOrNone: allOrNone === true };
}

function requireCount(count: number, limit: number): void {
  if (count <= limit) return;
  throw new SalesforceFault(
    "EXCEEDED_ID_LIMIT",
    `record limit reached. cannot submit more than ${limit} records into this call`,
  );
}

function typed(call: ApiCall, record: RecordInput): { object: ObjectDefinition; values: RecordInput; id: unknown } {
  const { attributes, id, Id, ...values } = record as Record<string, unknown> & { attributes?: { type?: unknown } };
  const object = typeof attributes?.type === "string" ? call.state.catalog.object(attributes.type) : undefined;
  if (object === undefined) {
    throw new SalesforceFault("INVALID_TYPE", `sObject type '${String(attributes?.type)}' is not supported.`);
  }
  return { object, values, id: id ?? Id };
}

/** One result per item, in order. With allOrNone a single failure takes everything back. */
function outcomes<T>(
  call: ApiCall,
  items: readonly T[],
  allOrNone: boolean,
  work: (item: T) => ItemResult,
): SandboxResponse {
  let failed = false;
  const run = (): ItemResult[] =>
    items.map((item) => {
      try {
        return work(item);
      } catch (error) {
        failed = true;
        return { success: false, errors: [itemError(error)] };
      }
    });
  if (!allOrNone) return json(200, run());
  let results: ItemResult[] = [];
  try {
    inTransaction(call.state, () => {
      results = run();
      if (failed) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    results = results.map((result) => (result.success ? rolledBackItem : result));
  }
  return json(200, results);
}

class RolledBack extends Error {}

const rolledBackItem: ItemResult = {
  success: false,
  errors: [
    {
      statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
      message: "Record rolled back because not all records were valid and the request was using AllOrNone header",
      fields: [],
    },
  ],
};
