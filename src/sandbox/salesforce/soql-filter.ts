/** Compiles a WHERE clause into a test over records, with the vendor's rules for text case, nulls and types. */
import type { FieldDefinition, FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { OrgState } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { normaliseId } from "./salesforce-id.ts";
import { type FieldPath, findField, plainValue, valueAt } from "./soql-fields.ts";
import type { SoqlComparison, SoqlCondition, SoqlLiteral } from "./soql-parsing.ts";
import { dateOf, parseDate, parseDateTime } from "./vendor-time.ts";

export type RecordTest = (record: StoredRecord) => boolean;

/** Throws INVALID_FIELD for unknown fields and INVALID_FIELD or INVALID_QUERY_FILTER_OPERATOR for conditions the vendor refuses. */
export function compileCondition(
  state: OrgState,
  object: ObjectDefinition,
  condition: SoqlCondition,
  now: number,
): RecordTest {
  if (condition.kind === "compare") return compileComparison(state, object, condition, now);
  if (condition.kind === "not") {
    const inner = compileCondition(state, object, condition.part, now);
    return (record) => !inner(record);
  }
  const tests = condition.parts.map((part) => compileCondition(state, object, part, now));
  if (condition.kind === "and") return (record) => tests.every((test) => test(record));
  return (record) => tests.some((test) => test(record));
}

function compileComparison(
  state: OrgState,
  object: ObjectDefinition,
  comparison: SoqlComparison,
  now: number,
): RecordTest {
  const path = findField(state, object, comparison.field);
  requireFilterable(path.field);
  const read = reader(state, path, now);
  const operator = comparison.operator.toUpperCase();
  switch (operator) {
    case "IN":
    case "NOT IN": {
      const wanted = new Set(
        comparison.literals.map((literal) => comparable(path.field, operand(path.field, literal, now))),
      );
      return operator === "IN"
        ? (record) => wanted.has(comparable(path.field, read(record)))
        : (record) => !wanted.has(comparable(path.field, read(record)));
    }
    case "LIKE":
      return compileLike(path.field, comparison, read);
    case "INCLUDES":
    case "EXCLUDES": {
      const sets = comparison.literals.map((literal) => literal.text.split(";"));
      const includes = (record: StoredRecord): boolean => {
        const chosen = new Set(String(read(record) ?? "").split(";"));
        return sets.some((set) => set.every((value) => chosen.has(value)));
      };
      return operator === "INCLUDES" ? includes : (record) => !includes(record);
    }
    default:
      return compileOrder(path.field, operator, comparison, read, now);
  }
}

function reader(state: OrgState, path: FieldPath, now: number): (record: StoredRecord) => FieldValue {
  if (path.hops.length === 0) return (record) => plainValue(record, path.field);
  return (record) => valueAt(state, record, path, now);
}

function requireFilterable(field: FieldDefinition): void {
  if (field.filterable) return;
  throw new SalesforceFault("INVALID_FIELD", `field '${field.name}' can not be filtered in a query call`);
}

function compileLike(
  field: FieldDefinition,
  comparison: SoqlComparison,
  read: (record: StoredRecord) => FieldValue,
): RecordTest {
  const literal = comparison.literals[0];
  if (literal?.kind !== "string" || numeric.has(field.type) || field.type === "boolean" || isTime(field)) {
    throw invalidOperator(field, "LIKE");
  }
  const source = literal.text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  const pattern = new RegExp(`^${source}$`, "is");
  return (record) => {
    const value = read(record);
    return typeof value === "string" && pattern.test(value);
  };
}

function compileOrder(
  field: FieldDefinition,
  operator: string,
  comparison: SoqlComparison,
  read: (record: StoredRecord) => FieldValue,
  now: number,
): RecordTest {
  const [literal] = comparison.literals;
  if (literal === undefined) throw invalidOperator(field, operator);
  const wanted = comparable(field, operand(field, literal, now));
  // A date literal such as TODAY stands for the whole day.
  const isDay = literal.kind === "other" && field.type === "datetime";
  const valueOfRow = (record: StoredRecord): FieldKey | null => {
    const value = comparable(field, read(record));
    return isDay && typeof value === "string" ? value.slice(0, 10) : value;
  };
  if (operator === "=") return (record) => valueOfRow(record) === wanted;
  if (operator === "!=" || operator === "<>") return (record) => valueOfRow(record) !== wanted;
  if (field.type === "boolean" || field.type === "multipicklist") throw invalidOperator(field, operator);
  if (literal.kind === "null") return () => false;
  const holds = orderTest(operator, field);
  return (record) => {
    const value = valueOfRow(record);
    return value !== null && holds(value, wanted ?? "");
  };
}

function orderTest(operator: string, field: FieldDefinition): (value: FieldKey, wanted: FieldKey) => boolean {
  switch (operator) {
    case "<":
      return (value, wanted) => value < wanted;
    case "<=":
      return (value, wanted) => value <= wanted;
    case ">":
      return (value, wanted) => value > wanted;
    case ">=":
      return (value, wanted) => value >= wanted;
    default:
      throw invalidOperator(field, operator);
  }
}

function invalidOperator(field: FieldDefinition, operator: string): SalesforceFault {
  return new SalesforceFault(
    "INVALID_QUERY_FILTER_OPERATOR",
    `invalid operator on ${field.type} field: ${field.name} ${operator}`,
  );
}

type FieldKey = string | number | boolean;

const numeric: ReadonlySet<string> = new Set(["int", "double", "currency", "percent"]);

function isTime(field: FieldDefinition): boolean {
  return field.type === "date" || field.type === "datetime";
}

/** Texts compare without regard to case, except ids, whose case carries meaning. */
export function comparable(field: FieldDefinition, value: FieldValue): FieldKey | null {
  if (typeof value !== "string") return value;
  if (value === "") return null;
  if (field.type === "id" || field.type === "reference" || isTime(field) || field.caseSensitive) return value;
  return value.toLowerCase();
}

/** The value a literal stands for on this field. Throws INVALID_FIELD when the literal has another type than the field. */
function operand(field: FieldDefinition, literal: SoqlLiteral, now: number): FieldValue {
  if (literal.kind === "null") return null;
  if (field.type === "boolean") {
    if (literal.kind === "boolean") return literal.text === "true";
    throw wrongLiteral(field, literal, "boolean", "should not be enclosed in quotes");
  }
  if (numeric.has(field.type)) {
    if (literal.kind === "number") return Number(literal.text);
    throw wrongLiteral(field, literal, field.type, "should not be enclosed in quotes");
  }
  if (isTime(field)) return timeOperand(field, literal, now);
  if (literal.kind !== "string") throw wrongLiteral(field, literal, "string", "should be enclosed in quotes");
  if (field.type !== "id" && field.type !== "reference") return literal.text;
  const id = literal.text === "" ? "" : normaliseId(literal.text);
  // Comparing an id for order takes any text: the keyset starts from "".
  if (id !== undefined || /^[a-zA-Z0-9]{0,15}$/.test(literal.text)) return id ?? literal.text;
  throw new SalesforceFault("INVALID_QUERY_FILTER_OPERATOR", `invalid ID field: ${literal.text}`);
}

function timeOperand(field: FieldDefinition, literal: SoqlLiteral, now: number): FieldValue {
  if (literal.kind === "other") return dateLiteral(literal, now);
  if (literal.kind === field.type) {
    const value = field.type === "datetime" ? parseDateTime(literal.text) : parseDate(literal.text);
    if (value !== undefined) return value;
  }
  throw wrongLiteral(field, literal, field.type === "date" ? "date" : "dateTime", "should not be enclosed in quotes");
}

/** TODAY, YESTERDAY and TOMORROW as a day of UTC. */
function dateLiteral(literal: SoqlLiteral, now: number): FieldValue {
  const shift = { TODAY: 0, YESTERDAY: -1, TOMORROW: 1 }[literal.text.toUpperCase()];
  if (shift === undefined) {
    throw new SalesforceFault("MALFORMED_QUERY", `${literal.text} is not supported by the sandbox`);
  }
  return dateOf(now + shift * 86_400_000);
}

function wrongLiteral(field: FieldDefinition, literal: SoqlLiteral, type: string, hint: string): SalesforceFault {
  return new SalesforceFault(
    "INVALID_FIELD",
    `\nERROR at Row:1:Column:1\nvalue of filter criterion for field '${field.name}' must be of type ${type} and ${hint}: ${literal.text}`,
  );
}
