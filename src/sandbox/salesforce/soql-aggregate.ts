/** Works out COUNT, MIN, MAX, SUM and AVG over groups of rows. */
import type { FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { OrgState } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { type FieldPath, findField, valueAt } from "./soql-fields.ts";
import { comparable } from "./soql-filter.ts";
import { malformed, type SoqlQuery, type SoqlSelection } from "./soql-parsing.ts";

type AggregateRow = Readonly<Record<string, unknown>>;

/** One AggregateResult per group. Unnamed aggregates are called expr0, expr1, … in the order they are selected. */
export function aggregateRows(
  state: OrgState,
  object: ObjectDefinition,
  query: SoqlQuery,
  rows: readonly StoredRecord[],
  now: number,
): AggregateRow[] {
  const groupPaths = query.groupBy.map((name) => findField(state, object, name));
  requireGrouped(query);
  const groups = new Map<string, StoredRecord[]>();
  if (groupPaths.length === 0) groups.set("", [...rows]);
  for (const row of groupPaths.length === 0 ? [] : rows) {
    const key = JSON.stringify(groupPaths.map((path) => comparable(path.field, valueAt(state, row, path, now))));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  return [...groups.values()]
    .map((members) => resultOf(state, object, query.selections, members, now))
    .slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
}

function requireGrouped(query: SoqlQuery): void {
  const grouped = new Set(query.groupBy.map((name) => name.toLowerCase()));
  for (const selection of query.selections) {
    if (selection.aggregate !== undefined || grouped.has(selection.field.toLowerCase())) continue;
    throw malformed(`Field must be grouped or aggregated: ${selection.field}`);
  }
  if (query.orderBy.length > 0) throw malformed("ORDER BY with aggregates is not supported by the sandbox");
}

function resultOf(
  state: OrgState,
  object: ObjectDefinition,
  selections: readonly SoqlSelection[],
  members: readonly StoredRecord[],
  now: number,
): AggregateRow {
  const result: Record<string, unknown> = { attributes: { type: "AggregateResult" } };
  let unnamed = 0;
  for (const selection of selections) {
    const path = selection.field === "" ? undefined : findField(state, object, selection.field);
    const values = members.map((row) => (path === undefined ? row["Id"] : valueAt(state, row, path, now)) ?? null);
    if (selection.aggregate === undefined) {
      result[path?.field.name ?? selection.field] = values[0] ?? null;
      continue;
    }
    const name = selection.alias ?? `expr${unnamed++}`;
    result[name] = aggregate(selection.aggregate, values, path);
  }
  return result;
}

function aggregate(name: string, values: readonly FieldValue[], path: FieldPath | undefined): FieldValue {
  const filled = values.filter((value) => value !== null);
  const numbers = filled.filter((value) => typeof value === "number");
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (name) {
    case "COUNT":
      return filled.length;
    case "COUNT_DISTINCT":
      return new Set(path === undefined ? filled : filled.map((value) => comparable(path.field, value))).size;
    case "SUM":
      return numbers.length === 0 ? null : sum;
    case "AVG":
      return numbers.length === 0 ? null : sum / numbers.length;
    case "MIN":
      return filled.reduce<FieldValue>((least, value) => (least === null || value < least ? value : least), null);
    case "MAX":
      return filled.reduce<FieldValue>((most, value) => (most === null || value > most ? value : most), null);
    default:
      throw new SalesforceFault("MALFORMED_QUERY", `unknown aggregate ${name}`);
  }
}
