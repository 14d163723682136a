/** Reads a SOQL text into the query the org can run, and refuses what the vendor's grammar refuses. */
import { parseQuery, type Query, type WhereClause } from "@jetstreamapp/soql-parser-js";
import { SalesforceFault } from "./salesforce-fault.ts";

/** A literal of a condition: how it was written, and its text with string escapes undone. */
export interface SoqlLiteral {
  readonly kind: "string" | "number" | "boolean" | "date" | "datetime" | "null" | "other";
  readonly text: string;
}

export interface SoqlComparison {
  readonly kind: "compare";
  readonly field: string;
  readonly operator: string;
  readonly literals: readonly SoqlLiteral[];
}

export type SoqlCondition =
  | SoqlComparison
  | { readonly kind: "and" | "or"; readonly parts: readonly SoqlCondition[] }
  | { readonly kind: "not"; readonly part: SoqlCondition };

export interface SoqlOrder {
  readonly field: string;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

/** One item of the SELECT list: a field or path, or an aggregate with its alias. */
export interface SoqlSelection {
  readonly field: string;
  readonly aggregate?: string;
  readonly alias?: string;
}

export interface SoqlQuery {
  readonly object: string;
  readonly selections: readonly SoqlSelection[];
  /** `SELECT COUNT()`: only the number of rows is asked for. */
  readonly countOnly: boolean;
  readonly where: SoqlCondition | undefined;
  readonly groupBy: readonly string[];
  readonly orderBy: readonly SoqlOrder[];
  readonly limit: number | undefined;
  readonly offset: number;
}

/** Queries that were parsed, with their instants taken out: a client asks the same again and again, about another time. */
const PARSED = new Map<string, SoqlQuery>();
const MOST_PARSED = 500;
const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Throws MALFORMED_QUERY, with a message in the vendor's words where they are known. */
export function parseSoql(text: string): SoqlQuery {
  const instants = text.match(INSTANT) ?? [];
  if (instants.length > 9) return parseWhole(text);
  let count = 0;
  const places = instants.map((_instant, index) => `0001-01-01T00:00:0${index}Z`);
  const form = text.replace(INSTANT, () => places[count++] ?? "");
  const known = PARSED.get(form);
  if (known !== undefined) return { ...known, where: filled(known.where, places, instants) };
  // Whatever is wrong with it is told about the query as it was sent.
  const query = parseWhole(text);
  if (PARSED.size >= MOST_PARSED) PARSED.clear();
  PARSED.set(form, parseWhole(form));
  return query;
}

/** The condition with the instants in their places again. */
function filled<Part>(part: Part, places: readonly string[], instants: readonly string[]): Part {
  if (places.length === 0 || part === undefined) return part;
  const text = JSON.stringify(part).replace(
    /0001-01-01T00:00:0(\d)Z/g,
    (_place, index: string) => instants[Number(index)] ?? "",
  );
  return JSON.parse(text) as Part;
}

function parseWhole(text: string): SoqlQuery {
  const query = parsed(text);
  const selections = (query.fields ?? []).map((field) => selectionOf(field));
  const first = selections[0];
  if (query.sObject === undefined || first === undefined) throw malformed("unexpected token: '<EOF>'");
  if (query.having !== undefined) throw malformed("HAVING is not supported by the sandbox");
  return {
    object: query.sObject,
    selections,
    countOnly: first.aggregate === "COUNT" && first.field === "",
    where: query.where === undefined ? undefined : whereOf(query.where),
    groupBy: groupsOf(query),
    orderBy: ordersOf(query),
    limit: query.limit,
    offset: offsetOf(query),
  };
}

export function malformed(message: string): SalesforceFault {
  return new SalesforceFault("MALFORMED_QUERY", message);
}

function parsed(text: string): Query {
  if (text.trim() === "") throw malformed("A query string has to be specified");
  if (text.length > 100_000)
    throw new SalesforceFault("QUERY_TOO_COMPLICATED", "SOQL statements cannot be longer than 100000 characters.");
  try {
    // With options the package builds a new parser for each call, which takes 40 ms.
    return parseQuery(text);
  } catch (error) {
    throw unparsable(error);
  }
}

function unparsable(cause: unknown): SalesforceFault {
  const reason = cause instanceof Error ? (cause.message.split("\n").at(-1) ?? "") : String(cause);
  const token = /found: '(.*)'/.exec(reason)?.[1];
  const message = token === undefined ? reason : `unexpected token: '${token || "<EOF>"}'`;
  return new SalesforceFault("MALFORMED_QUERY", message, { cause });
}

function selectionOf(field: NonNullable<Query["fields"]>[number]): SoqlSelection {
  switch (field.type) {
    case "Field":
      return { field: field.field };
    case "FieldRelationship":
      return { field: field.rawValue ?? [...field.relationships, field.field].join(".") };
    case "FieldFunctionExpression":
      return functionOf(field);
    default:
      throw malformed(`${field.type} is not supported by the sandbox`);
  }
}

function functionOf(field: { functionName: string; parameters: readonly unknown[]; alias?: string }): SoqlSelection {
  const name = field.functionName.toUpperCase();
  const [parameter = ""] = field.parameters;
  const alias = field.alias === undefined ? {} : { alias: field.alias };
  const known = ["COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG", "FIELDS"].includes(name);
  if (!known || typeof parameter !== "string") throw malformed(`${name} is not supported by the sandbox`);
  return { field: parameter, aggregate: name, ...alias };
}

function groupsOf(query: Query): string[] {
  const groups = query.groupBy === undefined ? [] : [query.groupBy].flat();
  return groups.map((group) => {
    if ("field" in group && typeof group.field === "string") return group.field;
    throw malformed("GROUP BY takes fields only in the sandbox");
  });
}

function ordersOf(query: Query): SoqlOrder[] {
  const orders = query.orderBy === undefined ? [] : [query.orderBy].flat();
  return orders.map((order) => {
    if (!("field" in order) || typeof order.field !== "string")
      throw malformed("ORDER BY takes fields only in the sandbox");
    return { field: order.field, descending: order.order === "DESC", nullsLast: order.nulls === "LAST" };
  });
}

function offsetOf(query: Query): number {
  const offset = query.offset ?? 0;
  if (offset <= 2000) return offset;
  throw new SalesforceFault("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000");
}

type Token = "(" | ")" | "AND" | "OR" | "NOT" | SoqlComparison;

/**
 * The condition tree of a WHERE clause. SOQL has no precedence between AND and OR: mixing them without parentheses is refused.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_logicaloperators.htm
 */
function whereOf(where: WhereClause): SoqlCondition {
  const tokens = tokensOf(where);
  let position = 0;
  const operand = (): SoqlCondition => {
    const token = tokens[position];
    position += 1;
    if (token === "NOT") return { kind: "not", part: operand() };
    if (token === "(") {
      const inner = group();
      if (tokens[position] !== ")") throw malformed("expecting a right parentheses");
      position += 1;
      return inner;
    }
    if (token === undefined || typeof token === "string") throw malformed(`unexpected token: '${token ?? "<EOF>"}'`);
    return token;
  };
  const group = (): SoqlCondition => {
    const parts = [operand()];
    const joint = tokens[position];
    while (tokens[position] === "AND" || tokens[position] === "OR") {
      if (tokens[position] !== joint) throw malformed(`unexpected token: '${String(tokens[position])}'`);
      position += 1;
      parts.push(operand());
    }
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return { kind: joint === "OR" ? "or" : "and", parts };
  };
  const condition = group();
  if (position < tokens.length) throw malformed(`unexpected token: '${String(tokens[position])}'`);
  return condition;
}

/** The parser gives a chain of conditions with counts of parentheses; this is the chain written out again. */
function tokensOf(where: WhereClause): Token[] {
  const tokens: Token[] = [];
  let link: WhereClause | undefined = where;
  while (link !== undefined) {
    const { left } = link;
    for (let count = left?.openParen ?? 0; count > 0; count -= 1) tokens.push("(");
    if (left !== null && "operator" in left) tokens.push(comparisonOf(left));
    for (let count = (left as { closeParen?: number } | null)?.closeParen ?? 0; count > 0; count -= 1) tokens.push(")");
    const operator: string | undefined = "operator" in link ? link.operator : undefined;
    if (operator === "AND" || operator === "OR" || operator === "NOT") tokens.push(operator);
    link = "right" in link ? link.right : undefined;
  }
  return tokens;
}

function comparisonOf(condition: NonNullable<WhereClause["left"]>): SoqlComparison {
  if (!("field" in condition) || !("value" in condition))
    throw malformed("this condition is not supported by the sandbox");
  const { value, literalType } = condition;
  const values = Array.isArray(value) ? value : [value];
  const types = Array.isArray(literalType) ? literalType : values.map(() => literalType);
  return {
    kind: "compare",
    field: condition.field,
    operator: condition.operator,
    literals: values.map((item, index) => literalOf(String(item), String(types[index] ?? types[0]))),
  };
}

function literalOf(text: string, type: string): SoqlLiteral {
  switch (type) {
    case "STRING":
      return { kind: "string", text: unescaped(text.slice(1, -1)) };
    case "INTEGER":
    case "DECIMAL":
      return { kind: "number", text };
    case "BOOLEAN":
      return { kind: "boolean", text: text.toLowerCase() };
    case "NULL":
      return { kind: "null", text: "" };
    case "DATE":
      return { kind: "date", text };
    case "DATETIME":
      return { kind: "datetime", text };
    default:
      return { kind: "other", text };
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}
