/** Picks the rows a query has to look at, by an index or the change log, so that large tables stay quick. */
import type { ObjectDefinition } from "./field-definition.ts";
import type { RecordTable } from "./record-table.ts";
import { normaliseId } from "./salesforce-id.ts";
import type { SoqlComparison, SoqlCondition, SoqlOrder } from "./soql-parsing.ts";
import { parseDateTime } from "./vendor-time.ts";

export interface Candidates {
  readonly ids: Iterable<string>;
  /** True when `ids` come in the order the query asks for, so that reading may stop at its limit. */
  readonly inOrder: boolean;
}

/** Ids of all rows that can match, and maybe more. Rows with a pending version are always among them. */
export function candidatesFor(
  table: RecordTable,
  object: ObjectDefinition,
  where: SoqlCondition | undefined,
  orderBy: readonly SoqlOrder[],
  now: number,
): Candidates {
  const delayed = table.delayedIds(now);
  const named = where === undefined ? undefined : idsNamedBy(table, object, where);
  if (named !== undefined) return { ids: new Set([...named, ...delayed]), inOrder: false };
  const since = where === undefined ? undefined : stampBound(object, where);
  const wanted = orderBy.map((order) => `${order.field.toLowerCase()}${order.descending ? " desc" : ""}`).join(",");
  const byStamp = object.fields.has("SystemModstamp") && ["systemmodstamp", "systemmodstamp,id"].includes(wanted);
  if (since !== undefined || byStamp) {
    if (delayed.length === 0) return { ids: table.idsSince(since ?? ""), inOrder: byStamp };
    return { ids: new Set([...table.idsSince(since ?? ""), ...delayed]), inOrder: false };
  }
  // Ids are handed out in ascending order, so the table's own order is the order of ids.
  return { ids: table.ids(), inOrder: wanted === "id" || wanted === "" };
}

/** Ids the condition names through Id or an indexed field; undefined when it names none. */
function idsNamedBy(
  table: RecordTable,
  object: ObjectDefinition,
  condition: SoqlCondition,
): ReadonlySet<string> | undefined {
  switch (condition.kind) {
    case "compare":
      return idsOfComparison(table, object, condition);
    case "not":
      return undefined;
    case "and":
      return smallest(condition.parts.map((part) => idsNamedBy(table, object, part)));
    case "or":
      return union(condition.parts.map((part) => idsNamedBy(table, object, part)));
  }
}

function smallest(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const known = sets.filter((set) => set !== undefined);
  return known.sort((one, other) => one.size - other.size)[0];
}

function union(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const id of set) all.add(id);
  }
  return all;
}

function idsOfComparison(
  table: RecordTable,
  object: ObjectDefinition,
  comparison: SoqlComparison,
): ReadonlySet<string> | undefined {
  const operator = comparison.operator.toUpperCase();
  if (operator !== "=" && operator !== "IN") return undefined;
  if (comparison.literals.some((literal) => literal.kind !== "string" || literal.text === "")) return undefined;
  const name = comparison.field.toLowerCase();
  if (name === "id") {
    return new Set(comparison.literals.map((literal) => normaliseId(literal.text) ?? literal.text));
  }
  const field = [...object.fields.values()].find((candidate) => candidate.name.toLowerCase() === name);
  if (field === undefined || !table.hasIndex(field.name)) return undefined;
  const ids = new Set<string>();
  for (const literal of comparison.literals) {
    const value = field.type === "reference" ? (normaliseId(literal.text) ?? literal.text) : literal.text;
    for (const id of table.idsWith(field.name, value)) ids.add(id);
  }
  return ids;
}

/** The earliest SystemModstamp a matching row can have, when the condition says so. */
function stampBound(object: ObjectDefinition, condition: SoqlCondition): string | undefined {
  if (!object.fields.has("SystemModstamp")) return undefined;
  const parts = condition.kind === "and" ? condition.parts : [condition];
  const bounds: string[] = [];
  for (const part of parts) {
    if (part.kind !== "compare" || part.field.toLowerCase() !== "systemmodstamp") continue;
    if (!["=", ">", ">="].includes(part.operator)) continue;
    const [literal] = part.literals;
    const bound = literal?.kind === "datetime" ? parseDateTime(literal.text) : undefined;
    if (bound !== undefined) bounds.push(bound);
  }
  return bounds.sort().at(-1);
}
