/** Gives the cells of a query job's table the types that REST's rows have: a table holds nothing but text. */
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { describeFields } from "./salesforce-schema.ts";
import type { Row } from "./salesforce-wire.ts";

const NUMBERS: ReadonlySet<string> = new Set(["int", "long", "double", "currency", "percent"]);

type Cell = (text: string) => string | number | boolean | null;

/** How to read each column that is not plain text. */
export type ColumnTypes = ReadonlyMap<string, Cell>;

/** One describe of the object, and one of each object whose fields are reached over a relation (`Account.Name`). */
export async function columnTypes(
  calls: SalesforceCalls,
  object: string,
  fields: readonly string[],
): Promise<ColumnTypes> {
  const types = new Map<string, Cell>();
  const own = await describeFields(calls, object);
  const reached = new Map<string, string>();
  for (const field of fields) {
    const [relation = "", name = ""] = field.split(".");
    if (name === "") note(types, field, own.find((described) => described.name === field)?.type);
    else {
      const parent = own.find(({ relationshipName }) => relationshipName === relation)?.referenceTo[0];
      if (parent !== undefined) reached.set(field, parent);
    }
  }
  for (const parent of new Set(reached.values())) {
    const described = await describeFields(calls, parent);
    for (const [field, its] of reached) {
      if (its === parent) note(types, field, described.find(({ name }) => name === field.split(".")[1])?.type);
    }
  }
  return types;
}

function note(types: Map<string, Cell>, field: string, type: string | undefined): void {
  if (type === "boolean") types.set(field, (text) => text === "true");
  else if (type !== undefined && NUMBERS.has(type)) types.set(field, (text) => (text === "" ? null : Number(text)));
}

/** The row as REST would have told it; blank texts are read as blank wherever a row is read. */
export function typedRow(row: Row, types: ColumnTypes): Row {
  const typed: Record<string, unknown> = { ...row };
  for (const [column, read] of types) {
    const text = typed[column];
    if (typeof text === "string") typed[column] = read(text);
  }
  return typed;
}
