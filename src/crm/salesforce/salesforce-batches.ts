/** Groups writes into the requests Salesforce takes, and reads each request's answer row by row. */
import type { Write } from "../../core/model/plan.ts";
import type { RawValue } from "../../core/model/record.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import type { ExchangeRequest } from "./salesforce-exchange.ts";
import { type SalesforcePaths, SIZES } from "./salesforce-paths.ts";
import { type ApiError, apiErrors, collectionAnswer, compositeAnswer } from "./salesforce-wire.ts";
import { name, recordId } from "./soql.ts";

/**
 * How a write travels. `keyed`: a create that carries a unique key, so that a second try, or a first one that arrives late, is refused and changes nothing;
 * an upsert would set the created values once more, over what people have entered since. `insert` where no key exists; `update` without a condition;
 * `guarded`: one conditional update each, 25 to a Composite call, because a Collections request knows no conditions; `delete` into the recycle bin.
 */
type Route = "keyed" | "insert" | "update" | "guarded" | "delete";

const WORDS: Readonly<Record<Route, string>> = {
  keyed: "creates",
  insert: "creates",
  update: "updates",
  guarded: "conditional updates",
  delete: "deletes",
};

export interface Batch {
  readonly route: Route;
  /** In the order sent; answers come in the same order. */
  readonly writes: readonly Write[];
}

/** What Salesforce said of one row. */
export type RowAnswer =
  | { readonly ok: true; readonly id: string; readonly created: boolean }
  | { readonly ok: false; readonly status: number; readonly errors: readonly ApiError[] };

/**
 * Assignment rules would take over OwnerId on every API write unless told not to; duplicate rules shall refuse rather than be bypassed
 * (REST API Developer Guide, Assignment Rule Header and Duplicate Rule Header).
 */
const WRITE_HEADERS = { "Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=false" };

/** One Collections request may change its object type nine times (https://developer.salesforce.com, sObject Collections: at most 10 chunks). */
const TYPES_PER_COLLECTION = 10;

function routeOf(write: Write): Route {
  if (write.operation === "archive") return "delete";
  if (write.operation === "create") return write.unique === null ? "insert" : "keyed";
  return write.ifUnmodifiedSince === null ? "update" : "guarded";
}

/**
 * Rounds that have to follow one another: a record is at most once in a round, and step 0 comes before step 1. Inside a round, batches may be sent in
 * any order. `largest` makes batches smaller than Salesforce would take.
 */
export function roundsOf(writes: readonly Write[]): readonly (readonly Write[])[] {
  const rounds = new Map<number, Write[]>();
  const seen = new Map<string, number>();
  for (const write of writes.toSorted((a, b) => a.step - b.step)) {
    const record = recordKey(write);
    const round = record === null ? 0 : (seen.get(record) ?? 0);
    if (record !== null) seen.set(record, round + 1);
    const place = write.step * writes.length + round;
    const list = rounds.get(place);
    if (list === undefined) rounds.set(place, [write]);
    else list.push(write);
  }
  return [...rounds.entries()].toSorted(([a], [b]) => a - b).map(([, list]) => list);
}

/** Batches of one round, no larger than Salesforce takes and than `largest`. */
export function batchesOf(writes: readonly Write[], largest: number): readonly Batch[] {
  const groups = new Map<string, Write[]>();
  for (const write of writes) {
    const route = routeOf(write);
    // Creates of one object and one key go together: where an answer is lost, they are looked up together.
    const key = route === "keyed" ? `keyed ${write.object} ${write.unique?.field}` : route;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [write]);
    else group.push(write);
  }
  return [...groups.values()].flatMap((group) => chunked(group, largest));
}

function chunked(group: readonly Write[], largest: number): readonly Batch[] {
  const [first] = group;
  if (first === undefined) return [];
  const route = routeOf(first);
  const size = Math.min(largest, route === "guarded" ? SIZES.composite : SIZES.collection);
  const batches: Batch[] = [];
  let chunk: Write[] = [];
  let types = new Set<string>();
  for (const write of group.toSorted((a, b) => (a.object < b.object ? -1 : Number(a.object > b.object)))) {
    types.add(write.object);
    if (chunk.length >= size || types.size > TYPES_PER_COLLECTION) {
      batches.push({ route, writes: chunk });
      chunk = [];
      types = new Set([write.object]);
    }
    chunk.push(write);
  }
  batches.push({ route, writes: chunk });
  return batches;
}

/** The batch as a request. Throws StopRun for names or ids that can stand in no request. */
export function requestFor({ route, writes }: Batch, paths: SalesforcePaths): ExchangeRequest {
  const [first] = writes;
  const what = `a batch of ${writes.length} ${WORDS[route]} (${first?.object})`;
  const rest = { headers: { "content-type": "application/json", ...WRITE_HEADERS }, what, write: true };
  if (route === "guarded") {
    const compositeRequest = writes.map((write, index) => conditionalUpdate(write, index, paths));
    return {
      ...rest,
      method: "POST",
      path: paths.composite,
      body: JSON.stringify({ allOrNone: false, compositeRequest }),
    };
  }
  if (route === "delete") {
    const path = paths.deletion(writes.map(({ id }) => recordId(id ?? "")));
    return { what, write: true, method: "DELETE", path };
  }
  const body = JSON.stringify({ allOrNone: false, records: writes.map(recordOf) });
  return { ...rest, method: route === "update" ? "PATCH" : "POST", path: paths.collections, body };
}

/** One answer per write in the order of the batch; `undefined` where Salesforce gave none that can be understood: the row may be written or not. */
export function rowsFrom({ route, writes }: Batch, body: unknown): readonly (RowAnswer | undefined)[] {
  if (route === "guarded") return rowsOfComposite(writes, body);
  const parsed = collectionAnswer.safeParse(body);
  if (!parsed.success) return writes.map(() => undefined);
  return writes.map((write, index) => {
    const row = parsed.data[index];
    if (row === undefined) return undefined;
    const holder = row.success ? null : holderOfKey(write, row.errors);
    if (holder !== null) return { ok: true, id: holder, created: false };
    const id = row.success ? toEighteen(row.id ?? "") : null;
    if (id === null) return row.success ? undefined : { ok: false, status: 400, errors: row.errors };
    return { ok: true, id, created: row.created ?? write.operation === "create" };
  });
}

/** The record that has the key of this create already: an earlier try of it. Null where it was refused for something else. */
function holderOfKey({ operation, unique }: Write, errors: readonly ApiError[]): string | null {
  if (operation !== "create" || unique === null) return null;
  for (const { statusCode, message } of errors) {
    const [, field, id] =
      /duplicate value found: (\w+) duplicates value on record with id: (\w{15,18})/.exec(message) ?? [];
    if (statusCode === "DUPLICATE_VALUE" && field === unique.field && id !== undefined) return toEighteen(id);
  }
  return null;
}

function rowsOfComposite(writes: readonly Write[], body: unknown): readonly (RowAnswer | undefined)[] {
  const parsed = compositeAnswer.safeParse(body);
  if (!parsed.success) return writes.map(() => undefined);
  const parts = new Map(parsed.data.compositeResponse.map((part) => [part.referenceId, part]));
  return writes.map((write, index): RowAnswer | undefined => {
    const part = parts.get(reference(index));
    if (part === undefined) return undefined;
    if (part.httpStatusCode < 300) return { ok: true, id: recordId(write.id ?? ""), created: false };
    const errors = apiErrors.safeParse(part.body);
    return { ok: false, status: part.httpStatusCode, errors: errors.success ? errors.data : [] };
  });
}

function conditionalUpdate(write: Write, index: number, paths: SalesforcePaths): object {
  return {
    method: "PATCH",
    url: paths.record(name(write.object), recordId(write.id ?? "")),
    referenceId: reference(index),
    // HTTP dates have whole seconds, as Salesforce's LastModifiedDate does.
    httpHeaders: { ...WRITE_HEADERS, "If-Unmodified-Since": new Date(write.ifUnmodifiedSince ?? 0).toUTCString() },
    body: valuesOf(write),
  };
}

function recordOf(write: Write): object {
  return {
    attributes: { type: name(write.object) },
    ...(write.id === null ? {} : { id: recordId(write.id) }),
    ...valuesOf(write),
    ...(write.unique === null || write.operation === "update" ? {} : { [write.unique.field]: write.unique.value }),
  };
}

function valuesOf(write: Write): Record<string, RawValue> {
  const values: Record<string, RawValue> = {};
  for (const [field, { to }] of Object.entries(write.fields)) values[field] = to;
  return values;
}

function reference(index: number): string {
  return `write${index}`;
}

function recordKey({ object, id, unique }: Write): string | null {
  if (id !== null) return `${object} ${id}`;
  return unique === null ? null : `${object} ${unique.field} ${unique.value.toLowerCase()}`;
}
