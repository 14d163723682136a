/** Runs a parsed query over the org: filters, orders, cuts, and turns rows into what the API sends. */
import type { FieldDefinition, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { isHidden } from "./input-resolving.ts";
import { type OrgState, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { aggregateRows } from "./soql-aggregate.ts";
import { candidatesFor } from "./soql-candidates.ts";
import { type FieldPath, findField, parentOf, sentValue, valueAt } from "./soql-fields.ts";
import { comparable, compileCondition } from "./soql-filter.ts";
import { malformed, parseSoql, type SoqlOrder, type SoqlQuery, type SoqlSelection } from "./soql-parsing.ts";

/** A record as the API sends it. */
type SentRecord = Readonly<Record<string, unknown>>;

export interface QueryResult {
  readonly total: number;
  /** Rows are turned into JSON only when their page is asked for. */
  readonly rows: readonly StoredRecord[];
  readonly send: (row: StoredRecord) => SentRecord;
}

interface QueryOptions {
  /** `queryAll`: deleted and merged records too. */
  readonly includeDeleted: boolean;
  /** The API version in the path, for the URLs of records. */
  readonly version: string;
}

/** Runs SOQL as the integration user. Throws a SalesforceFault for what the vendor refuses. */
export function runSoql(state: OrgState, text: string, options: QueryOptions): QueryResult {
  const query = parseSoql(text);
  const object = state.catalog.object(query.object);
  if (object === undefined || object.abilities["queryable"] !== true || state.hidden.has(object.name))
    throw unknownType(query.object);
  const now = state.clock.now();
  if (query.countOnly) {
    const total = matchingRows(state, object, { ...query, orderBy: [] }, options, now).length;
    return { total, rows: [], send: () => ({}) };
  }
  const isAggregate = query.groupBy.length > 0 || query.selections.some((one) => isFunction(one));
  if (isAggregate) {
    const rows = matchingRows(state, object, { ...query, orderBy: [], limit: undefined, offset: 0 }, options, now);
    const sent = aggregateRows(state, object, query, rows, now);
    return { total: sent.length, rows: sent as unknown as StoredRecord[], send: (row) => row };
  }
  const send = projection(state, object, query, options.version, now);
  const rows = matchingRows(state, object, query, options, now);
  return { total: rows.length, rows, send };
}

function isFunction(selection: SoqlSelection): boolean {
  return selection.aggregate !== undefined && selection.aggregate !== "FIELDS";
}

/** The fault of an object the caller cannot see. */
function unknownType(name: string): SalesforceFault {
  return new SalesforceFault(
    "INVALID_TYPE",
    `\nSELECT Id FROM ${name}\n               ^\nERROR at Row:1:Column:16\nsObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

function matchingRows(
  state: OrgState,
  object: ObjectDefinition,
  query: SoqlQuery,
  options: QueryOptions,
  now: number,
): StoredRecord[] {
  const table = tableOf(state, object);
  const test = query.where === undefined ? () => true : compileCondition(state, object, query.where, now);
  const order = rowOrder(state, object, query.orderBy, now);
  const candidates = candidatesFor(table, object, query.where, query.orderBy, now);
  const enough = query.limit === undefined ? Number.POSITIVE_INFINITY : query.offset + query.limit;
  const rows: StoredRecord[] = [];
  for (const id of candidates.ids) {
    if (candidates.inOrder && rows.length >= enough) break;
    const record = table.visible(id, now);
    if (record === undefined || (record["IsDeleted"] === true && !options.includeDeleted)) continue;
    if (test(record)) rows.push(record);
  }
  if (!candidates.inOrder) rows.sort(order);
  return rows.slice(query.offset, enough);
}

/** Rows in the order asked for; equal ones, and all without ORDER BY, by id. Nulls come first unless NULLS LAST is written. */
function rowOrder(
  state: OrgState,
  object: ObjectDefinition,
  orders: readonly SoqlOrder[],
  now: number,
): (one: StoredRecord, other: StoredRecord) => number {
  const keys = orders.map((order) => {
    const path = findField(state, object, order.field);
    if (!path.field.sortable)
      throw new SalesforceFault("INVALID_FIELD", `field '${path.field.name}' can not be sorted in a query call`);
    const key = (record: StoredRecord): ReturnType<typeof comparable> =>
      comparable(path.field, valueAt(state, record, path, now));
    return { key, sign: order.descending ? -1 : 1, nullSign: order.nullsLast ? 1 : -1 };
  });
  return (one, other) => {
    for (const { key, sign, nullSign } of keys) {
      const left = key(one);
      const right = key(other);
      if (left === right) continue;
      if (left === null) return nullSign;
      if (right === null) return -nullSign;
      return left < right ? -sign : sign;
    }
    return String(one["Id"]) < String(other["Id"]) ? -1 : 1;
  };
}

function projection(
  state: OrgState,
  object: ObjectDefinition,
  query: SoqlQuery,
  version: string,
  now: number,
): (row: StoredRecord) => SentRecord {
  const names = new Set<string>();
  const paths: FieldPath[] = [];
  for (const path of query.selections.flatMap((one) => selectedPaths(state, object, one, query.limit))) {
    const name = [...path.hops.map((hop) => hop.name), path.field.name].join(".");
    if (names.has(name)) throw malformed(`duplicate field selected: ${path.field.name}`);
    names.add(name);
    paths.push(path);
  }
  return (row) => {
    const sent: Record<string, unknown> = { attributes: attributesOf(object, row, version) };
    for (const path of paths) {
      if (path.hops.length === 0) sent[path.field.name] = sentValue(object, row, path.field);
      else placeParent(state, sent, row, path, version, now);
    }
    return sent;
  };
}

function selectedPaths(
  state: OrgState,
  object: ObjectDefinition,
  selection: SoqlSelection,
  limit: number | undefined,
): FieldPath[] {
  if (selection.aggregate !== "FIELDS") return [findField(state, object, selection.field)];
  if (limit === undefined || limit > 200) {
    throw malformed("The SOQL FIELDS function must have a LIMIT of at most 200");
  }
  const group = selection.field.toUpperCase();
  return visibleFields(state, object)
    .filter((field) => group === "ALL" || field.custom === (group === "CUSTOM"))
    .map((field) => ({ hops: [], field }));
}

/** The fields of an object that field-level security lets the integration user see, in describe order. */
export function visibleFields(state: OrgState, object: ObjectDefinition): FieldDefinition[] {
  return [...object.fields.values()].filter((field) => !isHidden(state, object, field));
}

/** `attributes` of a record: its type and the address of its row. */
export function attributesOf(
  object: ObjectDefinition,
  record: StoredRecord,
  version: string,
): { readonly type: string; readonly url: string } {
  return { type: object.name, url: `/services/data/${version}/sobjects/${object.name}/${String(record["Id"])}` };
}

/** Writes a parent's field into nested objects; a missing parent is null at its first missing hop. */
function placeParent(
  state: OrgState,
  sent: Record<string, unknown>,
  row: StoredRecord,
  path: FieldPath,
  version: string,
  now: number,
): void {
  let target = sent;
  let record = row;
  for (const hop of path.hops) {
    const name = hop.relationshipName ?? hop.name;
    const parent = parentOf(state, record[hop.name] ?? null, now);
    if (parent === undefined) {
      target[name] ??= null;
      return;
    }
    target[name] ??= { attributes: attributesOf(parent.object, parent.record, version) };
    target = target[name] as Record<string, unknown>;
    record = parent.record;
  }
  target[path.field.name] = record[path.field.name] ?? null;
}
