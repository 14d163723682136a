/** Turns a search filter into a test on a record as the index knows it. */
import { parseDay, parseInstant } from "./hubspot-instants.ts";
import type { ObjectType, PropertyDefinition, RecordState } from "./hubspot-model.ts";
import { invalidRequest } from "./hubspot-refusals.ts";
import type { PropertyCatalogue } from "./property-catalogue.ts";
import { readValue } from "./record-values.ts";

export type FilterOperator =
  | "EQ"
  | "NEQ"
  | "LT"
  | "LTE"
  | "GT"
  | "GTE"
  | "BETWEEN"
  | "IN"
  | "NOT_IN"
  | "HAS_PROPERTY"
  | "NOT_HAS_PROPERTY"
  | "CONTAINS_TOKEN"
  | "NOT_CONTAINS_TOKEN";

export interface SearchFilter {
  readonly propertyName: string;
  readonly operator: FilterOperator;
  readonly value?: string;
  readonly highValue?: string;
  readonly values?: readonly string[];
}

export type RecordTest = (state: RecordState) => boolean;

/** A property as numbers, for comparing; NaN where the record has no value. */
export type NumberReader = (state: RecordState) => number;

/**
 * The test a filter stands for. Operators that exclude (NEQ, NOT_IN, NOT_CONTAINS_TOKEN) do not match records without
 * a value. Throws a 400 refusal for an unknown property or a missing or unreadable operand.
 */
export function compileFilter(
  catalogue: PropertyCatalogue,
  type: ObjectType,
  filter: SearchFilter,
  now: number,
): RecordTest {
  const definition = catalogue.get(type, filter.propertyName);
  if (definition === undefined) throw invalidRequest(`Property "${filter.propertyName}" does not exist`);
  const name = definition.name;
  const text = (state: RecordState): string => readValue(type, state, name, now) ?? "";
  if (filter.operator === "HAS_PROPERTY") return (state) => text(state) !== "";
  if (filter.operator === "NOT_HAS_PROPERTY") return (state) => text(state) === "";
  if (filter.operator === "CONTAINS_TOKEN" || filter.operator === "NOT_CONTAINS_TOKEN") {
    const wanted = filter.operator === "CONTAINS_TOKEN";
    const pattern = tokenPattern(required(filter, "value"));
    return (state) => {
      const value = text(state).toLowerCase();
      return value !== "" && hasToken(value, pattern) === wanted;
    };
  }
  if (isNumeric(definition)) return compileNumeric(definition, filter, numberReader(type, definition, now));
  return compileText(definition, filter, text);
}

/** True for properties compared as numbers: numbers, dates and date-times. */
export function isNumeric(definition: PropertyDefinition): boolean {
  return definition.type === "number" || definition.type === "date" || definition.type === "datetime";
}

export function numberReader(type: ObjectType, definition: PropertyDefinition, now: number): NumberReader {
  const { name } = definition;
  if (name === "hs_object_id") return (state) => state.numericId;
  if (name === modifiedProperty(type)) return (state) => state.modifiedAt;
  if (name === (type === "contacts" ? "createdate" : "hs_createdate")) return (state) => state.createdAt;
  return (state) => {
    const value = readValue(type, state, name, now);
    return value === null ? Number.NaN : (toNumber(definition, value) ?? Number.NaN);
  };
}

/** The property that holds the modification time; contacts have their own name for it. */
export function modifiedProperty(type: ObjectType): string {
  return type === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
}

/** A filter operand as a number; undefined when it is not one. Times may be milliseconds or ISO 8601. */
export function toNumber(definition: PropertyDefinition, text: string): number | undefined {
  if (definition.type !== "number") return parseDay(text) ?? parseInstant(text);
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function compileNumeric(definition: PropertyDefinition, filter: SearchFilter, read: NumberReader): RecordTest {
  const operand = (text: string): number => {
    const value = toNumber(definition, text);
    if (value === undefined) {
      throw invalidRequest(`${text} is not a valid ${definition.type} for the filter on ${definition.name}`);
    }
    return value;
  };
  if (filter.operator === "IN" || filter.operator === "NOT_IN") {
    const values = new Set(requiredValues(filter).map(operand));
    const wanted = filter.operator === "IN";
    return (state) => {
      const value = read(state);
      return !Number.isNaN(value) && values.has(value) === wanted;
    };
  }
  const value = operand(required(filter, "value"));
  switch (filter.operator) {
    case "EQ":
      return (state) => read(state) === value;
    case "NEQ":
      return (state) => {
        const own = read(state);
        return !Number.isNaN(own) && own !== value;
      };
    case "LT":
      return (state) => read(state) < value;
    case "LTE":
      return (state) => read(state) <= value;
    case "GT":
      return (state) => read(state) > value;
    case "GTE":
      return (state) => read(state) >= value;
    case "BETWEEN": {
      const high = operand(required(filter, "highValue"));
      return (state) => {
        const own = read(state);
        return own >= value && own <= high;
      };
    }
    default:
      throw invalidRequest(`Operator ${filter.operator} is not supported for ${definition.name}`);
  }
}

function compileText(
  definition: PropertyDefinition,
  filter: SearchFilter,
  text: (state: RecordState) => string,
): RecordTest {
  // The index holds strings in lower case; EQ folds the operand too, IN and NOT_IN do not.
  const folds = definition.type === "string" || definition.type === "phone_number";
  const own = (state: RecordState): string => (folds ? text(state).toLowerCase() : text(state));
  const several = definition.type === "enumeration";
  const among = (state: RecordState, values: ReadonlySet<string>): boolean => {
    const value = own(state);
    return values.has(value) || (several && value.split(";").some((part) => values.has(part)));
  };
  if (filter.operator === "IN" || filter.operator === "NOT_IN") {
    const values = new Set(requiredValues(filter));
    const wanted = filter.operator === "IN";
    return (state) => own(state) !== "" && among(state, values) === wanted;
  }
  const raw = required(filter, "value");
  const value = folds ? raw.toLowerCase() : raw;
  switch (filter.operator) {
    case "EQ": {
      const values = new Set([value]);
      return (state) => own(state) !== "" && among(state, values);
    }
    case "NEQ": {
      const values = new Set([value]);
      return (state) => own(state) !== "" && !among(state, values);
    }
    case "LT":
      return (state) => own(state) !== "" && own(state) < value;
    case "LTE":
      return (state) => own(state) !== "" && own(state) <= value;
    case "GT":
      return (state) => own(state) > value;
    case "GTE":
      return (state) => own(state) !== "" && own(state) >= value;
    case "BETWEEN": {
      const high = required(filter, "highValue");
      return (state) => own(state) !== "" && own(state) >= value && own(state) <= high;
    }
    default:
      throw invalidRequest(`Operator ${filter.operator} is not supported for ${definition.name}`);
  }
}

function required(filter: SearchFilter, key: "value" | "highValue"): string {
  const operand = filter[key];
  if (operand !== undefined && operand !== "") return operand;
  throw invalidRequest(`A filter with operator ${filter.operator} on ${filter.propertyName} requires ${key}`);
}

function requiredValues(filter: SearchFilter): readonly string[] {
  if (filter.values !== undefined && filter.values.length > 0) return filter.values;
  throw invalidRequest(`A filter with operator ${filter.operator} on ${filter.propertyName} requires values`);
}

function tokenPattern(text: string): RegExp {
  const escaped = text.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*")}$`);
}

function hasToken(value: string, pattern: RegExp): boolean {
  return pattern.test(value) || value.split(/[^\p{L}\p{N}]+/u).some((token) => token !== "" && pattern.test(token));
}
